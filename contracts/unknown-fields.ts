import type { Field } from './column.ts';
import type { Reading } from './reading.ts';

export function namesOf(fields: readonly Pick<Field, 'name'>[]): ReadonlySet<string> {
  return new Set(fields.map(({ name }) => name));
}

/**
 * Notes what `source` says beyond the known names. What a later minor version of the contract adds is thereby
 * kept by this one, on the row that `entry` becomes.
 */
export function keepUnknown(
  source: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  entry: object,
  reading: Reading,
  prefix = '',
): void {
  for (const name in source) {
    if (known.has(name)) continue;
    const kept = reading.additional?.get(entry) ?? {};
    kept[`${prefix}${name}`] = source[name];
    reading.additional?.set(entry, kept);
  }
}
