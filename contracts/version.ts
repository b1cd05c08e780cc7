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

function hex16(value: number): string {
  return value.toString(16).toUpperCase().padStart(16, '0');
}
