import type { PhysicalType } from './format.ts';
import { plainNumbers } from './plain.ts';
import type { Range } from './range.ts';

/** Bounds as they stand in the footer, in the bytes of the physical type. */
export interface StoredBounds {
  readonly least: Uint8Array;
  readonly greatest: Uint8Array;
}

/** Longer ones would only swell the footer. They are left out rather than cut: some readers answer min() by them. */
const longest = 256;

export function storedBounds(
  type: PhysicalType,
  { least, greatest }: Range<unknown>,
): StoredBounds | undefined {
  if (least === undefined || greatest === undefined) return undefined;
  const bounds = { least: inBytes(type, least), greatest: inBytes(type, greatest) };
  return bounds.least.length <= longest && bounds.greatest.length <= longest ? bounds : undefined;
}

function inBytes(type: PhysicalType, value: unknown): Uint8Array {
  if (type === 'BOOLEAN') return Uint8Array.of(Number(value));
  if (type === 'BYTE_ARRAY') return Buffer.from(value as string | Uint8Array);
  return plainNumbers(type, [value as number | bigint], 0, 1);
}
