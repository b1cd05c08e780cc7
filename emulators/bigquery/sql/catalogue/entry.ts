import type { Typed } from '../typed.ts';
import { scalarKind, type Type, text } from '../types.ts';

/**
 * One GoogleSQL function: what it takes, what it gives, what DuckDB is asked instead, and examples with the answers
 * that the documentation gives. Nothing that has no entry here ever reaches DuckDB.
 */
export interface Entry {
  readonly name: string;
  readonly signatures: readonly Signature[];
  readonly examples: readonly Example[];
  readonly kind: 'scalar' | 'aggregate' | 'window';
}
/** A GoogleSQL expression and its value as JSON; 'error' where the service raises one. */
export type Example = readonly [expression: string, answer: unknown];

export interface Signature {
  /**
   * `STRING, INT64?` · `T, T*` · `ANY` is a value left as it is, `STAR` the star of COUNT(*), `PART` a date part, `SPAN` an
   * INTERVAL of one part, `ZONE` a time zone, `LITERAL` a string known when the statement is read.
   */
  readonly takes: readonly Parameter[];
  readonly gives: Type | ((bound: Bound) => Type);
  readonly lower: Lowering;
}
export interface Parameter {
  readonly type: string;
  readonly optional: boolean;
  readonly repeated: boolean;
}
export interface Bound {
  readonly args: readonly Typed[];
  readonly variables: ReadonlyMap<string, Type>;
  readonly at: number;
  /** The statement's current time, as SQL. */
  readonly now: string;
  /** The session's time zone as SQL where it is not UTC. */
  readonly zone: string | undefined;
}
/** `tail` is what follows an aggregate's arguments: ` ORDER BY …)`, FILTER and OVER. */
export interface Modifiers {
  readonly distinct: boolean;
  readonly order: string;
  readonly nulls: 'ignore' | 'respect' | undefined;
  readonly limit: string | undefined;
  readonly filter: string;
  readonly over: string;
  /** HAVING MAX or MIN: only rows take part whose key is the greatest or the least. */
  readonly best?: { readonly key: string; readonly how: 'max' | 'min'; readonly double: boolean };
}
export type Lowering = (args: string[], modifiers: Modifiers, bound: Bound) => string;

export function takes(list: string): Parameter[] {
  return list === ''
    ? []
    : list.split(/,\s*(?![^<]*>)/).map((item) => ({
        type: item.replace(/[?*]$/, ''),
        optional: item.endsWith('?'),
        repeated: item.endsWith('*'),
      }));
}

export function givesOf(spec: string): Signature['gives'] {
  const kind = scalarKind(spec);
  if (kind) return { kind };
  const array = /^ARRAY<(.+)>$/.exec(spec)?.[1];
  if (array) {
    const of = givesOf(array);
    return (bound) => ({ kind: 'ARRAY', of: typeof of === 'function' ? of(bound) : of });
  }
  return (bound) => bound.variables.get(spec) ?? { kind: 'INT64' };
}

type Row<Lower> = readonly [takes: string, gives: string | ((bound: Bound) => Type), lower: Lower];
type Rows<Lower> = readonly Row<Lower>[];

function entryOf<Lower>(
  name: string,
  kind: Entry['kind'],
  rows: Rows<Lower>,
  examples: readonly Example[],
  lowering: (lower: Lower) => Lowering,
): Entry {
  const signatures = rows.map(([list, gives, lower]) => ({
    takes: takes(list),
    gives: typeof gives === 'string' ? givesOf(gives) : gives,
    lower: lowering(lower),
  }));
  return { name, examples, kind, signatures };
}

export const fn = (
  name: string,
  rows: Rows<(...args: string[]) => string>,
  examples: readonly Example[] = [],
): Entry => entryOf(name, 'scalar', rows, examples, (lower) => (args) => lower(...args));

/** For functions whose lowering looks at types or literals. */
export const special = (
  name: string,
  rows: Rows<(args: string[], bound: Bound) => string>,
  examples: readonly Example[] = [],
): Entry => entryOf(name, 'scalar', rows, examples, (lower) => (args, _, bound) => lower(args, bound));

export const aggregate = (
  name: string,
  rows: Rows<Lowering>,
  examples: readonly Example[] = [],
  kind: Entry['kind'] = 'aggregate',
): Entry => entryOf(name, kind, rows, examples, (lower) => lower);

/** The DuckDB aggregate of that name with all modifiers in place. */
export function duck(name: string, args: readonly string[], m: Modifiers): string {
  if (m.best) return amongBest(name, args, m, m.best);
  return `${name}(${m.distinct ? 'DISTINCT ' : ''}${args.join(', ')}${m.order})${m.filter}${m.over}`;
}

export const notNull = (x: string, m: Modifiers): Modifiers => ({
  ...m,
  filter: m.filter ? m.filter.replace(/\)$/, ` AND ${x} IS NOT NULL)`) : ` FILTER (WHERE ${x} IS NOT NULL)`,
});

/** Which rows take part is known only after the last: they are kept in a list until then. */
function amongBest(
  name: string,
  [x = '', ...others]: readonly string[],
  { distinct, order, filter }: Modifiers,
  { key, how, double }: NonNullable<Modifiers['best']>,
): string {
  // NaN is the extreme of them all, and equal to none.
  const nan = double ? `WHEN bool_or(isnan(${key}))${filter} THEN NULL ` : '';
  const list = `bq_best(list(struct_pack("k" := ${key}, "v" := ${x === '*' ? '1' : x})${order})${filter}, CASE ${nan}WHEN TRUE THEN ${how}(${key})${filter} END)`;
  const values = distinct ? `list_distinct(${list})` : list;
  if (name === 'array_agg') return `nullif(${values}, [])`;
  return `list_aggregate(${[values, `'${name}'`, ...others].join(', ')})`;
}

/** Raises while the row is computed; a failing cast and not error(), which DuckDB calls volatile and TRY refuses. */
export function raise(message: string, type: string): string {
  return raiseWith(text(message), type);
}

/** `words` is SQL: they tell the values that raised it. */
export function raiseWith(words: string, type: string): string {
  const failed = `CAST('bq:' || ${words} AS BIGINT)`;
  return type === 'BIGINT' ? failed : `CAST(CAST(${failed} AS VARCHAR) AS ${type})`;
}

/** The text of a LITERAL argument. */
export function literalText(bound: Bound, index: number): string {
  const literal = bound.args[index]?.literal;
  return typeof literal === 'object' ? literal.value : '';
}
