import { entryOf } from '../catalogue/index.ts';
import { intervalSize } from '../catalogue/intervals.ts';
import { keyed } from '../collation-keys.ts';
import { collated, collationOf } from '../collations.ts';
import type { Call, Expr, OrderItem, Select, WindowSpec } from '../parse/syntax.ts';
import { SqlError } from '../sql-error.ts';
import { coerce, type Typed, writtenText } from '../typed.ts';
import { holds, INT64, typeName } from '../types.ts';
import type { Analysis } from './context.ts';
import { countedRange, frameClause, isCounted } from './frames.ts';
import { namesIn } from './pivot.ts';
import { type Range, Scope } from './scope.ts';

export function orderBy(items: readonly OrderItem[], scope: Scope, a: Analysis): string {
  return items.length === 0
    ? ''
    : ` ORDER BY ${items.map((item) => orderKey(a.expression(item.by, scope), item, a)).join(', ')}`;
}

/** NULLs come first ascending and last descending; NaN stands between NULL and every number, where DuckDB has it last. */
export function orderKey(given: Typed, item: OrderItem, a: Analysis): string {
  const key = keyed(item.collation ? ordered(given, item.collation, a) : given);
  const nulls = item.nulls ?? (item.descending ? 'last' : 'first');
  const how = `${item.descending ? 'DESC' : 'ASC'} NULLS ${nulls.toUpperCase()}`;
  if (key.type.kind === 'ARRAY' || key.type.kind === 'STRUCT' || key.type.kind === 'JSON')
    throw new SqlError(`Ordering by expressions of type ${key.type.kind} is not allowed`, item.by.at);
  const nan = key.type.kind === 'FLOAT64' ? `(NOT isnan(${key.sql})) ${how}, ` : '';
  return `${nan}${key.type.kind === 'INTERVAL' ? intervalSize(key.sql) : key.sql} ${how}`;
}

/** ORDER BY … COLLATE says it in place of what the value says. */
function ordered({ sql, type }: Typed, by: Expr, a: Analysis): Typed {
  if (type.kind !== 'STRING')
    throw new SqlError(
      `COLLATE can only be applied to columns or expressions of type STRING, but was applied to ${typeName(type)}`,
      by.at,
    );
  const name = writtenText(a.expression(by, new Scope()));
  if (name === undefined)
    throw new SqlError('COLLATE must be followed by a string literal or a string parameter', by.at);
  return { sql, type: collated(type, collationOf(name, by.at)) };
}

/** Which column of the SELECT list a whole number in ORDER BY means. */
export function placeOf({ by }: OrderItem, columns: number): number | undefined {
  if (by.kind !== 'literal') return undefined;
  if (by.type !== 'INT64') throw new SqlError('Cannot ORDER BY literal expressions', by.at);
  const place = Number(by.value) - 1;
  if (place >= 0 && place < columns) return place;
  throw new SqlError(`ORDER BY is out of SELECT column number range: ${by.value}`, by.at);
}

type Part = Expr & { readonly kind: 'call' | 'name' };

/** The first such call or name in what is written, outside of any sub-query; a bare one is in no call. */
function partIn(tree: unknown, wanted: (part: Part) => boolean, bare = false): Part | undefined {
  if (typeof tree !== 'object' || tree === null) return undefined;
  const { kind, of } = tree as { kind?: string; of?: Expr };
  if (kind === 'query' || (kind === 'field' && of?.kind === 'name')) return undefined;
  if ((kind === 'call' || kind === 'name') && wanted(tree as Part)) return tree as Part;
  if (bare && kind === 'call') return undefined;
  for (const inner of Object.values(tree)) {
    const found = partIn(inner, wanted, bare);
    if (found) return found;
  }
  return undefined;
}
const isWindow = (part: Part): boolean => part.kind === 'call' && part.over !== undefined;
const isAggregate = (part: Part): boolean => part.kind === 'call' && entryOf(part.name)?.kind === 'aggregate';

/** The first aggregate that is no window function. */
export const aggregateIn = (tree: unknown): Part | undefined =>
  partIn(tree, (part) => isAggregate(part) && !isWindow(part));

export const overRows = (tree: unknown): Part | undefined =>
  partIn(tree, (part) => isWindow(part) || isAggregate(part));

/** Such an item is no key of GROUP BY ALL. */
export const computesOverRows = (tree: unknown): boolean => overRows(tree) !== undefined;

/** DuckDB would find them too, but not where they stand. */
export function refuseWindows(tree: unknown, place: string, aggregatesToo = false): void {
  const found = partIn(tree, (part) => isWindow(part) || (aggregatesToo && isAggregate(part)));
  if (found?.kind !== 'call') return;
  const called = `${found.name.toUpperCase()}${found.args[0]?.kind === 'star' ? '(*)' : ''}`;
  throw new SqlError(
    `${found.over ? 'Analytic function' : `Aggregate function ${called}`} not allowed in ${place}`,
    found.at,
  );
}

