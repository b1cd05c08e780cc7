import type { ColumnType } from './schema.ts';

/**
 * Lower and upper bounds as the specification serialises single values. Readers skip files by them, so a bound
 * that is too narrow loses rows silently; one that is too wide only costs time. When in doubt: no bound.
 */

/** The default of `write.metadata.metrics.default`: truncate(16). */
const longestBound = 16;
const surrogates = { first: 0xd800, beyond: 0xe000 };
const lastCodePoint = 0x10ffff;

export function lowerBound(type: ColumnType, value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') {
    const points = [...value.toWellFormed()];
    return encodeText(points.slice(0, longestBound).join(''));
  }
  if (value instanceof Uint8Array) return value.slice(0, longestBound);
  return encodeNumber(type, value);
}

export function upperBound(type: ColumnType, value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') {
    const points = [...value.toWellFormed()];
    const text = points.length <= longestBound ? points.join('') : nextText(points.slice(0, longestBound));
    return text === undefined ? undefined : encodeText(text);
  }
  if (value instanceof Uint8Array) {
    return value.length <= longestBound ? value.slice() : nextBytes(value.subarray(0, longestBound));
  }
  return encodeNumber(type, value);
}

/** The least text of that length or shorter which is greater than everything that starts with the prefix. */
function nextText(prefix: readonly string[]): string | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const point = prefix[end - 1]?.codePointAt(0) ?? lastCodePoint;
    if (point === lastCodePoint) continue;
    const next = point + 1 === surrogates.first ? surrogates.beyond : point + 1;
    return prefix.slice(0, end - 1).join('') + String.fromCodePoint(next);
  }
  return undefined;
}

function nextBytes(prefix: Uint8Array): Uint8Array | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const byte = prefix[end - 1] ?? 0xff;
    if (byte === 0xff) continue;
    const next = prefix.slice(0, end);
    next[end - 1] = byte + 1;
    return next;
  }
  return undefined;
}

function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function encodeNumber(type: ColumnType, value: unknown): Uint8Array | undefined {
  if (type.kind === 'boolean') return typeof value === 'boolean' ? Uint8Array.of(value ? 1 : 0) : undefined;
  if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const bytes = new Uint8Array(type.kind === 'int' || type.kind === 'date' || type.kind === 'float' ? 4 : 8);
  const view = new DataView(bytes.buffer);
  switch (type.kind) {
    case 'decimal':
      return bigEndianMinimal(BigInt(value));
    case 'int':
    case 'date':
      view.setInt32(0, Number(value), true);
      return bytes;
    case 'long':
    case 'timestamptz':
      view.setBigInt64(0, BigInt(value), true);
      return bytes;
    case 'float':
      view.setFloat32(0, Number(value), true);
      return bytes;
    case 'double':
      view.setFloat64(0, Number(value), true);
      return bytes;
    default:
      return undefined;
  }
}

/** Two's complement with no byte more than the sign needs: readers compare decimals of that form only. */
export function bigEndianMinimal(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = Number(rest & 0xffn);
    bytes.unshift(byte);
    rest >>= 8n;
    const signIsKept = (byte & 0x80) === 0 ? rest === 0n : rest === -1n;
    if (signIsKept) return Uint8Array.from(bytes);
  }
}
