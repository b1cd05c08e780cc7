import { equality } from '../catalogue/equality.ts';
import type { Expr, FromItem } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { coerce, fieldsOf, superType, type Typed } from '../typed.ts';
import { BOOL, duckType, INT64, quoted, STRING, text, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import { analysePivot, analyseUnpivot } from './pivot.ts';
import { isRangeSessions, rangeSessions } from './range-sessions.ts';
import type { Column, Relation, SystemCell, SystemView, TableInfo } from './relation.ts';
import { expandTableFunction } from './routines.ts';
import { type From, type Range, type RangeColumn, Scope } from './scope.ts';
import { refuseWindows } from './windows.ts';

type Of<K extends FromItem['kind']> = Extract<FromItem, { kind: K }>;

export function analyseFrom(item: FromItem, scope: Scope, a: Analysis, left: readonly Range[] = []): From {
  switch (item.kind) {
    case 'table':
      return table(item, scope, a, left);
    case 'derived': {
      const relation = a.query(item.query, scope);
      const alias = item.alias?.toLowerCase();
      const isColumn = item.piped && relation.columns.some((c) => c.name?.toLowerCase() === alias);
      const from = one(`(${relation.sql})`, isColumn ? undefined : item.alias, relation, a);
      if (item.rows) return { ...from, ranges: from.ranges.flatMap((r) => besideRows(r, item.rows)) };
      return item.piped ? { ...from, ranges: from.ranges.map((r) => ({ ...r, piped: true })) } : from;
    }
    case 'tableFunction': {
      const around = new Scope(scope, { ranges: left });
      if (isRangeSessions(item)) {
        const relation = rangeSessions(item, around, a);
        return one(`(${relation.sql})`, item.alias, relation, a);
      }
      const routine = a.names.routine(item.path);
      if (routine?.kind !== 'TABLE_VALUED_FUNCTION')
        throw notServed(`The table function ${item.path.join('.')}`, item.at);
      const relation = expandTableFunction(routine, item, around, a);
      return one(`(${relation.sql})`, item.alias ?? item.path.at(-1), relation, a);
    }
    case 'pivot':
    case 'unpivot': {
      const source = analyseFrom(item.of, scope, a, left);
      const relation =
        item.kind === 'pivot' ? analysePivot(item, source, scope, a) : analyseUnpivot(item, source, a);
      return one(`(${relation.sql})`, item.alias, relation, a);
    }
    case 'unnest':
      refuseWindows(item.of, 'UNNEST');
      return unnest(item, a.expression(item.of, new Scope(scope, { ranges: left })), a);
    case 'join':
      return join(item, scope, a, left);
  }
}

/** What a column is called, the name means; else the rows, of whose columns `*` has none. */
function besideRows(range: Range, rows: Of<'derived'>['rows']): Range[] {
  const own = range.columns.filter((c) => c.name !== rows?.column);
  const held = range.columns.find((c) => c.name === rows?.column)?.typed;
  const taken = own.some((c) => c.name?.toLowerCase() === rows?.alias.toLowerCase());
  const changed = { alias: range.alias, columns: own, piped: true };
  if (taken || held?.type.kind !== 'STRUCT') return [changed];
  const hidden = valueRange(rows?.alias, held);
  return [changed, { ...hidden, piped: true, columns: hidden.columns.map((c) => ({ ...c, hidden: true })) }];
}

const bare = (sql: string, range: Range): From => ({ sql, ranges: [range], wants: [], conditions: '' });

function one(
  sql: string,
  alias: string | undefined,
  relation: { columns: Relation['columns']; value: boolean },
  a: Analysis,
): From {
  const as = a.unique(alias ?? 'q');
  const columns: RangeColumn[] = relation.columns.map((c) => ({
    name: c.name,
    typed: { sql: `${quoted(as)}.${quoted(c.as)}`, type: c.type },
    ...(c.pseudo && { pseudo: true }),
  }));
  const only = columns[0]?.typed;
  if (relation.value && only) return bare(`${sql} AS ${quoted(as)}`, valueRange(alias, only));
  return bare(`${sql} AS ${quoted(as)}`, { alias, columns });
}

/** A row that is one value: its fields are columns too, and its alias is the value. */
function valueRange(alias: string | undefined, value: Typed): Range {
  const { type } = value;
  if (type.kind !== 'STRUCT') return { alias, value, columns: [{ name: alias, typed: value }] };
  return {
    alias,
    value,
    columns: fieldsOf(value).map((typed, i) => ({ name: type.fields[i]?.name, typed })),
  };
}

function table(item: Of<'table'>, scope: Scope, a: Analysis, left: readonly Range[]): From {
  const [first = ''] = item.path;
  const cte = item.path.length === 1 ? scope.commonTable(first) : undefined;
  if (cte) return one(cte.sql, item.alias ?? first, cte, a);
  const correlated = item.path.length > 1 ? arrayPath(item, scope, a, left) : undefined;
  if (correlated)
    return unnest(
      {
        kind: 'unnest',
        of: pathExpression(item),
        at: item.at,
        alias: item.alias ?? (item.path.at(-1) as string),
        ...(item.offset !== undefined && { offset: item.offset }),
      },
      correlated,
      a,
    );
  if (item.offset !== undefined) throw new SqlError('WITH OFFSET is only allowed on arrays', item.at);
  const system = a.names.informationSchema(item.path, item.at);
  if (system) return systemView(system, item, a);
  if (item.path.at(-1)?.endsWith('*')) return wildcard(item, a);
  const info = a.names.table(item.path, item.at);
  for (const read of info.underlying ?? [info]) a.reads.set(read.sql, read);
  const alias = item.alias ?? info.table;
  if (info.view !== undefined)
    return one(
      `(${info.sql})`,
      alias,
      { columns: info.columns.map((c) => ({ name: c.name, type: c.type, as: c.name })), value: false },
      a,
    );
  const range = tableRange(info, alias, a);
  return item.asOf || item.samplePercent ? partly(item, info, range, scope, a) : range;
}

/** FOR SYSTEM_TIME AS OF and TABLESAMPLE. */
function partly(item: Of<'table'>, info: TableInfo, from: From, scope: Scope, a: Analysis): From {
  const cut = from.sql.lastIndexOf(' AS ');
  const [sql, as] = [from.sql.slice(0, cut), from.sql.slice(cut)];
  const percent =
    item.samplePercent && Number(a.expression(item.samplePercent, scope).sql.match(/[\d.]+/)?.[0]);
  if (percent !== undefined && !(percent >= 0 && percent <= 100))
    throw new SqlError('TABLESAMPLE takes a percentage from 0 to 100', item.at);
  const sample = percent === undefined ? '' : ` TABLESAMPLE SYSTEM (${percent} PERCENT)`;
  const time = item.asOf && coerce(a.expression(item.asOf, scope), { kind: 'TIMESTAMP' }, item.at).sql;
  const source = time === undefined ? sql : `(${asOf(info, time, a.now)})`;
  return { ...from, sql: `(SELECT * FROM ${source}${sample})${as}` };
}

function asOf(info: TableInfo, time: string, now: string): string {
  const names = [...info.columns.map((c) => c.name), ...(info.byArrival ? ['_PARTITIONTIME'] : [])];
  // A temporary table has no past.
  return info.past?.(names, time, now) ?? `SELECT ${names.map(quoted).join(', ')} FROM ${info.sql}`;
}

/** All tables of a prefix as one, with the columns of the newest; a column that a table lacks is NULL there. */
function wildcard(item: Of<'table'>, a: Analysis): From {
  const tables = a.names.wildcard(item.path, item.at);
  const columns = tables.at(-1)?.columns ?? [];
  const prefix = (item.path.at(-1) ?? '').slice(0, -1);
  const selects = tables.map((t) => {
    a.reads.set(t.sql, t);
    const values = columns.map((c) => {
      const own = t.columns.find((x) => x.name.toLowerCase() === c.name.toLowerCase());
      return `CAST(${own ? quoted(own.name) : 'NULL'} AS ${duckType(c.type)}) AS ${quoted(c.name)}`;
    });
    return `SELECT ${[...values, `${text(t.table.slice(prefix.length))} AS "_TABLE_SUFFIX"`].join(', ')} FROM ${t.sql}`;
  });
  const all: Column[] = [
    ...columns.map((c) => ({ name: c.name, as: c.name, type: c.type })),
    { name: '_TABLE_SUFFIX', as: '_TABLE_SUFFIX', type: STRING },
  ];
  const from = one(`(${selects.join(' UNION ALL ')})`, item.alias, { columns: all, value: false }, a);
  const ranges = from.ranges.map((r) => ({
    ...r,
    columns: r.columns.map((c) => (c.name === '_TABLE_SUFFIX' ? { ...c, pseudo: true } : c)),
  }));
  return { ...from, ranges };
}

export function tableRange(info: TableInfo, alias: string, a: Analysis): From {
  const as = a.unique(alias);
  const reference = (name: string): string => `${quoted(as)}.${quoted(name)}`;
  const columns: RangeColumn[] = info.columns.map((c) => {
    // A stored array is never NULL: what was written as NULL reads as empty.
    if (c.type.kind === 'ARRAY')
      return { name: c.name, typed: { sql: `coalesce(${reference(c.name)}, [])`, type: c.type } };
    const sql = c.narrow ? `CAST(${reference(c.name)} AS ${duckType(c.type)})` : reference(c.name);
    return { name: c.name, typed: { sql, type: c.type } };
  });
  if (info.byArrival) columns.push(...arrivalColumns(reference('_PARTITIONTIME')));
  const wants =
    info.requiredFilter === undefined ? [] : [{ table: info, reference: reference(info.requiredFilter) }];
  return { sql: `${info.sql} AS ${quoted(as)}`, ranges: [{ alias, columns }], wants, conditions: '' };
}

/** May be named, and are not among `*`. */
const arrivalColumns = (time: string): RangeColumn[] => [
  { name: '_PARTITIONTIME', typed: { sql: time, type: { kind: 'TIMESTAMP' } }, pseudo: true },
  { name: '_PARTITIONDATE', typed: { sql: `CAST(${time} AS DATE)`, type: { kind: 'DATE' } }, pseudo: true },
];

const pathExpression = (item: Of<'table'>): Expr =>
  item.path.slice(1).reduce<Expr>((of, name) => ({ kind: 'field', of, name, at: item.at }), {
    kind: 'name',
    name: item.path[0] ?? '',
    quoted: false,
    at: item.at,
  });

/** `FROM t, t.items`: an array of a range to the left, or of the outer query, stands where a table may. */
function arrayPath(item: Of<'table'>, scope: Scope, a: Analysis, left: readonly Range[]): Typed | undefined {
  const inner = new Scope(scope, { ranges: left });
  if (!inner.resolve(item.path[0] ?? '', item.at, true)) return undefined;
  const found = a.expression(pathExpression(item), inner);
  return found.type.kind === 'ARRAY' ? found : undefined;
}

function unnest(item: Of<'unnest'>, array: Typed, a: Analysis): From {
  if (array.type.kind !== 'ARRAY') throw new SqlError('Values referenced in UNNEST must be arrays', item.at);
  const as = a.unique(item.alias ?? 'u');
  const value: Typed = { sql: `${quoted(as)}."v"`, type: array.type.of };
  const range = valueRange(item.alias, value);
  if (item.offset === undefined) return bare(`UNNEST(${array.sql}) AS ${quoted(as)}("v")`, range);
  const offset: RangeColumn = { name: item.offset, typed: { sql: `(${quoted(as)}."o" - 1)`, type: INT64 } };
  return {
    ...bare(`UNNEST(${array.sql}) WITH ORDINALITY AS ${quoted(as)}("v", "o")`, range),
    ranges: [range, { alias: undefined, columns: [offset] }],
  };
}

function systemView(view: SystemView, item: Of<'table'>, a: Analysis): From {
  const alias = item.alias ?? item.path.at(-1);
  const columns = view.columns.map((c) => ({ ...c, as: c.name }));
  for (const read of view.reads ?? []) a.reads.set(read.sql, read);
  if (view.sql !== undefined) return one(`(${view.sql})`, alias, { columns, value: false }, a);
  const cell = (value: SystemCell): string => (value === null ? 'NULL' : text(String(value)));
  const none = view.rows.length === 0 ? [view.columns.map(() => null)] : view.rows;
  const rows = none.map((row) => `(${view.columns.map((_, i) => cell(row[i] ?? null)).join(', ')})`);
  const typed = view.columns.map(
    (c) => `CAST(${quoted(c.name)} AS ${duckType(c.type)}) AS ${quoted(c.name)}`,
  );
  const names = view.columns.map((c) => quoted(c.name)).join(', ');
  const sql = `SELECT ${typed.join(', ')} FROM (VALUES ${rows.join(', ')}) AS v(${names})${view.rows.length === 0 ? ' WHERE false' : ''}`;
  return one(`(${sql})`, alias, { columns, value: false }, a);
}

/** The ranges to the left of others: no two tables have one name. */
function beside(left: readonly Range[], right: readonly Range[], at: number): Range[] {
  const taken = new Set(right.map((r) => r.alias?.toLowerCase()));
  return left.map((range) => {
    const { alias } = range;
    if (alias === undefined || !taken.has(alias.toLowerCase())) return range;
    if (range.piped) return { ...range, alias: undefined };
    throw new SqlError(`Duplicate table alias ${alias} in the same FROM clause`, at);
  });
}

function join(item: Of<'join'>, scope: Scope, a: Analysis, outer: readonly Range[]): From {
  const before = analyseFrom(item.left, scope, a, outer);
  // What may stand without a row of the left cannot be made of it.
  const apart = item.type === 'RIGHT' || item.type === 'FULL';
  const right = analyseFrom(item.right, scope, a, apart ? outer : [...outer, ...before.ranges]);
  const left = { ...before, ranges: beside(before.ranges, right.ranges, item.at) };
  const wants = [...left.wants, ...right.wants];
  const conditions = left.conditions + right.conditions;
  const array = item.right.kind === 'unnest' || / WITH ORDINALITY AS |^UNNEST\(/.test(right.sql);
  const rows = (where = ''): string => {
    if (item.right.kind === 'join') return joinsApart(item.right, item.type) ? `(${right.sql})` : right.sql;
    return array && item.type !== 'CROSS' && (item.on || item.using || item.type !== 'INNER')
      ? `${apart ? '' : 'LATERAL '}(SELECT * FROM ${right.sql}${where}) AS ${right.sql.slice(right.sql.lastIndexOf(' AS ') + 4)}`
      : right.sql;
  };
  if (item.using) return { ...usingJoin(item, item.using, left, right, rows()), wants, conditions };
  const ranges = [...left.ranges, ...right.ranges];
  if (item.type === 'CROSS' || (!item.on && array && item.type === 'INNER'))
    return { sql: `${left.sql} CROSS JOIN ${rows()}`, ranges, wants, conditions };
  if (!item.on && !array)
    throw new SqlError(`${item.type} JOIN must have an immediately following ON or USING clause`, item.at);
  refuseWindows(item.on, 'ON clause', true);
  const on = item.on
    ? coerce(a.expression(item.on, new Scope(scope, { ranges: [...outer, ...ranges] })), BOOL, item.at).sql
    : 'TRUE';
  // DuckDB takes few conditions of a lateral outer join, and any inside of it.
  const lateral = array && item.right.kind !== 'join' && item.type === 'LEFT';
  return {
    sql: lateral
      ? `${left.sql} LEFT JOIN ${rows(` WHERE ${on}`)} ON TRUE`
      : `${left.sql} ${item.type} JOIN ${rows()} ON ${on}`,
    ranges,
    wants,
    conditions: `${conditions} ${on}`,
  };
}

/** Whether a join on the right wants parentheses: without them all but these mean the same, and may be lateral. */
function joinsApart(item: FromItem, around: Of<'join'>['type']): boolean {
  if (item.kind !== 'join') return false;
  const { type } = item;
  return (
    type === 'RIGHT' ||
    type === 'FULL' ||
    (type === 'CROSS' && around !== 'CROSS') ||
    joinsApart(item.left, around)
  );
}

/** The shared columns come first in `*`, once, and may be named without a table. */
function usingJoin(
  item: Of<'join'>,
  names: readonly string[],
  left: From,
  right: From,
  rightSql: string,
): Pick<From, 'sql' | 'ranges'> {
  const find = (from: From, name: string): Typed => {
    const found = from.ranges
      .flatMap((r) => r.columns)
      .filter((c) => !c.hidden && c.name?.toLowerCase() === name.toLowerCase());
    if (found.length !== 1)
      throw new SqlError(
        `Column ${name} in USING clause ${found.length === 0 ? 'not found' : 'is ambiguous'} on ${from === left ? 'left' : 'right'} side of join`,
        item.at,
      );
    return (found[0] as RangeColumn).typed;
  };
  const pairs = names.map((name) => {
    const [l, r] = [find(left, name), find(right, name)];
    const type = superType([l, r], item.at);
    if (!type)
      throw new SqlError(
        `Column ${name} in USING has incompatible types on either side of the join: ${typeName(l.type)} and ${typeName(r.type)}`,
        item.at,
      );
    return { name, l, r, both: [coerce(l, type), coerce(r, type)] as const };
  });
  const merged: RangeColumn[] = pairs.map(({ name, l, r, both: [one, other] }) => ({
    name,
    typed:
      item.type === 'RIGHT'
        ? r
        : item.type === 'FULL'
          ? { sql: `coalesce(${one.sql}, ${other.sql})`, type: one.type }
          : l,
  }));
  const shared = new Set(names.map((n) => n.toLowerCase()));
  const hide = (range: Range): Range => ({
    ...range,
    columns: range.columns.map((c) => (shared.has(c.name?.toLowerCase() ?? '') ? { ...c, hidden: true } : c)),
  });
  const on = pairs.map(({ both: [one, other] }) => equality(one, other, item.at)).join(' AND ');
  return {
    sql: `${left.sql} ${item.type} JOIN ${rightSql} ON ${on}`,
    ranges: [{ alias: undefined, columns: merged }, ...left.ranges.map(hide), ...right.ranges.map(hide)],
  };
}
