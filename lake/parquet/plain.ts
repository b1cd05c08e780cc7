import { Bytes } from './bytes.ts';

/** Enough to make the one call that encodes them cheap, few enough to stay in the cache. */
const atOnce = 4096;
/** A few long texts are enough; joined, thousands of them would be longer than a string may be. */
const charactersAtOnce = 1 << 20;
const lengthBytes = 4;
const roomForLength = '\0'.repeat(lengthBytes);

/**
 * PLAIN text: each value in UTF-8 behind its length. Ids, of which most columns are, are ASCII: thousands are joined
 * with room for their lengths and encoded in one call, which costs a third of a call for each.
 */
export function plainText(
  values: readonly string[],
  from: number,
  to: number,
): { bytes: Uint8Array; isAscii: boolean } {
  const out = new Bytes((to - from) * 40 + 64);
  let isAscii = true;
  for (let start = from; start < to; ) {
    const some = values.slice(start, endOfSome(values, start, to));
    start += some.length;
    const text = roomForLength + some.join(roomForLength);
    const bytes = Buffer.from(text);
    if (bytes.length === text.length) {
      let at = 0;
      for (const { length } of some) at = bytes.writeUInt32LE(length, at) + length;
      out.append(bytes);
    } else {
      isAscii = false;
      for (const value of some) appendWithLength(out, Buffer.from(value));
    }
  }
  return { bytes: out.written(), isAscii };
}

function endOfSome(values: readonly string[], from: number, to: number): number {
  const furthest = Math.min(from + atOnce, to);
  let end = from;
  for (let characters = 0; end < furthest && characters < charactersAtOnce; end++) {
    characters += (values[end] as string).length;
  }
  return end;
}

export function plainBytes(values: readonly Uint8Array[], from: number, to: number): Uint8Array {
  const out = new Bytes();
  for (let at = from; at < to; at++) appendWithLength(out, values[at] as Uint8Array);
  return out.written();
}

function appendWithLength(out: Bytes, bytes: Uint8Array): void {
  out.uint32(bytes.length);
  out.append(bytes);
}

export type FixedType = 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE';

const widths: { readonly [T in FixedType]: number } = { INT32: 4, INT64: 8, FLOAT: 4, DOUBLE: 8 };

/** Numbers of a fixed width, little-endian. */
export function plainNumbers(
  type: FixedType,
  values: readonly (number | bigint)[],
  from: number,
  to: number,
): Uint8Array {
  const width = widths[type];
  const bytes = new Uint8Array((to - from) * width);
  const view = new DataView(bytes.buffer);
  for (let at = from; at < to; at++) writeNumber(view, (at - from) * width, type, values[at] ?? 0);
  return bytes;
}

function writeNumber(view: DataView, at: number, type: FixedType, value: number | bigint): void {
  switch (type) {
    case 'INT32':
      view.setInt32(at, Number(value), true);
      break;
    case 'INT64':
      view.setBigInt64(at, BigInt(value), true);
      break;
    case 'FLOAT':
      view.setFloat32(at, Number(value), true);
      break;
    case 'DOUBLE':
      view.setFloat64(at, Number(value), true);
      break;
  }
}
