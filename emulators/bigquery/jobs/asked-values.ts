import { SqlError } from '../sql/sql-error.ts';

const invalid = (value: unknown, what: string): SqlError =>
  new SqlError(`Invalid value for ${what}: ${String(value)} is not a valid value`, undefined, 'invalid');

export function oneOf<T extends string>(
  value: unknown,
  allowed: readonly T[],
  otherwise: T,
  what: string,
): T {
  if (value === undefined || value === null) return otherwise;
  if (allowed.includes(value as T)) return value as T;
  throw invalid(value, what);
}

/** How many, or from which on; as a number or as the text of one. */
export function countOf<T>(value: unknown, otherwise: T, what: string): number | T {
  if (value === undefined || value === null || value === '') return otherwise;
  const count = Number(value);
  if (!Number.isSafeInteger(count) || count < 0) throw invalid(value, what);
  return count;
}
