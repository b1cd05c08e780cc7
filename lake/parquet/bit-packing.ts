import type { Bytes } from './bytes.ts';

const twoTo32 = 2 ** 32;

/** How many bits it takes to tell the numbers from 0 to this one apart. */
export function bitsFor(largest: number): number {
  return largest < twoTo32 ? 32 - Math.clz32(largest) : 64 - Math.clz32(largest / twoTo32);
}

/**
 * Writes `count` numbers of `width` bits each, the least significant bit first, and fills the last byte with zeros.
 * Numbers that are not there count as 0. A width of up to 53 bits is exact.
 */
export function packBits(
  out: Bytes,
  values: ArrayLike<number>,
  from: number,
  count: number,
  width: number,
): void {
  let word = 0;
  let filled = 0;
  const put = (bits: number, many: number) => {
    word |= bits << filled;
    filled += many;
    if (filled < 32) return;
    out.uint32(word >>> 0);
    filled -= 32;
    // A shift by 32 is one by 0.
    word = filled === 0 ? 0 : bits >>> (many - filled);
  };
  for (let at = from; at < from + count; at++) {
    const value = values[at] ?? 0;
    if (width <= 32) put(value, width);
    else {
      put(value >>> 0, 32);
      put(Math.floor(value / twoTo32), width - 32);
    }
  }
  for (; filled > 0; filled -= 8, word >>>= 8) out.uint8(word & 0xff);
}

/** One run of the hybrid of run lengths and packed bits: groups of eight numbers, the last filled with zeros. */
export function packedRun(
  out: Bytes,
  values: ArrayLike<number>,
  from: number,
  to: number,
  width: number,
): void {
  const groups = Math.ceil((to - from) / 8);
  out.varint((groups << 1) | 1);
  packBits(out, values, from, to - from, width);
  const bytes = groups * width - Math.ceil(((to - from) * width) / 8);
  for (let missing = bytes; missing > 0; missing--) out.uint8(0);
}

/** One run of the same hybrid: a number below 256 many times over. */
export function repeatedRun(out: Bytes, value: number, times: number): void {
  out.varint(times << 1);
  out.uint8(value);
}