/** Window functions stand in the SELECT list, in QUALIFY, which wants one, and in ORDER BY. */
export function checkWindowPlaces({ items, where, group, having, qualify }: Select): void {
  refuseWindows(where, 'WHERE clause', true);
  const windowed = items.filter((i) => i.kind === 'value' && partIn(i.value, isWindow));
  const names = windowed.map((i) => (i.kind === 'value' ? i.alias?.toLowerCase() : undefined));
  for (const [clause, place] of [[group, 'GROUP BY'] as const, [having, 'HAVING clause'] as const]) {
    refuseWindows(clause, place);
    const isNamed = ({ kind, name }: Part): boolean => kind === 'name' && names.includes(name.toLowerCase());
    // In an expression GROUP BY does not know aliases.
    const named = partIn(clause, isNamed, clause === group);
    if (named)
      throw new SqlError(
        `Column ${named.name} contains an analytic function, which is not allowed in ${place}`,
        named.at,
      );
  }
  if (qualify && windowed.length === 0 && !partIn(qualify, isWindow))
    throw new SqlError('The QUALIFY clause requires analytic function to be present', qualify.at);
}

/** The number behind LIMIT or OFFSET. */
export function rowCount(e: Expr, scope: Scope, a: Analysis): string {
  refuseWindows(e, 'LIMIT OFFSET', true);
  const { sql, literal } = coerce(a.expression(e, scope), INT64, e.at);
  if (literal === 'null') throw new SqlError('Limit requires non-null count and offset', e.at);
  if (typeof literal !== 'object') return `bq_rows(${sql})`;
  if (literal.value.startsWith('-')) throw new SqlError('Limit requires non-negative count and offset', e.at);
  return sql;
}

const wantsOrder =
  /^(RANK|DENSE_RANK|PERCENT_RANK|CUME_DIST|NTILE|LAG|LEAD|FIRST_VALUE|LAST_VALUE|NTH_VALUE)$/i;
const wantsNoFrame =
  /^(ROW_NUMBER|RANK|DENSE_RANK|PERCENT_RANK|CUME_DIST|NTILE|LAG|LEAD|PERCENTILE_CONT|PERCENTILE_DISC)$/i;

const isNegative = (e: Expr | undefined): boolean =>
  e?.kind === 'literal'
    ? e.value.startsWith('-')
    : e?.kind === 'call' && e.name === '$negate' && e.args[0]?.kind === 'literal' && e.args[0].value !== '0';

export const hasName = ({ alias, columns }: Range, name: string): boolean =>
  [alias, ...columns.map((column) => column.name)].some((own) => own?.toLowerCase() === name);

/** What DuckDB would take and the service does not. */
function checkWindow(call: Call, spec: WindowSpec, scope: Scope): void {
  const refuse = (message: string): never => {
    throw new SqlError(message, call.at);
  };
  const name = call.name.toUpperCase();
  if (wantsOrder.test(name) && spec.order.length === 0)
    refuse(`Window ORDER BY is required for analytic function ${name}`);
  if (wantsNoFrame.test(name) && spec.frame)
    refuse(`Window framing clause is not allowed for analytic function ${name}`);
  if (name.startsWith('PERCENTILE_') && spec.order.length > 0)
    refuse(`Window ORDER BY is not allowed for analytic function ${name}`);
  if (call.distinct && (spec.order.length > 0 || spec.frame))
    refuse('Window ORDER BY is not allowed if DISTINCT is specified');
  if (call.order) refuse('ORDER BY in arguments is not supported on analytic functions');
  if (/^(LAG|LEAD)$/.test(name) && isNegative(call.args[1]))
    refuse(`The offset to the function ${name} must not be negative`);
  const inRow = namesIn(call.args[2] ?? []).some((n) => scope.ranges.some((r) => hasName(r, n)));
  if (/^(LAG|LEAD)$/.test(name) && inRow)
    refuse(`The third argument (the default expression) to ${name} must be constant`);
  if (isNegative(spec.frame?.from.distance) || isNegative(spec.frame?.to.distance))
    refuse('Window framing expression cannot evaluate to a negative value');
}

function partitionKey(e: Expr, scope: Scope, a: Analysis): string {
  const { sql, type } = keyed(a.expression(e, scope));
  if (holds(type, /FLOAT64|JSON/))
    throw new SqlError(`Partitioning by expressions of type ${type.kind} is not allowed`, e.at);
  return sql;
}

export function overClause(call: Call, spec: WindowSpec, scope: Scope, a: Analysis): string {
  const full = resolved(spec, scope);
  checkWindow(call, full, scope);
  const partition =
    full.partition.length === 0
      ? ''
      : `PARTITION BY ${full.partition.map((e) => partitionKey(e, scope, a)).join(', ')}`;
  if (isCounted(full.frame)) {
    const { key, item, bounds } = countedRange(full.frame, full.order, scope, a);
    return ` OVER (${partition} ORDER BY ${orderKey(key, item, a)}${bounds})`;
  }
  const frame = full.frame ? frameClause(full.frame, scope, a) : '';
  // Without one DuckDB takes the first row of all for that of the frame.
  const order = orderBy(full.order, scope, a) || (frame && ' ORDER BY 1');
  return ` OVER (${partition}${order}${frame})`;
}

function resolved(spec: WindowSpec, scope: Scope): WindowSpec {
  if (spec.base === undefined) return spec;
  const base = scope.windows.get(spec.base.toLowerCase());
  if (!base) throw new SqlError(`Unrecognized window alias ${spec.base}`);
  const from = resolved(base, scope);
  if (from.frame && (spec.frame || spec.order.length > 0))
    throw new SqlError(`Window ${spec.base} has a frame of its own, to which nothing can be added`);
  const frame = spec.frame ?? from.frame;
  return {
    partition: spec.partition.length > 0 ? spec.partition : from.partition,
    order: spec.order.length > 0 ? spec.order : from.order,
    ...(frame && { frame }),
  };
}
