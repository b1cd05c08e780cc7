import { isCollated, merged, uncollated } from './collations.ts';
import { bigNumericLiteral } from './native/bignumerics.ts';
import { misplacedEnds, rangeEnds } from './native/range-text.ts';
import { SqlError } from './sql-error.ts';
import {
  arrayOf,
  duckFields,
  duckType,
  INT64,
  quoted,
  type ScalarKind,
  type StructField,
  sameType,
  type Type,
  text,
  typeName,
} from './types.ts';

/** An expression after analysis: what DuckDB is asked, and the type BigQuery gives it. */
export interface Typed {
  readonly sql: string;
  readonly type: Type;
  /** Written in the statement, handed over as a parameter or never there: such values may change type where columns may not. */
  readonly literal?: { readonly value: string } | 'null' | 'parameter' | 'empty-array' | 'error';
  /** The text that COLLATE gives a collation, where it is written: a format, and yet no literal. */
  readonly written?: string;
  /** The amount and the part of `INTERVAL n PART`: functions such as DATE_ADD take no other INTERVAL. */
  readonly interval?: { readonly amount: string; readonly part: string };
  /** The time zone, as SQL, in which a text that names none is read where a TIMESTAMP is wanted; UTC if undefined. */
  readonly zone?: string | undefined;
  /** Fields or elements of a constructor, so that a coercion can reach inside. */
  readonly parts?: readonly Typed[];
}

const numericRank: Readonly<Partial<Record<ScalarKind | 'ARRAY' | 'STRUCT', number>>> = {
  INT64: 1,
  NUMERIC: 2,
  BIGNUMERIC: 2.5,
  FLOAT64: 3,
};
const rank = ({ kind }: Type): number => numericRank[kind] ?? 0;
const readFromText = new Set(['DATE', 'DATETIME', 'TIME', 'TIMESTAMP']);

/** 0 = the type itself; larger = further away; undefined = not without a CAST. */
export function coercionCost(from: Typed, to: Type): number | undefined {
  if (from.literal === 'null' || from.literal === 'error') return 1;
  if (from.literal === 'empty-array') return to.kind === 'ARRAY' ? 1 : undefined;
  if (sameType(from.type, to)) return 0;
  const have = rank(from.type);
  const want = rank(to);
  if (have > 0 && want > have) return want - have;
  if (from.literal && from.type.kind === 'FLOAT64' && /NUMERIC/.test(to.kind) && from.literal !== 'parameter')
    return 3;
  if (from.type.kind === 'DATE' && to.kind === 'DATETIME') return 2;
  if (from.literal && from.type.kind === 'STRING' && readFromText.has(to.kind)) return 4;
  if (from.type.kind === 'ARRAY' && to.kind === 'ARRAY' && from.parts)
    return worst(
      from.parts,
      from.parts.map(() => to.of),
    );
  if (from.type.kind === 'STRUCT' && to.kind === 'STRUCT' && from.type.fields.length === to.fields.length)
    return worst(
      fieldsOf(from),
      to.fields.map((f) => f.type),
    );
  return undefined;
}

function worst(values: readonly Typed[], to: readonly Type[]): number | undefined {
  const costs = values.map((value, i) => coercionCost(value, to[i] as Type));
  return costs.includes(undefined) ? undefined : Math.max(1, ...(costs as number[]));
}

export function fieldsOf(of: Typed): readonly Typed[] {
  const fields = of.type.kind === 'STRUCT' ? of.type.fields : [];
  if (of.parts && of.type.kind === 'STRUCT')
    return isCollated(of.type)
      ? of.parts.map((part, i) => ({ ...part, type: (fields[i] as StructField).type }))
      : of.parts;
  return fields.map((f, i) => ({
    sql: `struct_extract(${of.sql}, ${text(duckFields(fields)[i] ?? '')})`,
    type: f.type,
  }));
}

