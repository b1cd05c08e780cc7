import type { TypeSyntax } from './parse/syntax.ts';
import { notServed, SqlError } from './sql-error.ts';

export type ScalarKind =
  | 'INT64'
  | 'FLOAT64'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'BOOL'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'DATETIME'
  | 'TIME'
  | 'TIMESTAMP'
  | 'INTERVAL'
  | 'JSON'
  | RangeKind;
export type RangeKind = `RANGE<${'DATE' | 'DATETIME' | 'TIMESTAMP'}>`;
/** By what texts are compared and ordered: their letters whatever their case, or their code points. */
export type Collation = 'und:ci' | 'binary';
export interface StructField {
  readonly name?: string;
  readonly type: Type;
}
export type Type =
  | { readonly kind: ScalarKind /** Of a STRING alone. */; readonly collation?: Collation }
  | { readonly kind: 'ARRAY'; readonly of: Type }
  | { readonly kind: 'STRUCT'; readonly fields: readonly StructField[] };

export const INT64: Type = { kind: 'INT64' };
export const FLOAT64: Type = { kind: 'FLOAT64' };
export const NUMERIC: Type = { kind: 'NUMERIC' };
export const BOOL: Type = { kind: 'BOOL' };
export const STRING: Type = { kind: 'STRING' };
export const arrayOf = (of: Type): Type => ({ kind: 'ARRAY', of });

const aliases: Readonly<Record<string, ScalarKind>> = {
  INT64: 'INT64',
  INT: 'INT64',
  SMALLINT: 'INT64',
  INTEGER: 'INT64',
  BIGINT: 'INT64',
  TINYINT: 'INT64',
  BYTEINT: 'INT64',
  FLOAT64: 'FLOAT64',
  FLOAT: 'FLOAT64',
  NUMERIC: 'NUMERIC',
  DECIMAL: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
  BOOL: 'BOOL',
  BOOLEAN: 'BOOL',
  STRING: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  DATETIME: 'DATETIME',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
  'RANGE<DATE>': 'RANGE<DATE>',
  'RANGE<DATETIME>': 'RANGE<DATETIME>',
  'RANGE<TIMESTAMP>': 'RANGE<TIMESTAMP>',
};

/** What lies between the two ends of a range. */
export function rangeElement(type: Type): Type | undefined {
  const kind = /^RANGE<(.+)>$/.exec(type.kind)?.[1];
  return kind === undefined ? undefined : { kind: kind as ScalarKind };
}

/** `element` is what lies between the ends of a RANGE, where that is told apart from its name. */
export function scalarKind(name: string, element?: string): ScalarKind | undefined {
  return aliases[(element === undefined ? name : `${name}<${element}>`).toUpperCase()];
}

/** `sized`: where parameters may stand behind a type, which whoever asks looks at himself. */
export function typeOf(
  syntax: TypeSyntax,
  sized: 'anywhere' | 'outermost' | 'nowhere' | 'literal' = 'nowhere',
): Type {
  if (syntax.parameters && sized === 'literal')
    throw new SqlError('Parameterized types are not supported in literal value construction', syntax.at);
  if (syntax.parameters && sized === 'nowhere')
    throw notServed('A type with parameters at this place', syntax.at);
  const inside = sized === 'outermost' ? 'nowhere' : sized;
  if (syntax.name === 'ARRAY' && syntax.of) {
    const of = typeOf(syntax.of, inside);
    if (of.kind === 'ARRAY')
      throw new SqlError(
        'Cannot construct array with element type ARRAY because nested arrays are not supported',
        syntax.at,
      );
    return arrayOf(of);
  }
  if (syntax.name === 'STRUCT')
    return {
      kind: 'STRUCT',
      fields: (syntax.fields ?? []).map((f) => ({
        type: typeOf(f.type, inside),
        ...(f.name !== undefined && { name: f.name }),
      })),
    };
  const name = syntax.of ? `${syntax.name}<${typeName(typeOf(syntax.of, inside))}>` : syntax.name;
  const kind = scalarKind(name);
  if (kind) return { kind };
  if (syntax.of) throw new SqlError(`Unsupported type: ${name} is not supported`, syntax.at);
  if (syntax.name === 'GEOGRAPHY') throw notServed(`Type ${syntax.name}`, syntax.at);
  throw new SqlError(`Type not found: ${syntax.name}`, syntax.at);
}

export function typeName(type: Type): string {
  if (type.kind === 'ARRAY') return `ARRAY<${typeName(type.of)}>`;
  if (type.kind === 'STRUCT')
    return `STRUCT<${type.fields.map((f) => (f.name === undefined ? '' : `${f.name} `) + typeName(f.type)).join(', ')}>`;
  return type.kind;
}

export function sameType(a: Type, b: Type): boolean {
  if (a.kind === 'ARRAY') return b.kind === 'ARRAY' && sameType(a.of, b.of);
  if (a.kind === 'STRUCT')
    return (
      b.kind === 'STRUCT' &&
      a.fields.length === b.fields.length &&
      a.fields.every(
        (f, i) =>
          f.name?.toLowerCase() === b.fields[i]?.name?.toLowerCase() &&
          sameType(f.type, (b.fields[i] as StructField).type),
      )
    );
  return a.kind === b.kind;
}

/** Whether values of the type are of such a kind or hold one. */
export function holds(type: Type, kind: RegExp): boolean {
  if (kind.test(type.kind)) return true;
  if (type.kind === 'ARRAY') return holds(type.of, kind);
  return type.kind === 'STRUCT' && type.fields.some((f) => holds(f.type, kind));
}

/**
 * A range is its two ends, an unbounded one DuckDB's least or greatest date or time. So its order of structs is that of
 * ranges, and a range is in comparisons, groups, joins and windows what it is to the service; a NULL is no end but no range.
 */
const duckNames: Readonly<Record<ScalarKind, string>> = {
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  BIGNUMERIC: 'BLOB',
  BOOL: 'BOOLEAN',
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  DATE: 'DATE',
  DATETIME: 'TIMESTAMP',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMPTZ',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
  'RANGE<DATE>': 'STRUCT(s DATE, e DATE)',
  'RANGE<DATETIME>': 'STRUCT(s TIMESTAMP, e TIMESTAMP)',
  'RANGE<TIMESTAMP>': 'STRUCT(s TIMESTAMPTZ, e TIMESTAMPTZ)',
};

export function duckType(type: Type): string {
  if (type.kind === 'ARRAY') return `${duckType(type.of)}[]`;
  if (type.kind === 'STRUCT')
    return `STRUCT(${duckFields(type.fields)
      .map((name, i) => `${quoted(name)} ${duckType((type.fields[i] as StructField).type)}`)
      .join(', ')})`;
  return duckNames[type.kind];
}

/** DuckDB wants every field of a struct named, once; BigQuery does not. */
export function duckFields(fields: readonly StructField[]): string[] {
  const seen = new Set<string>();
  return fields.map((field, i) => {
    const name = field.name ?? `_field_${i + 1}`;
    const unique = seen.has(name.toLowerCase()) ? `${name}#${i}` : name;
    seen.add(unique.toLowerCase());
    return unique;
  });
}

export function quoted(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Text as a DuckDB literal. */
export function text(value: string): string {
  const pieces = value.split('\0').map((piece) => `'${piece.replaceAll("'", "''")}'`);
  // DuckDB's parser ends at a NUL.
  return pieces.length === 1 ? (pieces[0] ?? "''") : `(${pieces.join(' || chr(0) || ')})`;
}
