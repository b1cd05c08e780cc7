import type { Bound, Entry, Modifiers, Parameter, Signature } from '../catalogue/entry.ts';
import { entryOf, nearestFunction } from '../catalogue/index.ts';
import { intervalSize } from '../catalogue/intervals.ts';
import { hasKey, isCollated, merged } from '../collations.ts';
import type { Call, Expr } from '../parse/syntax.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { apart, coerce, coercionCost, superType, type Typed, tried, writtenText } from '../typed.ts';
import {
  arrayOf,
  duckType,
  holds,
  type ScalarKind,
  STRING,
  sameType,
  scalarKind,
  type Type,
  typeName,
} from '../types.ts';
import { collatedCall, demandOneCollation } from './collated-calls.ts';
import type { Analysis } from './context.ts';
import { keptInside } from './inner-aggregates.ts';
import { placed } from './named-arguments.ts';
import { expandFunction } from './routines.ts';
import { Scope } from './scope.ts';
import { zoneSql } from './time-zones.ts';
import { orderBy, overClause, rowCount } from './windows.ts';

const volatileInTry = new Set(['RAND', 'GENERATE_UUID']);

/** The service has them; a name like one of these is no slip. */
const beyond = /^(ST_\w+|(AEAD|KEYS|ML|AI|DETERMINISTIC_\w+|DLP_\w+)\b.*|NET\.(PUBLIC_SUFFIX|REG_DOMAIN))$/i;

export function analyseCall(written: Call, scope: Scope, a: Analysis): Typed {
  const call = placed(written);
  const entry = entryOf(call.name);
  if (!entry) {
    const routine = a.names.routine(call.name.split('.'));
    if (routine && routine.kind !== 'TABLE_VALUED_FUNCTION') return expandFunction(routine, call, scope, a);
    if (beyond.test(call.name)) throw notServed(`The function ${call.name}`, call.at);
    const near = nearestFunction(call.name);
    throw new SqlError(`Function not found: ${call.name}${near ? `; Did you mean ${near}?` : ''}`, call.at);
  }
  checkModifiers(call, entry);
  const operator = symbols[call.name];
  if (operator && call.args.some((e) => e.kind === 'literal' && e.type === 'NULL'))
    throw new SqlError(`Operands of ${operator} cannot be literal NULL`, call.at);
  // What is aggregated is a row's own, not what stands for it in its group.
  const within = entry.kind === 'aggregate' && !call.over ? scope.ungrouped() : scope;
  const given = inSessionZone(
    call.args.map((e, i) => argument(e, entry, i, within, a)),
    entry,
    a,
  );
  const called = symbols[call.name] ?? entry.name;
  const args = call.beside ? besides(given, call.beside, within, a) : given;
  if (args.some((arg) => isCollated(arg.type))) demandOneCollation(entry, called, args, call.at);
  const { signature, variables } = choose(entry, args, call);
  const typed = args.map((arg, i) => coerceArgument(arg, parameterAt(signature, i), variables, call.at));
  const coerced = entry.kind === 'aggregate' && !call.over ? keptInside(typed, scope) : typed;
  const unknown = coerced.some(
    (c, i) => c.literal === 'null' && parameterAt(signature, i)?.type === 'LITERAL',
  );
  const bound: Bound = { args: coerced, variables, at: call.at, now: a.now, zone: a.zone };
  const gives = typeof signature.gives === 'function' ? signature.gives(bound) : signature.gives;
  const by = coerced.some((arg) => isCollated(arg.type))
    ? collatedCall(entry, called, signature, gives, coerced, call.distinct === true, call.at)
    : undefined;
  const type = by?.type ?? gives;
  if (unknown) return { sql: `CAST(NULL AS ${duckType(type)})`, type };
  const key = call.having && a.expression(call.having.by, within);
  if (key && hasKey(key.type)) throw notServed('HAVING MAX or MIN of a text with a collation', call.at);
  checkComparable(call, entry, coerced, key);
  const modifiers = modifiersOf(call, coerced, within, a, key);
  // NaN is the extreme of them all, and equal to none.
  const nan = key?.type.kind === 'FLOAT64' && entry.name === 'ANY_VALUE' ? `isnan(${key.sql})` : undefined;
  const lowered = (given: readonly Typed[]): string =>
    (by ?? signature).lower(
      given.map(({ sql }) => (nan ? `CASE WHEN NOT ${nan} THEN ${sql} END` : sql)),
      modifiers,
      { ...bound, args: given },
    );
  if (call.safe && (entry.kind !== 'scalar' || volatileInTry.has(entry.name)))
    throw notServed(`SAFE.${call.name}`, call.at);
  // SAFE_ADD and its like have a TRY of their own.
  const hold = call.safe ? tried : /^SAFE_/.test(entry.name) ? apart : undefined;
  const values = by?.args ?? coerced;
  const constant = entry.name === 'COLLATE' && coerced[0] ? writtenText(coerced[0]) : undefined;
  return {
    sql: hold ? hold(values, lowered) : lowered(values),
    type,
    ...(constant !== undefined && { written: constant }),
    ...(entry.name === 'ERROR' && !call.safe && { literal: 'error' as const }),
  };
}

