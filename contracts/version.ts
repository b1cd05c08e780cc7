import type { Instant } from './values.ts';

export interface Version {
  readonly version: number;
  readonly occurredAt: Instant;
  /** 16 hex digits. */
  readonly contentHash: string;
}

/**
 * Who wins for a key: the one rule, for BigQuery, Iceberg and the ledger alike. Positive when `a` wins.
 * The hash decides between copies with other bytes, so that every store ends with the same one.
 */
export function compareVersions(a: Version, b: Version): number {
  if (a.version !== b.version) return a.version < b.version ? -1 : 1;
  if (a.occurredAt !== b.occurredAt) return a.occurredAt < b.occurredAt ? -1 : 1;
  if (a.contentHash === b.contentHash) return 0;
  return a.contentHash < b.contentHash ? -1 : 1;
}

/**
 * The same rule for BigQuery's _CHANGE_SEQUENCE_NUMBER: sections of hexadecimal digits, compared from the left.
 * Fixed width, so that comparing the text gives the same order as well.
 */
export function changeSequence(v: Version): string {
  return `${hex16(v.version)}/${hex16(v.occurredAt)}/${v.contentHash.toUpperCase()}`;
}

/** By hand: of a number beyond 32 bits toString(16) looks for its fraction, for a microsecond each time. */
function hex16(value: number): string {
  const low = value >>> 0;
  const high = (value - low) / 0x100000000;
  return hexDigits(high >>> 16) + hexDigits(high) + hexDigits(low >>> 16) + hexDigits(low);
}

/** Of the lower 16 bits. */
function hexDigits(value: number): string {
  return String.fromCharCode(digit(value >> 12), digit(value >> 8), digit(value >> 4), digit(value));
}

function digit(value: number): number {
  const nibble = value & 15;
  return nibble < 10 ? 48 + nibble : 55 + nibble;
}
