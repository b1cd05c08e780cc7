import type { Expr, FromItem } from '../parse/syntax.ts';
import { fail } from '../sql-error.ts';
import { holds, quoted, rangeElement, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import type { Column, Relation } from './relation.ts';
import type { Scope } from './scope.ts';

type TableFunction = Extract<FromItem, { kind: 'tableFunction' }>;

export const isRangeSessions = ({ path }: TableFunction): boolean =>
  path.length === 1 && /^RANGE_SESSIONIZE$/i.test(path[0] ?? '');

/**
 * RANGE_SESSIONIZE(TABLE t, 'range', ['key', …][, 'MEETS' | 'OVERLAPS']): beside each row the range of its session, which
 * goes on as long as the next range begins before, or where, one of those before it ends.
 */
export function rangeSessions(item: TableFunction, scope: Scope, a: Analysis): Relation {
  const [table, range, keys, option] = item.args;
  if (!table || !range || !keys || item.args.length > 4)
    fail('RANGE_SESSIONIZE takes a table, a range column, partitioning columns and an option', item.at);
  if (table.kind !== 'subquery' || table.form !== 'scalar')
    fail('The first argument of RANGE_SESSIONIZE is a table', table.at);
  const given = a.query(table.query, scope);
  const found = (name: string, at: number): Column =>
    given.columns.find((c) => c.name?.toLowerCase() === name.toLowerCase()) ??
    fail(`Column ${name} not found in the table of RANGE_SESSIONIZE`, at);
  const of = found(written(range), range.at);
  if (!rangeElement(of.type))
    fail(`The range column of RANGE_SESSIONIZE is a RANGE, got ${typeName(of.type)}`, range.at);
  const partition = (keys.kind === 'array' ? keys.items : fail('An array of names is expected', keys.at)).map(
    (key) => found(written(key), key.at),
  );
  const unequal = partition.find(({ type }) => holds(type, /JSON/));
  if (unequal) fail(`Partitioning by expressions of type ${typeName(unequal.type)} is not allowed`, keys.at);
  const mode = option ? written(option).toUpperCase() : 'MEETS';
  if (!/^(MEETS|OVERLAPS)$/.test(mode))
    fail(`The option of RANGE_SESSIONIZE is MEETS or OVERLAPS, got ${mode}`, item.at);
  const as = a.unique('session_range');
  const columns = [...given.columns, { name: 'session_range', as, type: of.type }];
  return {
    sql: sessionsSql(given.sql, columns, of, partition, mode === 'MEETS' ? '<=' : '<'),
    columns,
    value: false,
  };
}

const written = (e: Expr): string =>
  e.kind === 'literal' && e.type === 'STRING' ? e.value : fail('A string literal is expected', e.at);

/** A row without a range is in no session. */
function sessionsSql(
  from: string,
  columns: readonly Column[],
  of: Column,
  partition: readonly Column[],
  goesOn: '<' | '<=',
): string {
  const range = `q.${quoted(of.as)}`;
  const [start, end] = ['s', 'e'].map((bound) => `struct_extract(${range}, '${bound}')`);
  const keys = partition.map((c) => `q.${quoted(c.as)}, `).join('');
  const inOrder = `PARTITION BY ${keys}1 ORDER BY ${start}, ${end} ROWS BETWEEN UNBOUNDED PRECEDING AND`;
  const begins = `CASE WHEN ${start} ${goesOn} max(${end}) OVER (${inOrder} 1 PRECEDING) THEN 0 ELSE 1 END`;
  const numbered = `SELECT *, sum(q."bq$begins") OVER (${inOrder} CURRENT ROW) AS "bq$session" FROM (SELECT *, ${begins} AS "bq$begins" FROM (${from}) AS q) AS q`;
  const session = `OVER (PARTITION BY ${keys}q."bq$session")`;
  const whole = `CASE WHEN ${range} IS NOT NULL THEN struct_pack(s := min(${start}) ${session}, e := max(${end}) ${session}) END`;
  const list = columns.map(({ as }, i) =>
    i === columns.length - 1 ? `${whole} AS ${quoted(as)}` : `q.${quoted(as)}`,
  );
  return `SELECT ${list.join(', ')} FROM (${numbered}) AS q`;
}