function besides(
  args: readonly Typed[],
  beside: readonly Expr[],
  scope: Scope,
  a: Analysis,
): readonly Typed[] {
  const [first, ...others] = args;
  const types = beside.map((e) => a.expression(e, scope).type).filter((type) => isCollated(type));
  if (!first || !types.every((type) => sameType(type, first.type))) return args;
  return [{ ...first, type: types.reduce(merged, first.type) }, ...others];
}

function checkModifiers(call: Call, entry: Entry): void {
  const refuse = (what: string): never => {
    throw new SqlError(`${what} is not allowed in a call to ${call.name}`, call.at);
  };
  if (
    entry.kind === 'scalar' &&
    (call.distinct || call.nulls || call.order || call.limit || call.having || call.over)
  )
    refuse('A modifier of aggregates');
  if (entry.kind === 'window' && !call.over)
    throw new SqlError(`Analytic function ${call.name} cannot be called without an OVER clause`, call.at);
  if (entry.kind === 'window' && (call.distinct || call.order || call.limit || call.having))
    refuse('A modifier of aggregates');
  const ordered = /^(ARRAY_AGG|STRING_AGG|ARRAY_CONCAT_AGG)$/.test(entry.name);
  if ((call.order || call.limit) && !ordered) refuse('ORDER BY');
  if (
    call.nulls &&
    !/^(ARRAY_AGG|APPROX_QUANTILES|FIRST_VALUE|LAST_VALUE|NTH_VALUE|PERCENTILE_CONT|PERCENTILE_DISC)$/.test(
      entry.name,
    )
  )
    refuse('IGNORE NULLS');
  if (!call.having) return;
  const distinctList = call.distinct && ordered;
  if (entry.kind !== 'aggregate' || distinctList || call.over || !amongBest.test(entry.name))
    throw notServed(`${entry.name} with HAVING ${call.having.max ? 'MAX' : 'MIN'} here`, call.at);
}

/** Aggregates that DuckDB computes from a list too. */
const amongBest =
  /^(ANY_VALUE|MIN|MAX|SUM|COUNT|COUNTIF|AVG|STRING_AGG|ARRAY_AGG|LOGICAL_AND|LOGICAL_OR|BIT_AND|BIT_OR|BIT_XOR|APPROX_COUNT_DISTINCT)$/;

const ordering = /^(MIN|MAX|GREATEST|LEAST|\$between|PERCENTILE_DISC|APPROX_QUANTILES)$/;

