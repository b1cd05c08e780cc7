import { entryOf } from '../catalogue/index.ts';
import { distinctRows, keyed } from '../collation-keys.ts';
import { hasKey, isCollated } from '../collations.ts';
import { implicitName } from '../parse/expressions.ts';
import type { Expr, OrderItem, Query, Select, SelectItem, SetOperation } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { coerce, fieldsOf, structOf, type Typed } from '../typed.ts';
import { BOOL, duckType, holds, INT64, quoted, type Type, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import { orderedDistinct } from './distinct-order.ts';
import { analyseFrom } from './from.ts';
import { demandFilters } from './partition-demand.ts';
import { namesIn } from './pivot.ts';
import { counted, depthColumn, recursiveReading } from './recursive-terms.ts';
import type { Column, Relation } from './relation.ts';
import { type CommonTable, type From, isRange, type Range, Scope } from './scope.ts';
import { aligned, byName, combined, demandSameCount, isRow } from './set-operations.ts';
import {
  checkWindowPlaces,
  computesOverRows,
  hasName,
  orderKey,
  placeOf,
  refuseWindows,
  rowCount,
} from './windows.ts';

export function analyseQuery(query: Query, outer: Scope, a: Analysis): Relation {
  const { scope, prefix } = commonTables(query, outer, a);
  const limit = query.limit
    ? ` LIMIT ${rowCount(query.limit, scope, a)}${query.offset ? ` OFFSET ${rowCount(query.offset, scope, a)}` : ''}`
    : '';
  const { body } = query;
  if (body.kind === 'select') {
    const relation = analyseSelect(body, query.order, scope, a);
    const { row, ...rest } = relation;
    const whole = row && !limit ? relation : rest;
    return { ...whole, sql: `${prefix}${relation.sql}${limit}` };
  }
  const relation = analyseBody(body, scope, a);
  if (query.order.length === 0)
    return {
      ...relation,
      sql: prefix || limit ? `${prefix}SELECT * FROM (${relation.sql}) AS q${limit}` : relation.sql,
    };
  const columns = relation.columns.map((c) => ({
    name: c.name,
    typed: { sql: `q.${quoted(c.as)}`, type: c.type },
  }));
  const over = new Scope(scope, { ranges: [{ alias: undefined, columns }] });
  const keys = query.order.map((item) =>
    orderKey(
      ordinal(
        item.by,
        columns.map((c) => c.typed),
      ) ?? a.expression(item.by, over),
      item,
      a,
    ),
  );
  return {
    ...relation,
    sql: `${prefix}SELECT * FROM (${relation.sql}) AS q ORDER BY ${keys.join(', ')}${limit}`,
  };
}

export function rowsOf(relation: Relation): Relation {
  const [only] = relation.columns;
  if (!relation.value || only?.type.kind !== 'STRUCT') return relation;
  const { fields } = only.type;
  const values = fieldsOf({ sql: `q.${quoted(only.as)}`, type: only.type });
  const columns = named(values.map((typed, i) => ({ name: fields[i]?.name, typed })));
  const list = values.map((value, i) => `${value.sql} AS ${quoted((columns[i] as Column).as)}`);
  return { sql: `SELECT ${list.join(', ')} FROM (${relation.sql}) AS q`, columns, value: false };
}

function commonTables(query: Query, outer: Scope, a: Analysis): { scope: Scope; prefix: string } {
  if (query.with.length === 0) return { scope: outer, prefix: '' };
  const ctes = new Map<string, CommonTable>();
  const scope = new Scope(outer, { ctes });
  const entries = query.recursive ? readFirst(query.with) : query.with;
  const made = entries.map(({ name, query: inner, at }) => {
    const as = quoted(a.unique(name));
    const recursive = query.recursive ? recursion(inner, name, as, scope, ctes, a) : undefined;
    const relation = recursive ?? a.query(inner, scope);
    if (ctes.has(name.toLowerCase()) && !recursive)
      throw new SqlError(`Duplicate alias ${name} for WITH subquery`, at);
    ctes.set(name.toLowerCase(), { sql: as, columns: relation.columns, value: relation.value });
    return `${as} AS (${relation.sql})`;
  });
  return { scope, prefix: `WITH ${query.recursive ? 'RECURSIVE ' : ''}${made.join(', ')} ` };
}

/** WITH RECURSIVE lets a query read those that are written behind it. */
function readFirst(entries: Query['with']): Query['with'] {
  const sorted = new Set<Query['with'][number]>();
  const add = (entry: Query['with'][number], readers: Query['with']): void => {
    if (sorted.has(entry) || readers.includes(entry)) return;
    const own = new Set(entry.query.with.map(({ name }) => name.toLowerCase()));
    for (const other of entries)
      if (!own.has(other.name.toLowerCase()) && mentions(entry.query, other.name))
        add(other, [...readers, entry]);
    sorted.add(entry);
  };
  for (const entry of entries) add(entry, []);
  return [...sorted];
}

/** The anchor gives the types; the recursive term is coerced to them. */
function recursion(
  query: Query,
  name: string,
  as: string,
  scope: Scope,
  ctes: Map<string, CommonTable>,
  a: Analysis,
): Relation | undefined {
  const { body } = query;
  if (body.kind !== 'set' || !mentions(body.right, name)) return undefined;
  if (body.op !== 'UNION')
    throw notServed('A recursive query that is not a UNION of an anchor and one recursive term', body.at);
  const own = commonTables(query, scope, a);
  const anchor = analyseBody(body.left, own.scope, a);
  const reading = recursiveReading(body.right, name);
  const counts = body.all && !body.byName && !anchor.value ? reading : undefined;
  const depth: Column[] =
    counts === undefined ? [] : [{ name: depthColumn, as: depthColumn, type: INT64, pseudo: true }];
  const columns = [...anchor.columns, ...depth];
  ctes.set(name.toLowerCase(), { sql: as, columns, value: anchor.value });
  const term = analyseBody(counts === undefined ? body.right : counted(body.right, counts), own.scope, a);
  if ([...anchor.columns, ...term.columns].some((c) => isCollated(c.type)))
    throw new SqlError('Collation is not supported in recursive queries', body.at);
  const [first, step] = body.byName ? byName(body, anchor, term) : [anchor, term];
  if (first.columns.length !== anchor.columns.length)
    throw notServed('A recursive query BY NAME that adds or drops columns', body.at);
  demandSameCount(body, [anchor, { ...step, columns: step.columns.filter((c) => c.name !== depthColumn) }]);
  const start = counts === undefined ? '' : `, CAST(0 AS BIGINT) AS ${quoted(depthColumn)}`;
  const from = start && `SELECT *${start} FROM (${anchor.sql}) AS s`;
  return {
    ...anchor,
    sql: `${own.prefix}${from || anchor.sql} UNION ${body.all ? 'ALL ' : ''}${aligned(step, columns, body.at)}`,
  };
}

const mentions = (tree: unknown, name: string): boolean =>
  JSON.stringify(tree, (key, value: unknown) => (key === 'at' ? undefined : value))
    .toLowerCase()
    .includes(`"path":["${name.toLowerCase()}"]`);

function analyseBody(body: Select | SetOperation | Query, scope: Scope, a: Analysis): Relation {
  if (body.kind === 'query') return a.query(body, scope);
  if (body.kind === 'select') return analyseSelect(body, [], scope, a);
  if (body.byName)
    return combined(body, byName(body, analyseBody(body.left, scope, a), analyseBody(body.right, scope, a)));
  const chain: Relation[] = [];
  let left: typeof body.left = body;
  for (; left.kind === 'set' && !left.byName; left = left.left)
    chain.unshift(analyseBody(left.right, scope, a));
  return combined(body, [analyseBody(left, scope, a), ...chain]);
}

interface Output {
  readonly name: string | undefined;
  readonly typed: Typed;
}

function analyseSelect(select: Select, order: readonly OrderItem[], outer: Scope, a: Analysis): Relation {
  const from: From | undefined = select.from && analyseFrom(select.from, outer, a);
  const windows = new Map(select.windows.map((w) => [w.name.toLowerCase(), w.spec]));
  const scope = new Scope(outer, { ranges: from?.ranges ?? [], windows });
  if (!from) demandFrom(select, order);
  checkWindowPlaces(select);
  const where = select.where
    ? coerce(a.expression(select.where, scope), BOOL, select.where.at).sql
    : undefined;
  if (from) demandFilters(from, select.where, scope, a);
  const perItem = select.items.map((item) => selectItem(item, scope, a));
  const plain = select.items.flatMap((item, i) => perItem[i]?.map(() => !computesOverRows(item)) ?? []);
  const own = { ranges: scope.ranges, windows };
  const written = keysApart(select.group, perItem.flat());
  const early = new Scope(outer, { ...own, aliases: aliasesOf(written) });
  const { group, kept, values } = groupBy(select, written, plain, early, a);
  const grouped = values.size === 0 ? undefined : { values, aliases: early.aliases };
  const outputs = grouped ? groupedOutputs(select, outer, own, values, a) : written;
  const late = grouped ? new Scope(outer, { ...own, aliases: aliasesOf(outputs), grouped }) : early;
  const told = (sql: string): string =>
    kept.reduce((all, key) => all.replaceAll(`grouping(${key})`, `grouping(coalesce(${key}))`), sql);
  const conditions = [
    ...(addsTotals(select.group) ? ['count(*) > 0'] : []),
    ...(select.having ? [a.expression(select.having, late).sql] : []),
  ];
  const having = conditions.length > 0 ? ` HAVING ${conditions.join(' AND ')}` : '';
  const qualify = select.qualify ? ` QUALIFY ${a.expression(select.qualify, late).sql}` : '';
  const apart = select.distinct === true && !select.as && order.length > 0;
  const keys = apart ? [] : order.map((item) => orderTerm(item, outputs, late, select, a));
  const columns = named(outputs);
  const unequal = select.distinct ? outputs.find((o) => holds(o.typed.type, /JSON/)) : undefined;
  if (unequal)
    throw new SqlError(
      `Column ${unequal.name ?? ''} of type ${typeName(unequal.typed.type)} cannot be used in SELECT DISTINCT`,
      select.at,
    );
  const rest = `${from ? ` FROM ${from.sql}` : ''}${where ? ` WHERE ${where}` : ''}${group}${having}${qualify}`;
  const orderBy = keys.length > 0 ? ` ORDER BY ${keys.join(', ')}` : '';
  const byKeys = select.distinct === true && outputs.some((o) => hasKey(o.typed.type));
  const rows = (list: string, own: readonly Column[]): string =>
    byKeys
      ? distinctRows(`SELECT ${list}${rest}`, own)
      : `SELECT ${select.distinct ? 'DISTINCT ' : ''}${list}${rest}${orderBy}`;
  if (select.as === 'STRUCT') {
    const value = structOf(
      outputs.map((o) => o.typed),
      outputs.map((o) => ({ type: o.typed.type, ...(o.name !== undefined && { name: o.name }) })),
    );
    if (select.distinct && keys.length > 0)
      throw notServed('SELECT DISTINCT AS STRUCT with ORDER BY', select.at);
    const columns = [{ name: undefined, as: 'value', type: value.type }];
    return { sql: told(rows(`${value.sql} AS "value"`, columns)), columns, value: true };
  }
  if (select.as === 'VALUE' && outputs.length !== 1)
    throw new SqlError('SELECT AS VALUE query must have exactly one column', select.at);
  const list = outputs.map((o, i) => `${o.typed.sql} AS ${quoted((columns[i] as Column).as)}`).join(', ');
  const sql = told(rows(list, columns));
  const selected = outputs.map((o, i) => ({ column: columns[i] as Column, typed: o.typed }));
  return {
    sql: apart ? orderedDistinct(sql, selected, order, late, a) : sql,
    columns,
    value: select.as === 'VALUE',
    ...(isRow(select) && { row: outputs.map((o) => o.typed) }),
  };
}

const aliasesOf = (outputs: readonly Output[]): ReadonlyMap<string, Typed> =>
  new Map(outputs.flatMap((o) => (o.name === undefined ? [] : [[o.name.toLowerCase(), o.typed] as const])));

/** The list once more, now that it is known for what a value of the group stands; its own aliases it does not know. */
function groupedOutputs(
  select: Select,
  outer: Scope,
  own: { ranges: readonly Range[]; windows: Scope['windows'] },
  values: ReadonlyMap<string, Typed>,
  a: Analysis,
): readonly Output[] {
  const scope = new Scope(outer, { ...own, grouped: { values, aliases: new Map() } });
  return select.items
    .flatMap((item) => selectItem(item, scope, a))
    .map((o) => ({ ...o, typed: scope.inGroup(o.typed, select.at) }));
}

function demandFrom(select: Select, order: readonly OrderItem[]): void {
  const clauses = { WHERE: select.where, GROUP_BY: select.group, HAVING: select.having, ORDER_BY: order[0] };
  const [word] = Object.entries(clauses).find(([, clause]) => clause) ?? [];
  if (word)
    throw new SqlError(
      `Query without FROM clause cannot have ${word === 'ORDER_BY' ? 'an' : 'a'} ${word.replace('_', ' ')} clause`,
      select.at,
    );
  if (select.distinct) throw new SqlError('Query without FROM clause cannot use SELECT DISTINCT', select.at);
  refuseWindows(select.items, 'SELECT without FROM clause', true);
}

/** Output columns may repeat a name; DuckDB gets each once. */
function named(outputs: readonly Output[]): Column[] {
  const seen = new Set<string>();
  return outputs.map(({ name, typed }, i) => {
    let as = name ?? `_col_${i}`;
    while (seen.has(as.toLowerCase())) as = `${as}#${i}`;
    seen.add(as.toLowerCase());
    return {
      name,
      as,
      type: typed.type,
      ...(typed.literal && typed.literal !== 'error' && { literal: typed.literal, zone: typed.zone }),
    };
  });
}

function selectItem(item: SelectItem, scope: Scope, a: Analysis): Output[] {
  if (item.kind === 'all') return star(item, scope, a);
  const typed = a.expression(item.value, scope);
  const typedNull: Typed =
    typed.literal === 'null' ? { ...typed, sql: `CAST(NULL AS ${duckType(typed.type)})` } : typed;
  return [{ name: item.alias ?? implicitName(item.value), typed: typedNull }];
}

function star(item: Extract<SelectItem, { kind: 'all' }>, scope: Scope, a: Analysis): Output[] {
  const all = item.of
    ? starOf(item.of, scope, a)
    : scope.ranges.flatMap((range) => rangeOutputs(range, false));
  if (!item.of && scope.ranges.length === 0) throw new SqlError('SELECT * must have a FROM clause', item.at);
  const except = new Set(item.except.map((n) => n.toLowerCase()));
  checkNames(item.except, 'EXCEPT', all, item.at);
  checkNames(
    item.replace.map((r) => r.name),
    'REPLACE',
    all,
    item.at,
  );
  checkNames(item.rename?.map((r) => r.name) ?? [], 'RENAME', all, item.at);
  const replace = new Map(item.replace.map((r) => [r.name.toLowerCase(), r.value]));
  const left = all.filter((o) => !except.has(o.name?.toLowerCase() ?? ''));
  if (left.length === 0)
    throw new SqlError('SELECT * expands to zero columns after applying EXCEPT', item.at);
  return left.map((o) => {
    const renamed = item.rename?.find((r) => r.name.toLowerCase() === o.name?.toLowerCase());
    if (renamed) return { ...o, name: renamed.to };
    const value = replace.get(o.name?.toLowerCase() ?? '');
    return value ? { name: o.name, typed: a.expression(value, scope) } : o;
  });
}

function checkNames(names: readonly string[], clause: string, all: readonly Output[], at: number): void {
  const seen = new Set<string>();
  for (const name of names) {
    const key = name.toLowerCase();
    if (seen.has(key)) throw new SqlError(`Duplicate column ${name} in SELECT * ${clause} list`, at);
    if (!all.some((o) => o.name?.toLowerCase() === key))
      throw new SqlError(`Column ${name} in SELECT * ${clause} list does not exist`, at);
    seen.add(key);
  }
}

function rangeOutputs(range: Range, qualified: boolean): Output[] {
  return range.columns
    .filter((c) => !c.pseudo && (qualified || !c.hidden))
    .map((c) => ({ name: c.name, typed: c.typed }));
}

function starOf(of: Expr, scope: Scope, a: Analysis): Output[] {
  const range = of.kind === 'name' ? scope.resolve(of.name, of.at, true) : undefined;
  if (range && isRange(range) && (!range.value || range.value.type.kind === 'STRUCT'))
    return rangeOutputs(range, true);
  const value = range && !isRange(range) ? range : a.expression(of, scope);
  const { type } = value;
  if (type.kind !== 'STRUCT')
    throw new SqlError(`Dot-star is not supported for type ${typeName(type)}`, of.at);
  return fieldsOf(value).map((typed, i) => ({ name: type.fields[i]?.name, typed }));
}

const ordinal = (e: Expr, typed: readonly Typed[], clause = 'ORDER BY'): Typed | undefined => {
  if (e.kind !== 'literal' || e.type !== 'INT64') return undefined;
  const found = typed[Number(e.value) - 1];
  if (!found) throw new SqlError(`${clause} is out of SELECT column number range: ${e.value}`, e.at);
  return found;
};

/** To DuckDB all equal expressions are the key: a constant, or one that is two keys, is made one of its own. */
function keysApart(group: Select['group'], outputs: readonly Output[]): readonly Output[] {
  if (!group || group.kind === 'list' || group.kind === 'all') return outputs;
  const names = plainNames(group);
  const isKey = ({ name }: Output, i: number): boolean =>
    [name?.toLowerCase() ?? '', String(i + 1)].some((n) => names.includes(n));
  return outputs.map((output, i) => {
    const { sql } = output.typed;
    const isPath = /^("|struct_extract)/.test(sql);
    const twice = outputs.filter((o, k) => o.typed.sql === sql && isKey(o, k)).length > 1;
    if (!isKey(output, i) || (sql.includes('"."') && (isPath || !twice))) return output;
    return { ...output, typed: { ...output.typed, sql: `CASE WHEN ${i} = ${i} THEN ${sql} END` } };
  });
}

/** Where there is no row there is no group either: DuckDB would make that of all rows. */
function addsTotals(group: Select['group']): boolean {
  if (group?.kind === 'sets') return group.sets.some(({ by }) => by.flat().length > 0);
  return group?.kind === 'rollup' || group?.kind === 'cube';
}

interface GroupKeys {
  /** The clause. */
  readonly group: string;
  /** Keys that are hidden from what is computed of other keys. */
  readonly kept: readonly string[];
  /** What stands for the values of a group, by the text of what they are grouped by. */
  readonly values: ReadonlyMap<string, Typed>;
}

function groupBy(
  select: Select,
  outputs: readonly Output[],
  plain: readonly boolean[],
  late: Scope,
  a: Analysis,
): GroupKeys {
  const kept: string[] = [];
  const values = new Map<string, Typed>();
  const by = (keys: string): GroupKeys => ({ group: keys && ` GROUP BY ${keys}`, kept, values });
  if (!select.group) return by('');
  const sets = select.group.kind !== 'list' && select.group.kind !== 'all';
  /** Of texts that are equal by a collation some one is shown; none where it is not grouped by them. */
  const keyText = (typed: Typed): string => {
    if (!hasKey(typed.type)) return typed.sql;
    const { sql } = keyed(typed);
    const some = `any_value(${typed.sql})`;
    values.set(typed.sql, {
      sql: sets ? `CASE WHEN grouping(${sql}) = 0 THEN ${some} END` : some,
      type: typed.type,
    });
    return sql;
  };
  // DuckDB groups by nothing at all where there is no column.
  if (select.group.kind === 'all') {
    const all = outputs.filter((_, i) => plain[i]).map(({ typed }) => typed);
    if (all.some(({ type }) => hasKey(type))) return by(all.map(keyText).join(', '));
    if (namesIn(select.items).length === 0 && !select.items.some((item) => item.kind === 'all'))
      return by('()');
    // DuckDB does not find them itself where there is a QUALIFY.
    return by(select.qualify ? `(${plain.flatMap((is, i) => (is ? [i + 1] : [])).join(', ')})` : 'ALL');
  }
  const { group } = select;
  const columns = group.kind === 'list' ? [] : plainNames(group);
  const one = (e: Expr): string => {
    const typed =
      ordinal(
        e,
        outputs.map((o) => o.typed),
        'GROUP BY',
      ) ?? groupKey(e, late, a);
    if (holds(typed.type, /JSON/))
      throw new SqlError(
        `Grouping by expressions of type ${typed.type.kind === 'JSON' ? 'JSON' : `${typed.type.kind} containing JSON`} is not allowed`,
        e.at,
      );
    // `a + 1` beside a key `a` is computed of that; DuckDB would find the key `a + 1`.
    const own = e.kind === 'name' ? [] : namesIn(e).filter((n) => late.ranges.some((r) => hasName(r, n)));
    if (hasKey(typed.type) || own.length === 0 || !own.every((n) => columns.includes(n)))
      return keyText(typed);
    kept.push(typed.sql);
    return `coalesce(${typed.sql})`;
  };
  const key = (several: readonly Expr[]): string => {
    const sqls = several.map(one);
    return sqls.length === 1 ? String(sqls[0]) : `(${sqls.join(', ')})`;
  };
  const list = ({ kind, by: keys }: Exclude<typeof group, { kind: 'all' | 'sets' }>): string =>
    kind === 'list' ? key(keys.flat()) : `${kind.toUpperCase()} (${keys.map(key).join(', ')})`;
  return by(group.kind === 'sets' ? `GROUPING SETS (${group.sets.map(list).join(', ')})` : list(group));
}

const plainNames = (group: unknown): readonly string[] => {
  if (Array.isArray(group)) return group.flatMap(plainNames);
  const { kind, name, value, sets, by } = group as Partial<
    Record<'kind' | 'name' | 'value' | 'sets' | 'by', unknown>
  >;
  if (kind === 'literal') return [String(value)];
  return kind === 'name' ? [String(name).toLowerCase()] : [sets, by].flatMap((x) => (x ? plainNames(x) : []));
};

function groupKey(e: Expr, late: Scope, a: Analysis): Typed {
  if (e.kind === 'literal' && /^(STRING|BYTES|BOOL|FLOAT64|NULL)$/.test(e.type))
    throw new SqlError('Cannot GROUP BY literal values', e.at);
  if (e.kind === 'call' && entryOf(e.name)?.kind === 'aggregate')
    throw new SqlError('Aggregate functions are not allowed in GROUP BY', e.at);
  return e.kind === 'name' ? a.expression(e, late) : a.expression(e, late.withoutAliases());
}

function orderTerm(
  item: OrderItem,
  outputs: readonly Output[],
  late: Scope,
  select: Select,
  a: Analysis,
): string {
  const place = placeOf(item, outputs.length);
  const typed = place === undefined ? a.expression(item.by, late) : (outputs[place] as Output).typed;
  const index = outputs.findIndex((o) => o.typed.sql === typed.sql);
  if (select.distinct && index < 0)
    throw new SqlError(
      'ORDER BY clause expression references column which is not visible after SELECT DISTINCT',
      item.by.at,
    );
  const byItself =
    hasKey(typed.type) ||
    item.collation ||
    (/^(FLOAT64|INTERVAL)$/.test(typed.type.kind) && !select.distinct);
  if (index < 0 || select.as || byItself) return orderKey(typed, item, a);
  return orderKey({ sql: String(index + 1), type: asPlain(typed.type) }, item, a);
}

const asPlain = (type: Type): Type => (/^(FLOAT64|INTERVAL)$/.test(type.kind) ? INT64 : type);