export function coerce(from: Typed, to: Type, at?: number): Typed {
  // It never comes to a value, so it takes any type.
  if (from.literal === 'error')
    return { sql: `CAST(CAST(${from.sql} AS VARCHAR) AS ${duckType(to)})`, type: to };
  if (from.literal === 'null') return { sql: `CAST(NULL AS ${duckType(to)})`, type: to, literal: 'null' };
  if (coercionCost(from, to) === undefined)
    throw new SqlError(`Cannot coerce expression of type ${typeName(from.type)} to type ${typeName(to)}`, at);
  if (from.literal === 'empty-array') return { sql: `CAST([] AS ${duckType(to)})`, type: to };
  if (sameType(from.type, to)) return isCollated(to) ? { ...from, type: to } : from;
  if (from.type.kind === 'STRING' && readFromText.has(to.kind)) {
    const sql =
      typeof from.literal === 'object'
        ? literalOf(to.kind, from.literal.value, at, from.zone)
        : to.kind === 'TIMESTAMP'
          ? timestampOf(from.sql, from.zone)
          : `bq_to_${to.kind.toLowerCase()}(${from.sql})`;
    return { sql, type: to };
  }
  if (to.kind === 'NUMERIC' && from.type.kind === 'FLOAT64' && typeof from.literal === 'object')
    return { sql: `CAST('${from.literal.value}' AS DECIMAL(38,9))`, type: to };
  if (to.kind === 'BIGNUMERIC')
    return {
      sql:
        typeof from.literal === 'object'
          ? literalOf(to.kind, from.literal.value, at)
          : `bq_to_bignumeric(CAST(${from.sql} AS VARCHAR))`,
      type: to,
    };
  if (from.type.kind === 'BIGNUMERIC')
    return { sql: `CAST(bq_bignumeric_text(${from.sql}) AS DOUBLE)`, type: to };
  if (to.kind === 'STRUCT')
    return structOf(
      fieldsOf(from).map((f, i) => coerce(f, (to.fields[i] as StructField).type, at)),
      to.fields,
      from,
    );
  if (to.kind === 'ARRAY')
    return {
      sql: `[${(from.parts ?? []).map((p) => coerce(p, to.of, at).sql).join(', ')}]::${duckType(to)}`,
      type: to,
    };
  return { sql: `CAST(${from.sql} AS ${duckType(to)})`, type: to };
}

/** In a lateral UNNEST DuckDB looks twice at what it is made of, and a macro then has lost the name of its field. */
const kept = (sql: string): string => (/^bq_\w+\(/.test(sql) ? `coalesce(${sql})` : sql);

export function structOf(parts: readonly Typed[], fields: readonly StructField[], nullWith?: Typed): Typed {
  const names = duckFields(fields);
  const packed = `struct_pack(${parts.map((p, i) => `${quoted(names[i] ?? '')} := ${kept(p.sql)}`).join(', ')})`;
  const type: Type = { kind: 'STRUCT', fields };
  if (nullWith && !nullWith.parts)
    return { sql: `CASE WHEN ${nullWith.sql} IS NULL THEN NULL ELSE ${packed} END`, type };
  return { sql: packed, type, parts };
}

/**
 * NULL where the call itself raises. A part that stands twice in what it is lowered to DuckDB would compute once,
 * outside of TRY, where it raises after all: not so behind a condition, this one being always true.
 */
export function tried(args: readonly Typed[], build: (args: readonly Typed[]) => string): string {
  return apart(args, (held) => {
    const column = held.find(isComputed);
    return column ? `TRY(CASE WHEN hash(${column.sql}) >= 0 THEN ${build(held)} END)` : `TRY(${build(held)})`;
  });
}

const isComputed = ({ literal, interval, sql }: Typed): boolean =>
  literal === undefined && !interval && sql !== '*';
/** A column, perhaps as a wider type. */
const neverRaises = /^(?:CAST\()?"[^"]+"(?:\."[^"]+")?(?: AS [^(]+(?:\(38,9\))?\))?$/;

/** Of such a text each copy gives another value. */
export const isDrawn = (sql: string): boolean => /\b(random|uuid)\(\)/.test(sql);

/**
 * What computes the arguments stands outside of TRY: what it raises is no business of the call, and DuckDB takes no
 * aggregate, window or query in there.
 */
export function apart(
  args: readonly Typed[],
  build: (args: readonly Typed[]) => string,
  name = 'bq_held',
): string {
  if (!args.some((arg) => isComputed(arg) && !neverRaises.test(arg.sql))) return build(args);
  const held: string[] = [];
  const within = args.map(({ parts: _, ...arg }, i) => {
    if (!isComputed(arg)) return arg;
    held.push(`v${i} := ${arg.sql}`);
    // Not bq_held.v1: after GROUP BY that would be a column to DuckDB.
    return { ...arg, sql: `struct_extract(${name}, 'v${i}')` };
  });
  return `list_transform([struct_pack(${held.join(', ')})], lambda ${name}: ${build(within)})[1]`;
}

/** A text that is known when the statement is read: a literal, or the value of a parameter. */
export function writtenText(arg: Typed): string | undefined {
  if (arg.type.kind !== 'STRING') return undefined;
  if (typeof arg.literal === 'object') return arg.literal.value;
  if (arg.written !== undefined) return arg.written;
  const value = arg.literal === 'parameter' ? /^'((?:[^']|'')*)'$/.exec(arg.sql)?.[1] : undefined;
  return value?.replaceAll("''", "'");
}