/** What DuckDB would sort or tell apart and the service does not. */
function checkComparable(call: Call, entry: Entry, args: readonly Typed[], key: Typed | undefined): void {
  if (key && /^(STRUCT|ARRAY|JSON)$/.test(key.type.kind))
    throw new SqlError(`HAVING modifier does not support expressions of type ${typeName(key.type)}`, call.at);
  if (key && args[0]?.type.kind === 'INTERVAL' && !/^(ANY_VALUE|ARRAY_AGG|COUNT)$/.test(entry.name))
    throw notServed(`${entry.name} of INTERVAL with HAVING`, call.at);
  const ordered = /^(MAX|MIN)_BY$/.test(entry.name)
    ? args[1]
    : ordering.test(entry.name)
      ? args[0]
      : undefined;
  if (ordered && /^(STRUCT|ARRAY|JSON)$/.test(ordered.type.kind))
    throw new SqlError(
      `${entry.name.replace('$between', 'BETWEEN')} is not defined for arguments of type ${typeName(ordered.type)}`,
      call.at,
    );
  const raw =
    (call.distinct && (call.over || /^(SUM|AVG)$/.test(entry.name))) || /^APPROX_TOP/.test(entry.name);
  if (raw && args[0] && holds(args[0].type, /INTERVAL/))
    throw notServed(`${entry.name} of each INTERVAL once`, call.at);
  const told = call.distinct || /^APPROX_(TOP_|COUNT)/.test(entry.name) ? args[0] : undefined;
  if (told && holds(told.type, /JSON/))
    throw new SqlError(
      `Aggregate functions with DISTINCT cannot be used with arguments of type ${typeName(told.type)}`,
      call.at,
    );
}

function argument(e: Expr, entry: Entry, index: number, scope: Scope, a: Analysis): Typed {
  if (e.kind === 'star') return { sql: '*', type: { kind: 'INTERVAL' }, literal: { value: '*' } };
  const kinds = new Set(entry.signatures.map((s) => parameterAt(s, index)?.type));
  if (kinds.has('PART')) return { sql: partName(e), type: { kind: 'INTERVAL' }, literal: { value: 'part' } };
  return a.expression(e, scope);
}

function partName(e: Expr): string {
  if (e.kind === 'name') return e.name.toUpperCase();
  const of = e.kind === 'call' ? e.args[0] : undefined;
  if (e.kind === 'call' && of?.kind === 'name') return `${e.name.toUpperCase()}(${of.name.toUpperCase()})`;
  throw new SqlError('Expected a date part', e.at);
}

function parameterAt(signature: Signature, index: number): Parameter | undefined {
  const last = signature.takes.at(-1);
  return signature.takes[index] ?? (last?.repeated ? last : undefined);
}

interface Choice {
  signature: Signature;
  variables: Map<string, Type>;
  cost: number;
}

function choose(entry: Entry, args: readonly Typed[], call: Call): Choice {
  const takes = (kind: ScalarKind): boolean =>
    entry.signatures.some((s) => s.takes.some(({ type }) => type === kind));
  // It would become a FLOAT64, which is what the service gives only where it knows no NUMERIC either.
  if (takes('NUMERIC') && !takes('BIGNUMERIC') && args.some(({ type }) => type.kind === 'BIGNUMERIC'))
    throw notServed(`${call.name} of BIGNUMERIC`, call.at);
  let best: Choice | undefined;
  for (const signature of entry.signatures) {
    const choice = match(signature, args);
    if (choice && (!best || choice.cost < best.cost)) best = choice;
  }
  if (best) return best;
  const unwritten = (p: Parameter, i: number): boolean =>
    p.type === 'LITERAL' && args[i]?.type.kind === 'STRING' && writtenText(args[i]) === undefined;
  if (entry.signatures.some((s) => s.takes.some(unwritten)))
    throw notServed(`${call.name} with a format, pattern or path that is no constant`, call.at);
  const name = call.name.startsWith('$')
    ? `operator ${symbols[call.name] ?? call.name.slice(1).toUpperCase()}`
    : `function ${call.name.toUpperCase()}`;
  const have = args
    .map((x) => (x.literal === 'null' ? 'NULL' : x.sql === '*' ? '*' : typeName(x.type)))
    .join(', ');
  throw new SqlError(
    `No matching signature for ${name} ${args.length === 0 ? 'with no arguments' : `for argument types: ${have}`}`,
    call.at,
  );
}

