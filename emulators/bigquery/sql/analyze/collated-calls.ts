import type { Entry, Lowering, Signature } from '../catalogue/entry.ts';
import { duck, notNull, raise } from '../catalogue/entry.ts';
import { keyed } from '../collation-keys.ts';
import { collated, collationText, hasKey, isCollated, merged } from '../collations.ts';
import { notServed, SqlError } from '../sql-error.ts';
import type { Typed } from '../typed.ts';
import { STRING, sameType, type Type } from '../types.ts';

/** A call with a text among its arguments that has a collation. */
export interface CollatedCall {
  readonly args: readonly Typed[];
  readonly type: Type;
  readonly lower: Lowering;
}

const refusing =
  /^(REGEXP_\w+|JSON_(EXTRACT|QUERY|VALUE)\w*|TRANSLATE|INITCAP|APPROX_(QUANTILES|TOP_COUNT|TOP_SUM))$/;
/** What they answer with is no value of theirs: keys do as well. */
const comparing =
  /^(\$(equal|not_equal|less|less_or_equal|greater|greater_or_equal|between|is_distinct)|APPROX_COUNT_DISTINCT|GROUPING|HLL_COUNT\.INIT|RANGE_BUCKET)$/;
const silent = /^(TO_JSON_STRING|COLLATE)$/;

export function collatedCall(
  entry: Entry,
  called: string,
  { gives, lower }: Signature,
  type: Type,
  args: readonly Typed[],
  distinct: boolean,
  at: number,
): CollatedCall {
  const { name } = entry;
  if (refusing.test(name)) refuse(args, at);
  const own = typeof gives !== 'function';
  const texts = name === 'FORMAT' ? args.slice(0, 1) : args;
  const common = own || /^(SPLIT|\$(not_)?like.*)$/.test(name) ? commonOf(called, texts, at) : STRING;
  const handsOn = (own || name === 'SPLIT') && !silent.test(name);
  const result =
    handsOn && common.kind === 'STRING' && isCollated(common) ? collated(type, common.collation) : type;
  const plain = { args, type: result, lower };
  if (!args.some((arg) => hasKey(arg.type))) return plain;
  if (comparing.test(name) || (name === 'COUNT' && distinct))
    return { ...plain, args: args.map((arg) => keyed(arg)) };
  if (/^M(AX|IN)_BY$/.test(name) && args[1] && hasKey(args[1].type))
    throw notServed(`${name} of a text with a collation`, at);
  const special = lowerings[name] ?? (distinct ? distincts[name] : undefined);
  return special ? { ...plain, lower: special(lower) } : plain;
}

function refuse(args: readonly Typed[], at: number): void {
  const index = args.findIndex((arg) => isCollated(arg.type));
  if (index < 0) return;
  const { type } = args[index] as Typed;
  const hint = type.kind === 'STRING' ? ". Use COLLATE(arg, '') to remove collation" : '';
  throw new SqlError(`Collation is not allowed on argument ${index + 1} (${collationText(type)})${hint}`, at);
}

/** The collation of all texts together, those in an ARRAY among them. */
function commonOf(called: string, args: readonly Typed[], at: number): Type {
  let found: Type = STRING;
  for (const [i, { type }] of args.entries()) {
    const text = type.kind === 'ARRAY' ? type.of : type;
    if (text.kind === 'STRING') found = mergedIn(found, text, called, args[i] as Typed, i, at);
  }
  return found;
}

/** Values of one type are compared or joined, but for those beside what they decide about. */
export function demandOneCollation(
  { name }: Entry,
  called: string,
  args: readonly Typed[],
  at: number,
): void {
  if (/^(M(AX|IN)_BY|FORMAT|TO_JSON_STRING)$/.test(name)) return;
  let found: Type | undefined;
  for (const [i, arg] of args.entries())
    if (isCollated(arg.type) && (!found || sameType(found, arg.type)))
      found = found ? mergedIn(found, arg.type, called, arg, i, at) : arg.type;
}

function mergedIn(found: Type, more: Type, called: string, arg: Typed, i: number, at: number): Type {
  try {
    return merged(found, more);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    throw new SqlError(
      `${error.message}. Collation on argument ${i + 1} (${collationText(arg.type)}) in function ${called} is not compatible with other arguments`,
      at,
    );
  }
}