/** The one type all values may take, as for CASE, COALESCE, IN, arrays and set operations. */
export function superType(values: readonly Typed[], at?: number): Type | undefined {
  const real = values.filter(
    (v) => v.literal !== 'null' && v.literal !== 'empty-array' && v.literal !== 'error',
  );
  if (real.length === 0) return values.some((v) => v.literal === 'empty-array') ? arrayOf(INT64) : INT64;
  const candidates: Type[] = [...real.filter((v) => v.literal === undefined), ...real].map((v) => v.type);
  const found =
    superStruct(values, real, at) ??
    candidates.find((candidate) => values.every((v) => coercionCost(v, candidate) !== undefined));
  return found && real.some((v) => isCollated(v.type))
    ? real.reduce((type, v) => merged(type, v.type, at), uncollated(found))
    : found;
}

/** Of STRUCTs each field by itself, named as the first of them names it. */
function superStruct(
  values: readonly Typed[],
  real: readonly Typed[],
  at: number | undefined,
): Type | undefined {
  const [first] = real;
  if (first?.type.kind !== 'STRUCT') return undefined;
  const { fields } = first.type;
  const each = real.map(fieldsOf);
  if (each.some((parts) => parts.length !== fields.length)) return undefined;
  const types = fields.map((_, i) =>
    superType(
      each.map((parts) => parts[i] as Typed),
      at,
    ),
  );
  if (types.includes(undefined)) return undefined;
  const type: Type = { kind: 'STRUCT', fields: fields.map((f, i) => ({ ...f, type: types[i] as Type })) };
  return values.every((v) => coercionCost(v, type) !== undefined) ? type : undefined;
}

/** A text as a TIMESTAMP, in that zone where it names none. */
export const timestampOf = (sql: string, zone: string | undefined): string =>
  zone === undefined ? `bq_to_timestamp(${sql})` : `bq_timestamp_in(${sql}, ${zone})`;