const symbols: Readonly<Record<string, string>> = {
  $add: '+',
  $subtract: '-',
  $multiply: '*',
  $divide: '/',
  $equal: '=',
  $not_equal: '!=',
  $less: '<',
  $less_or_equal: '<=',
  $greater: '>',
  $greater_or_equal: '>=',
  $concat: '||',
  $negate: '-',
  $not: 'NOT',
  $like: 'LIKE',
  $bit_and: '&',
  $bit_or: '|',
  $bit_xor: '^',
};

function match(signature: Signature, args: readonly Typed[]): Choice | undefined {
  const needed = signature.takes.filter((p) => !p.optional && !p.repeated).length;
  if (args.length < needed || (args.length > signature.takes.length && !signature.takes.at(-1)?.repeated))
    return undefined;
  const variables = new Map<string, Type>();
  for (const name of ['T', 'U']) {
    const bound = args.filter(
      (_, i) => parameterAt(signature, i)?.type.replace(/^ARRAY<(.*)>$/, '$1') === name,
    );
    const elements = bound.map((arg) => {
      const isArray =
        signature.takes.some((p) => p.type === `ARRAY<${name}>`) &&
        parameterAt(signature, args.indexOf(arg))?.type !== name;
      if (!isArray) return arg;
      if (arg.literal === 'null' || arg.literal === 'empty-array')
        return { ...arg, literal: 'null' as const };
      return arg.type.kind === 'ARRAY' ? { sql: arg.sql, type: arg.type.of } : undefined;
    });
    if (elements.includes(undefined)) return undefined;
    if (bound.length === 0) continue;
    const common = superType(elements as Typed[]);
    if (!common) return undefined;
    variables.set(name, common);
  }
  let cost = 0;
  const exact = args.some((arg) => /NUMERIC$/.test(arg.type.kind));
  for (const [i, arg] of args.entries()) {
    // A literal with a point is taken for a NUMERIC beside one, and nowhere else.
    if (!exact && arg.type.kind === 'FLOAT64' && /NUMERIC$/.test(parameterAt(signature, i)?.type ?? ''))
      return undefined;
    const one = argumentCost(arg, parameterAt(signature, i) as Parameter, variables);
    if (one === undefined) return undefined;
    cost += one;
  }
  return { signature, variables, cost };
}

function argumentCost(arg: Typed, parameter: Parameter, variables: Map<string, Type>): number | undefined {
  const special = arg.sql === '*' && typeof arg.literal === 'object';
  if (special) return parameter.type === 'STAR' ? 0 : undefined;
  if (parameter.type === 'STAR') return undefined;
  if (parameter.type === 'PART') return 0;
  if (parameter.type === 'ANY') return 1;
  if (parameter.type === 'ZONE') return arg.type.kind === 'STRING' ? 0 : undefined;
  if (parameter.type === 'LITERAL')
    return arg.literal === 'null' ? 3 : writtenText(arg) === undefined ? undefined : 0;
  if (parameter.type === 'SPAN') return arg.type.kind === 'INTERVAL' ? 0 : undefined;
  const cost = coercionCost(arg, parameterType(parameter.type, variables));
  if (cost === undefined) return undefined;
  // What decides is how many columns would change type, and only then how far: n * 1.5 stays NUMERIC.
  const isColumn = arg.literal === undefined || arg.literal === 'parameter';
  const generic = /[TU]>?$/.test(parameter.type) && !scalarKind(parameter.type);
  // An exact signature is better than a generic one, a generic one better than a coercion.
  return cost * 2 + (cost > 0 && isColumn ? 100 : 0) + (generic ? 1 : 0);
}