const keyOf = (arg: Typed | undefined): string => (arg ? keyed(arg).sql : 'NULL');
const pair = (arg: Typed): string => `struct_pack("k" := ${keyOf(arg)}, "v" := ${arg.sql})`;

type Special = (plain: Lowering) => Lowering;
const extreme =
  (name: string): Special =>
  () =>
  ([x = ''], m, { args: [arg], at }) => {
    if (m.best) throw notServed('A text with a collation with HAVING', at);
    return duck(name, [x, keyOf(arg)], { ...m, distinct: false });
  };
const extremeOf =
  (sign: '<' | '>'): Special =>
  () =>
  (all, _, { args }) =>
    `CASE WHEN ${all.map((x) => `${x} IS NULL`).join(' OR ')} THEN NULL ELSE struct_extract(list_reduce([${args.map(pair).join(', ')}], lambda bq_a, bq_b: CASE WHEN bq_b.k ${sign} bq_a.k THEN bq_b ELSE bq_a END), 'v') END`;

/** Of equal texts the first. */
const firstOfEach = (list: string, element: Typed): string =>
  `list_transform(list_transform([list_transform(${list}, lambda bq_e: struct_pack("k" := coalesce(${keyed({ ...element, sql: 'bq_e' }).sql}, ''), "v" := bq_e))], lambda bq_l: list_filter(bq_l, lambda bq_e, bq_i: list_position(list_transform(bq_l, lambda bq_o: bq_o.k), bq_e.k) = bq_i))[1], lambda bq_e: bq_e.v)`;

const firstOf = (list: string, limit: string | undefined): string =>
  limit === undefined ? list : `CASE WHEN ${limit} > 0 THEN list_slice(${list}, 1, ${limit}) END`;

const distincts: Readonly<Record<string, Special>> = {
  ARRAY_AGG:
    () =>
    ([x = ''], m, { args: [arg], at }) => {
      if (arg?.type.kind !== 'STRING' || m.best)
        throw notServed('ARRAY_AGG(DISTINCT …) of such values with a collation', at);
      const list = firstOfEach(duck('array_agg', [x], { ...m, distinct: false }), arg);
      return firstOf(list, m.limit);
    },
  STRING_AGG:
    () =>
    ([x = '', separator = "','"], m, { args: [arg], at }) => {
      if (!arg || m.best) throw notServed('STRING_AGG with HAVING of a text with a collation', at);
      const all = duck('array_agg', [x], notNull(x, { ...m, distinct: false }));
      return `array_to_string(${firstOf(firstOfEach(all, arg), m.limit)}, coalesce(${separator}, ${raise('Illegal NULL separator in STRING_AGG', 'VARCHAR')}))`;
    },
};

const search =
  (build: (args: readonly string[]) => string): Special =>
  () =>
    build;

const lowerings: Readonly<Record<string, Special>> = {
  $like: search(([s, p]) => `(bq_like_ci(${s}, ${p}) = 1)`),
  STRPOS: search(([s, w]) => `bq_instr_ci(${s}, ${w}, 1, 1)`),
  INSTR: search(([s, w, p = '1', n = '1']) => `bq_instr_ci(${s}, ${w}, ${p}, ${n})`),
  STARTS_WITH: search(([s, w]) => `(bq_starts_ci(${s}, ${w}) = 1)`),
  ENDS_WITH: search(([s, w]) => `(bq_ends_ci(${s}, ${w}) = 1)`),
  REPLACE: search(([s, from, to]) => `bq_replace_ci(${s}, ${from}, ${to})`),
  SPLIT: search(([s, d = "','"]) => `from_json(bq_split_ci(${s}, ${d}), '["VARCHAR"]')`),
  MIN: extreme('arg_min'),
  MAX: extreme('arg_max'),
  GREATEST: extremeOf('>'),
  LEAST: extremeOf('<'),
  PERCENTILE_DISC:
    (plain) =>
    ([x = '', p = ''], m, bound) =>
      `struct_extract(${plain([`CASE WHEN ${x} IS NOT NULL THEN ${pair(bound.args[0] as Typed)} END`, p], m, bound)}, 'v')`,
};
