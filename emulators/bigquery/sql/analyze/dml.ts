import { parseExpression } from '../parse/script.ts';
import type { Assignment, Expr, MergeClause, StatementOf } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { coerce, fieldsOf, structOf, type Typed } from '../typed.ts';
import { BOOL, INT64, quoted, type StructField, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import { analyseFrom, tableRange } from './from.ts';
import { demandFilters } from './partition-demand.ts';
import { type ColumnInfo, columnValue, type TableInfo } from './relation.ts';
import { type From, type Range, Scope } from './scope.ts';
import { storable } from './stored-arrays.ts';

/** `guard` finds a row if the statement must fail with `message`: what DuckDB would let pass. */
export interface DataChange {
  readonly sql: string;
  readonly table: TableInfo;
  readonly guard?: { readonly sql: string; readonly message: string };
}

export function analyseChange(
  s: StatementOf<'insert' | 'delete' | 'update' | 'merge' | 'truncate'>,
  a: Analysis,
): DataChange {
  const table = a.names.table(s.table, s.at);
  const readOnly = table.view === undefined ? table.readOnly : 'VIEW';
  if (readOnly !== undefined)
    throw new SqlError(
      `${table.project}.${table.dataset}.${table.table} is not allowed for this operation because it is currently a ${readOnly}.`,
      s.at,
    );
  switch (s.kind) {
    case 'truncate':
      return { table, sql: `DELETE FROM ${table.sql}` };
    case 'insert':
      return insert(s, table, a);
    case 'delete': {
      const target = targetOf(table, s.alias, a);
      const scope = new Scope(undefined, { ranges: target.ranges });
      const where = condition(s.where, scope, a);
      demandFilters(target, s.where, scope, a);
      return { table, sql: `DELETE FROM ${target.sql} WHERE ${where}` };
    }
    case 'update':
      return update(s, table, a);
    case 'merge':
      return merge(s, table, a);
  }
}

const targetOf = (table: TableInfo, alias: string | undefined, a: Analysis): From => {
  a.reads.set(table.sql, table);
  return tableRange(table, alias ?? table.table, a);
};
const condition = (e: Expr, scope: Scope, a: Analysis): string =>
  coerce(a.expression(e, scope), BOOL, e.at).sql;
/** The `"t$1"` of a FROM item `… AS "t$1"`. */
const aliasOf = (from: From): string => from.sql.slice(from.sql.lastIndexOf(' AS ') + 4);

function columnsOf(table: TableInfo, names: readonly string[] | undefined, at: number): ColumnInfo[] {
  if (!names) return [...table.columns];
  return names.map((name) => columnNamed(table, name, at));
}

function columnNamed(table: TableInfo, name: string, at: number): ColumnInfo {
  const found = table.columns.find((c) => c.name.toLowerCase() === name.toLowerCase());
  // No schema shows it, but a statement may say into which partition a row goes.
  if (table.byArrival && /^_PARTITIONTIME$/i.test(name))
    return { name: '_PARTITIONTIME', type: { kind: 'TIMESTAMP' }, mode: 'NULLABLE' };
  if (!found)
    throw new SqlError(
      `Column ${name} is not present in table ${table.project}.${table.dataset}.${table.table}`,
      at,
    );
  return found;
}

/** A value on its way into a column. */
export function assigned(value: Typed, column: ColumnInfo, at: number): string {
  let kept: Typed;
  try {
    kept = coerce(value, column.type, at);
  } catch {
    throw new SqlError(
      `Value has type ${typeName(value.type)} which cannot be inserted into column ${column.name}, which has type ${typeName(column.type)}`,
      at,
    );
  }
  return storable(kept, column.name);
}

/** What a row gets where it says DEFAULT, or nothing. */
export function defaultOf(column: ColumnInfo, a: Analysis): string {
  return column.default === undefined
    ? 'NULL'
    : assigned(a.expression(parseExpression(column.default), new Scope()), column, 0);
}
const isDefault = (e: Expr): boolean => e.kind === 'system' && e.name === 'default';
const missingOf = (table: TableInfo, columns: readonly ColumnInfo[]): ColumnInfo[] =>
  table.columns.filter((c) => c.default !== undefined && !columns.includes(c));

function insert(s: StatementOf<'insert'>, table: TableInfo, a: Analysis): DataChange {
  const columns = columnsOf(table, s.columns, s.at);
  const twice = columns.find((c, i) => columns.indexOf(c) !== i);
  if (twice) throw new SqlError(`INSERT has columns with duplicate name: ${twice.name}`, s.at);
  const missing = missingOf(table, columns);
  const defaults = missing.map((c) => defaultOf(c, a));
  const into = `INSERT INTO ${table.sql} (${[...columns, ...missing].map((c) => quoted(c.name)).join(', ')})`;
  const mismatch = (got: number): never => {
    throw new SqlError(`Inserted row has wrong column count; Has ${got}, expected ${columns.length}`, s.at);
  };
  if (s.rows) {
    const rows = s.rows.map((row) => {
      if (row.length !== columns.length) mismatch(row.length);
      const values = row.map((e, i) =>
        isDefault(e)
          ? defaultOf(columns[i] as ColumnInfo, a)
          : assigned(a.expression(e, new Scope()), columns[i] as ColumnInfo, e.at),
      );
      return `(${[...values, ...defaults].join(', ')})`;
    });
    return { table, sql: `${into} VALUES ${rows.join(', ')}` };
  }
  if (!s.query) throw new SqlError('INSERT needs rows', s.at);
  const relation = a.statement(s.query);
  if (relation.columns.length !== columns.length) mismatch(relation.columns.length);
  const values = relation.columns.map((c, i) =>
    assigned(columnValue(c, 'q'), columns[i] as ColumnInfo, s.at),
  );
  return { table, sql: `${into} SELECT ${[...values, ...defaults].join(', ')} FROM (${relation.sql}) AS q` };
}

function assignments(
  set: readonly Assignment[],
  table: TableInfo,
  target: From,
  scope: Scope,
  a: Analysis,
  at: number,
): string {
  const changed = new Map<ColumnInfo, Typed>();
  const items: string[] = [];
  for (const { path, value, at: where } of set) {
    const qualified = path.length > 1 && !table.columns.some((c) => same(c.name, path[0]));
    const [name = '', ...nested] = qualified ? path.slice(1) : path;
    const column = columnNamed(table, name, at);
    const item = [name, ...nested].join('.');
    const other = items.find((i) => overlaps(i, item));
    if (other !== undefined)
      throw new SqlError(
        `Update item ${item} ${same(other, item) ? 'assigned more than once' : `overlaps with ${other}`}`,
        where,
      );
    items.push(item);
    if (nested.length === 0) {
      const sql =
        value === 'DEFAULT' ? defaultOf(column, a) : assigned(a.expression(value, scope), column, where);
      changed.set(column, { sql, type: column.type });
      continue;
    }
    // Only whole columns have defaults.
    const given: Typed =
      value === 'DEFAULT' ? { sql: 'NULL', type: INT64, literal: 'null' } : a.expression(value, scope);
    const whole = { sql: `${aliasOf(target)}.${quoted(column.name)}`, type: column.type };
    changed.set(column, withField(changed.get(column) ?? whole, nested, given, where));
  }
  return [...changed].map(([column, typed]) => `${quoted(column.name)} = ${typed.sql}`).join(', ');
}

/** One is the other, or a field of it. */
const overlaps = (a: string, b: string): boolean => {
  const [one, other] = [`${a}.`.toLowerCase(), `${b}.`.toLowerCase()] as const;
  return one.startsWith(other) || other.startsWith(one);
};
const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.toLowerCase();

/** The STRUCT with one field, perhaps of a STRUCT in it, replaced. */
function withField(of: Typed, path: readonly string[], value: Typed, at: number): Typed {
  const [name = '', ...rest] = path;
  const { type } = of;
  if (type.kind !== 'STRUCT')
    throw new SqlError(`Cannot access field ${name} on a value with type ${typeName(type)}`, at);
  const index = type.fields.findIndex((f) => same(f.name ?? '', name));
  const field = type.fields[index];
  if (!field) throw new SqlError(`Field name ${name} does not exist in ${typeName(type)}`, at);
  const parts = fieldsOf(of).map((part, i) =>
    i !== index ? part : rest.length > 0 ? withField(part, rest, value, at) : fieldValue(value, field, at),
  );
  // Of a NULL the other fields are NULL: so the documentation's example has it.
  return structOf(parts, type.fields);
}

const fieldValue = (value: Typed, { name = '', type }: StructField, at: number): Typed => ({
  sql: storable(coerce(value, type, at), name),
  type,
});

const manyMatches = 'UPDATE/MERGE must match at most one source row for each target row';

/** What tells rows of the target apart. */
function rowOf(target: From, table: TableInfo, at: number): string {
  if (table.columns.some(({ name }) => name.toLowerCase() === 'rowid'))
    throw notServed('Changing rows of a table with a column named rowid by those of another table', at);
  return `${aliasOf(target)}.rowid`;
}

function update(s: StatementOf<'update'>, table: TableInfo, a: Analysis): DataChange {
  const target = targetOf(table, s.alias, a);
  const from = s.from && analyseFrom(s.from, new Scope(), a);
  const scope = new Scope(undefined, { ranges: [...target.ranges, ...(from?.ranges ?? [])] });
  const where = condition(s.where, scope, a);
  demandFilters(target, s.where, scope, a);
  // In DuckDB too the columns on the left are the table's own, and the alias names its rows.
  const sql = `UPDATE ${target.sql} SET ${assignments(s.set, table, target, scope, a, s.at)}${from ? ` FROM ${from.sql}` : ''} WHERE ${where}`;
  if (!from) return { table, sql };
  const row = rowOf(target, table, s.at);
  return {
    table,
    sql,
    guard: {
      message: manyMatches,
      sql: `SELECT 1 FROM ${target.sql}, ${from.sql} WHERE ${where} GROUP BY ${row} HAVING count(*) > 1 LIMIT 1`,
    },
  };
}

function merge(s: StatementOf<'merge'>, table: TableInfo, a: Analysis): DataChange {
  const target = targetOf(table, s.alias, a);
  const source = analyseFrom(s.source, new Scope(), a);
  const both = new Scope(undefined, { ranges: [...target.ranges, ...source.ranges] });
  const sides = {
    target: new Scope(undefined, { ranges: target.ranges }),
    source: new Scope(undefined, { ranges: source.ranges }),
    both,
  };
  const on = condition(s.on, both, a);
  const clauses = s.clauses.map((clause) => mergeClause(clause, table, target, sides, source.ranges, a));
  const sql = `MERGE INTO ${target.sql} USING ${source.sql} ON (${on}) ${clauses.join(' ')}`;
  const matched = s.clauses.filter((c) => c.match === 'MATCHED');
  if (matched.length === 0) return { table, sql };
  const any = matched.map((c) => (c.and ? condition(c.and, both, a) : 'TRUE')).join(' OR ');
  const row = rowOf(target, table, s.at);
  return {
    table,
    sql,
    guard: {
      message: manyMatches,
      sql: `SELECT 1 FROM ${target.sql} JOIN ${source.sql} ON (${on}) WHERE ${any} GROUP BY ${row} HAVING count(*) > 1 LIMIT 1`,
    },
  };
}

function mergeClause(
  clause: MergeClause,
  table: TableInfo,
  target: From,
  sides: Record<'target' | 'source' | 'both', Scope>,
  sourceRanges: readonly Range[],
  a: Analysis,
): string {
  const scope =
    clause.match === 'MATCHED' ? sides.both : clause.match === 'NOT MATCHED' ? sides.source : sides.target;
  const when = `WHEN ${clause.match}${clause.and ? ` AND ${condition(clause.and, scope, a)}` : ''} THEN`;
  const { action } = clause;
  if (action.kind === 'delete') return `${when} DELETE`;
  if (action.kind === 'update')
    return `${when} UPDATE SET ${assignments(action.set, table, target, scope, a, clause.at)}`;
  const columns = columnsOf(table, action.columns, clause.at);
  const given =
    action.values === 'ROW'
      ? sourceRanges.flatMap((r) => r.columns.filter((c) => !c.hidden).map((c) => c.typed))
      : action.values.map((e) => (isDefault(e) ? undefined : a.expression(e, scope)));
  if (given.length !== columns.length)
    throw new SqlError(
      `Inserted row has wrong column count; Has ${given.length}, expected ${columns.length}`,
      clause.at,
    );
  const missing = missingOf(table, columns);
  const values = [
    ...columns.map((c, i) => {
      const value = given[i];
      return value ? assigned(value, c, clause.at) : defaultOf(c, a);
    }),
    ...missing.map((c) => defaultOf(c, a)),
  ];
  return `${when} INSERT (${[...columns, ...missing].map((c) => quoted(c.name)).join(', ')}) VALUES (${values.join(', ')})`;
}
