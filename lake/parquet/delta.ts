import { bitsFor, packBits } from './bit-packing.ts';
import { Bytes } from './bytes.ts';

const blockSize = 128;
const miniblockSize = 32;

/** The numbers of a 64-bit column must lie this near to 0, and half as near to one another, for doubles to be exact. */
export const exactDelta = { furthest: 2 ** 52, span: 2 ** 51 } as const;

/**
 * DELTA_BINARY_PACKED: the first number, then for each block of 128 the smallest of its differences, and in four
 * miniblocks by how much the others are larger, in as many bits as the largest of them needs.
 */
export function packDeltas(
  values: readonly number[],
  from: number,
  to: number,
  difference: (later: number, earlier: number) => number,
): Uint8Array {
  const out = new Bytes(64 + (to - from) * 2);
  out.varint(blockSize);
  out.varint(blockSize / miniblockSize);
  out.varint(to - from);
  out.zigzag(to > from ? (values[from] ?? 0) : 0);
  const deltas = new Float64Array(blockSize);
  for (let start = from + 1; start < to; start += blockSize) {
    const count = Math.min(blockSize, to - start);
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const delta = difference(values[start + i] as number, values[start + i - 1] as number);
      deltas[i] = delta;
      if (delta < least) least = delta;
    }
    writeBlock(out, deltas, count, least);
  }
  return out.written();
}

function writeBlock(out: Bytes, deltas: Float64Array, count: number, least: number): void {
  out.zigzag(least);
  const widths: number[] = [];
  for (let start = 0; start < blockSize; start += miniblockSize) {
    let largest = 0;
    for (let i = start; i < start + miniblockSize; i++) {
      const above = i < count ? (deltas[i] as number) - least : 0;
      deltas[i] = above;
      if (above > largest) largest = above;
    }
    const width = bitsFor(largest);
    widths.push(width);
    out.uint8(width);
  }
  widths.forEach((width, index) => {
    // A miniblock that no number falls into has no bytes.
    if (index * miniblockSize < count) packBits(out, deltas, index * miniblockSize, miniblockSize, width);
  });
}

/** Of 64-bit numbers; exact within `exactDelta`. */
export const difference64 = (later: number, earlier: number): number => later - earlier;

/** Of 32-bit numbers, which wraps around: a reader adds it in 32 bits as well. */
export const difference32 = (later: number, earlier: number): number => (later - earlier) | 0;