function parameterType(spec: string, variables: ReadonlyMap<string, Type>): Type {
  const of = /^ARRAY<(.*)>$/.exec(spec)?.[1];
  if (of) return arrayOf(parameterType(of, variables));
  return variables.get(spec) ?? { kind: scalarKind(spec) ?? 'INT64' };
}

function coerceArgument(
  arg: Typed,
  parameter: Parameter | undefined,
  variables: ReadonlyMap<string, Type>,
  at: number,
): Typed {
  const value = parameter?.type === 'LITERAL' ? writtenText(arg) : undefined;
  if (value !== undefined) return { ...arg, literal: { value } };
  if (!parameter || ['PART', 'STAR', 'LITERAL', 'ANY', 'SPAN'].includes(parameter.type)) return arg;
  if (parameter.type === 'ZONE') return zone(arg, at);
  return coerce(arg, parameterType(parameter.type, variables), at);
}

/** A zone that is not given is the session's. */
function inSessionZone(args: readonly Typed[], entry: Entry, a: Analysis): readonly Typed[] {
  // The text of a TIMESTAMP may name one itself.
  const named = entry.name === 'TIMESTAMP' && args[0]?.type.kind === 'STRING';
  if (a.zone === undefined || named) return args;
  const all = [...args, { sql: a.zone, type: STRING, literal: { value: a.zone.slice(1, -1) } }];
  const takesOne = entry.signatures.some((s) => s.takes[args.length]?.type === 'ZONE' && match(s, all));
  return takesOne ? all : args;
}

function zone(arg: Typed, at: number): Typed {
  if (typeof arg.literal !== 'object') return { ...arg, sql: `bq_zone(${arg.sql})` };
  return { ...arg, sql: zoneSql(arg.literal.value, at) };
}

function filterOf(...conditions: (string | undefined)[]): string {
  const held = conditions.filter((x) => x !== undefined);
  return held.length === 0 ? '' : ` FILTER (WHERE ${held.join(' AND ')})`;
}

function modifiersOf(
  call: Call,
  args: readonly Typed[],
  scope: Scope,
  a: Analysis,
  key: Typed | undefined,
): Modifiers {
  const order = call.order ? orderBy(call.order, scope, a) : '';
  if (call.distinct && call.order?.some(({ by }) => a.expression(by, scope).sql !== args[0]?.sql))
    throw new SqlError(
      'An aggregate function that has both DISTINCT and ORDER BY arguments can only ORDER BY expressions that are arguments to the function',
      call.at,
    );
  const over = call.over ? overClause(call, call.over, scope, a) : '';
  const limit = call.limit && rowCount(call.limit, new Scope(), a);
  const by = key && (key.type.kind === 'INTERVAL' ? intervalSize(key.sql) : key.sql);
  const any = entryOf(call.name)?.name === 'ANY_VALUE';
  return {
    distinct: call.distinct ?? false,
    nulls: call.nulls,
    limit,
    over,
    // The first in the order of the key: rows where the key is NULL never win.
    order:
      by && any
        ? ` ORDER BY ${key?.type.kind === 'FLOAT64' ? `isnan(${by}) DESC, ` : ''}${by} ${call.having?.max ? 'DESC' : 'ASC'} NULLS LAST`
        : order,
    ...(by &&
      !any && {
        best: { key: by, how: call.having?.max ? 'max' : 'min', double: key?.type.kind === 'FLOAT64' },
      }),
    filter: filterOf(
      by && `${by} IS NOT NULL`,
      call.where && a.expression(call.where, scope).sql,
      call.nulls === 'ignore' && entryOf(call.name)?.kind === 'aggregate'
        ? `${args[0]?.sql} IS NOT NULL`
        : undefined,
    ),
  };
}
