import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import { BOOL, INT64, STRING, type Type } from '../../sql/types.ts';

const types: Readonly<Record<string, Type>> = {
  s: STRING,
  i: INT64,
  b: BOOL,
  t: { kind: 'TIMESTAMP' },
  j: { kind: 'JSON' },
};

/** `view('a b:i c:t', rows)`: columns in their order, text unless the letter says another type. */
export function view(columns: string, rows: readonly (readonly SystemCell[])[]): SystemView {
  return { columns: columnsOf(columns), rows };
}
export function columnsOf(columns: string): SystemView['columns'] {
  return columns
    .trim()
    .split(/\s+/)
    .map((c) => ({ name: c.split(':')[0] ?? '', type: types[c.split(':')[1] ?? 's'] ?? STRING }));
}

/** Milliseconds, as REST has them, as DuckDB reads an instant. */
export function instant(millis: unknown): string | null {
  const value = Number(millis ?? Number.NaN);
  return Number.isFinite(value) ? new Date(value).toISOString().replace('Z', '+00') : null;
}
export const yesNo = (is: boolean): 'YES' | 'NO' => (is ? 'YES' : 'NO');
