import { hasKey, uncollated } from './collations.ts';
import { fieldsOf, structOf, type Typed } from './typed.ts';
import { quoted, type Type } from './types.ts';

/** What is equal, less or greater to DuckDB as the value is by its collation; the value itself where it has none. */
export function keyed(of: Typed, depth = 0): Typed {
  const { type, sql } = of;
  if (!hasKey(type)) return of;
  const plain = uncollated(type);
  if (type.kind === 'ARRAY') {
    const name = `bq_k${depth}`;
    const element = keyed({ sql: name, type: type.of }, depth + 1);
    return { sql: `list_transform(${sql}, lambda ${name}: ${element.sql})`, type: plain };
  }
  if (type.kind === 'STRUCT' && plain.kind === 'STRUCT')
    return structOf(
      fieldsOf(of).map((f) => keyed(f, depth)),
      plain.fields,
      of,
    );
  return { sql: `bq_ci(${sql})`, type: plain, ...(of.literal === 'null' && { literal: of.literal }) };
}

/** By what the rows of `d` are grouped where equal ones are one. */
export const keysOf = (columns: readonly { readonly as: string; readonly type: Type }[]): string =>
  columns.map(({ as, type }) => keyed({ sql: `d.${quoted(as)}`, type }).sql).join(', ');

/** The rows of a query without those whose keys another has too: of each group of equal ones some value. */
export function distinctRows(
  sql: string,
  columns: readonly { readonly as: string; readonly type: Type }[],
): string {
  const values = columns.map(({ as, type }) =>
    hasKey(type) ? `any_value(d.${quoted(as)}) AS ${quoted(as)}` : `d.${quoted(as)}`,
  );
  return `SELECT ${values.join(', ')} FROM (${sql}) AS d GROUP BY ${keysOf(columns)}`;
}