/** Literals of date and time types are read here, so that only what BigQuery accepts reaches DuckDB's parser. */
export function literalOf(kind: string, value: string, at?: number, sessionZone?: string): string {
  const bad = (): never => {
    throw new SqlError(`Invalid ${kind} literal: "${value}"`, at);
  };
  if (kind.startsWith('RANGE')) return rangeLiteral(kind, value, at, sessionZone);
  if (kind === 'DATE') return `DATE '${dateText(value) ?? bad()}'`;
  if (kind === 'NUMERIC') {
    if (!/^[+-]?(\d+\.?\d{0,9}0*|\.\d{1,9}0*)(e[+-]?\d+)?$/i.test(value.trim())) bad();
    return `CAST('${value.trim()}' AS DECIMAL(38,9))`;
  }
  if (kind === 'BIGNUMERIC') return `unhex('${(bigNumericLiteral(value) ?? bad()).toString('hex')}')`;
  const match =
    /^(\d{4}-\d{1,2}-\d{1,2})(?:[T ](\d{1,2}):(\d{1,2}):(\d{1,2})(\.\d{1,6})?)?(?: ?(Z|[+-]\d{1,2}(?::?\d{2})?)| (UTC|[A-Za-z]+\/[A-Za-z_/]+))?$/i.exec(
      value.trim(),
    );
  if (kind === 'TIME') {
    if (!/^([01]?\d|2[0-3]):[0-5]?\d:([0-5]?\d|60)(\.\d{1,6})?$/.test(value)) bad();
    return value.includes(':60') ? `bq_to_time('${value}')` : `TIME '${value}'`;
  }
  const date = match ? dateText(match[1] ?? '') : undefined;
  if (!match || !date) return bad();
  // A zone belongs to a time of day.
  if (match[2] === undefined && (match[6] || match[7])) return bad();
  const [, , hour = '0', minute = '0', second = '0', fraction = '', offset = '', zone = ''] = match;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) bad();
  const clock = `${date} ${[hour, minute, second].map((n) => n.padStart(2, '0')).join(':')}${fraction}`;
  if (kind === 'DATETIME' && (offset || zone)) bad();
  if (second === '60')
    return kind === 'DATETIME' ? `bq_to_datetime('${clock}')` : timestampOf(text(value.trim()), sessionZone);
  if (kind === 'DATETIME') return `TIMESTAMP '${clock}'`;
  if (zone) return `bq_instant(TIMESTAMP '${clock}', '${zone}')`;
  if (!offset && sessionZone !== undefined) return `bq_instant(TIMESTAMP '${clock}', ${sessionZone})`;
  const [, sign, hours = '0', minutes = '00'] = /^([+-])(\d{1,2}):?(\d{2})?$/.exec(offset) ?? [];
  if (Number(hours) > 14) bad();
  return `TIMESTAMPTZ '${clock}${sign ? `${sign}${hours.padStart(2, '0')}:${minutes}` : '+00:00'}'`;
}

function rangeLiteral(kind: string, value: string, at?: number, sessionZone?: string): string {
  const element = kind.slice('RANGE<'.length, -1);
  const ends = rangeEnds(value);
  if (typeof ends === 'string') throw new SqlError(`Invalid RANGE literal value: ${ends}`, at);
  const type = duckType({ kind: element as ScalarKind });
  const [start, end] = ends.map((text, i) =>
    text === undefined
      ? `CAST('${i === 0 ? '-' : ''}infinity' AS ${type})`
      : literalOf(element, text, at, sessionZone),
  );
  const [from, to] = [start, end].map(writtenTime);
  if (from && to && (from.second - to.second || from.fraction - to.fraction) >= 0)
    throw new SqlError(`Invalid RANGE literal value: ${misplacedEnds}`, at);
  return (from && to) || ends.includes(undefined)
    ? `struct_pack(s := ${start}, e := ${end})`
    : `bq_range_${element.toLowerCase()}(${start}, ${end})`;
}

/** What a literal of DuckDB says; undefined where that takes a time zone's rules. */
function writtenTime(literal = ''): { second: number; fraction: number } | undefined {
  const [, date, clock = '00:00:00', fraction = '', zone = 'Z'] =
    /^[A-Z]+ '(\S{10})(?: (.{8})(\.\d+)?([+-].{5})?)?'$/.exec(literal) ?? [];
  return date === undefined
    ? undefined
    : { second: Date.parse(`${date}T${clock}${zone}`), fraction: Number(fraction) };
}

function dateText(value: string): string | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? [];
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  return year && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? text : undefined;
}
