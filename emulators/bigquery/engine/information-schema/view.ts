import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import { BOOL, INT64, STRING, type Type, text } from '../../sql/types.ts';

const types: Readonly<Record<string, Type>> = {
  s: STRING,
  i: INT64,
  b: BOOL,
  t: { kind: 'TIMESTAMP' },
  j: { kind: 'JSON' },
};

/** `view('a b:i c:t', rows)`: columns in their order, text unless the letter says another type. */
export const view = (columns: string, rows: readonly (readonly SystemCell[])[]): SystemView => ({
  columns: columns.split(' ').map((column) => {
    const [name = '', type = 's'] = column.split(':');
    return { name, type: types[type] ?? STRING };
  }),
  rows,
});

/** Milliseconds, as REST has them, as DuckDB reads an instant. */
export function instant(millis: unknown): string | null {
  const value = Number(millis ?? Number.NaN);
  return Number.isFinite(value) ? new Date(value).toISOString().replace('Z', '+00') : null;
}
/** The same in DuckDB's text. */
export function instantSql(millis: unknown): string {
  const at = instant(millis);
  return `CAST(${at === null ? 'NULL' : text(at)} AS TIMESTAMPTZ)`;
}
export const yesNo = (is: boolean): 'YES' | 'NO' => (is ? 'YES' : 'NO');
