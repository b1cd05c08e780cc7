import type { ColumnInfo } from '../sql/analyze/relation.ts';
import { collationOf } from '../sql/collations.ts';
import { notServed, SqlError } from '../sql/sql-error.ts';
import { limitOf } from '../sql/type-parameters.ts';
import {
  arrayOf,
  type Collation,
  duckType,
  quoted,
  rangeElement,
  type ScalarKind,
  type StructField,
  scalarKind,
  type Type,
  text,
} from '../sql/types.ts';

/** A field of a TableSchema as it goes over REST. */
export interface SchemaField {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
  readonly fields?: readonly SchemaField[];
  /** Of a RANGE: what lies between its ends. */
  readonly rangeElementType?: { readonly type: string };
  readonly precision?: string;
  readonly scale?: string;
  readonly maxLength?: string;
  readonly collation?: string;
  readonly roundingMode?: string;
  readonly defaultValueExpression?: string;
}

/** GoogleSQL's names and their synonyms as REST answers with them. */
const restNames: Readonly<Record<string, string>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
  STRUCT: 'RECORD',
  DECIMAL: 'NUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
};
export const restName = (type: string): string => restNames[type.toUpperCase()] ?? type.toUpperCase();

/** Undefined for a RECORD, and for what is no type. */
export const kindOf = ({ type, rangeElementType: of }: SchemaField): ScalarKind | undefined =>
  scalarKind(type, of?.type);

/** As messages and comparisons name it. */
export const kindName = (f: SchemaField): string =>
  /^(RECORD|STRUCT)$/i.test(f.type) ? 'RECORD' : (kindOf(f) ?? f.type);

function baseType(field: SchemaField): Type {
  if (/^(RECORD|STRUCT)$/i.test(field.type))
    return {
      kind: 'STRUCT',
      fields: (field.fields ?? []).map((f): StructField => ({ name: f.name, type: fieldType(f) })),
    };
  const kind = kindOf(field);
  const element = field.rangeElementType && `<${field.rangeElementType.type}>`;
  if (!kind)
    throw new SqlError(
      `Invalid value for type: ${field.type}${element ?? ''} is not a valid value (or not supported by the emulator) for field ${field.name}`,
      undefined,
      'invalid',
    );
  // Elsewhere than at a STRING it is refused.
  return field.collation ? { kind, collation: field.collation as Collation } : { kind };
}

export function fieldType(field: SchemaField): Type {
  const base = baseType(field);
  return field.mode?.toUpperCase() === 'REPEATED' ? arrayOf(base) : base;
}

export function columnOf(field: SchemaField): ColumnInfo {
  const mode = (field.mode?.toUpperCase() ?? 'NULLABLE') as ColumnInfo['mode'];
  return {
    name: field.name,
    type: fieldType(field),
    mode,
    ...(field.precision !== undefined && { narrow: true }),
    ...(field.defaultValueExpression !== undefined && { default: field.defaultValueExpression }),
  };
}

export function fieldOf(name: string, type: Type, mode?: string): SchemaField {
  if (type.kind === 'ARRAY') return { ...fieldOf(name, type.of), mode: 'REPEATED' };
  const element = rangeElement(type);
  const base = { name, type: element ? 'RANGE' : restName(type.kind), mode: mode ?? 'NULLABLE' };
  if (element) return { ...base, rangeElementType: { type: element.kind } };
  if (type.kind !== 'STRUCT')
    return type.collation === undefined ? base : { ...base, collation: type.collation };
  return { ...base, fields: type.fields.map((f, i) => fieldOf(f.name ?? `_field_${i + 1}`, f.type)) };
}

/** The column as DuckDB stores it: NUMERIC(12,2) narrower, STRING(n) with a check. */
export function storedColumn(field: SchemaField): string {
  const type = storedType(field);
  const required = field.mode?.toUpperCase() === 'REQUIRED' ? ' NOT NULL' : '';
  const limit = field.precision === undefined ? limits(field, quoted(field.name)) : '';
  return `${quoted(field.name)} ${type}${required}${limit && ` CHECK (${limit})`}`;
}

/** What DuckDB's types do not hold; a NUMERIC(p, s) inside of a STRUCT is not rounded but refused. */
function limits(field: SchemaField, sql: string, within = 'STRUCT'): string {
  if (field.mode?.toUpperCase() === 'REPEATED') {
    if (limits({ ...field, mode: 'NULLABLE' }, sql, 'ARRAY'))
      throw notServed(`A type with parameters inside of the ARRAY ${field.name}`);
    return '';
  }
  const { kind } = baseType(field);
  if (kind === 'STRUCT')
    return (field.fields ?? [])
      .flatMap((f) => {
        const value = `struct_extract(${sql}, ${text(f.name)})`;
        const required = within === 'STRUCT' && f.mode?.toUpperCase() === 'REQUIRED';
        const given = required ? [`(${sql} IS NULL OR ${value} IS NOT NULL)`] : [];
        return [...given, limits(f, value, within)];
      })
      .filter((limit) => limit !== '')
      .join(' AND ');
  return limitOf(kind, sql, field) ?? '';
}

export function storedType(field: SchemaField): string {
  const type = fieldType(field);
  if (field.precision !== undefined && /^(NUMERIC|DECIMAL)$/i.test(field.type)) {
    const decimal = `DECIMAL(${Number(field.precision)},${Number(field.scale ?? 0)})`;
    return type.kind === 'ARRAY' ? `${decimal}[]` : decimal;
  }
  return duckType(type);
}

/** How numbers are rounded where nothing is said; the only way there is here. */
export const isUsualRounding = (mode: unknown): boolean =>
  /^ROUND(_HALF_AWAY_FROM_ZERO|ING_MODE_UNSPECIFIED)$/.test(String(mode));

/** Checks what a client may send, in the service's words. */
export function validateFields(fields: readonly SchemaField[]): void {
  const seen = new Set<string>();
  const invalid = (message: string): never => {
    throw new SqlError(message, undefined, 'invalid');
  };
  if (!Array.isArray(fields)) invalid('Invalid value for fields: a list of fields was expected.');
  for (const field of fields) {
    if (typeof field?.name !== 'string' || !/^[\p{L}\p{M}\p{N}_ -]{1,300}$/u.test(field.name))
      invalid(`Invalid field name "${field?.name ?? ''}".`);
    if (seen.has(field.name.toLowerCase())) invalid(`Duplicate field name: ${field.name}`);
    if (field.mode !== undefined && !/^(NULLABLE|REQUIRED|REPEATED)$/i.test(field.mode))
      invalid(`Invalid mode ${field.mode} for field ${field.name}`);
    seen.add(field.name.toLowerCase());
    if (typeof field.type !== 'string')
      invalid(`Invalid value for type: ${field.type ?? null} is not a valid value for field ${field.name}`);
    const { kind } = baseType(field);
    if (kind === 'STRUCT' && !field.fields?.length)
      invalid(`Field ${field.name} is type RECORD but has no schema`);
    if (field.precision !== undefined && kind === 'BIGNUMERIC')
      invalid(`BIGNUMERIC with a precision is not supported by the emulator for field ${field.name}`);
    if (field.collation !== undefined) {
      if (kind !== 'STRING') invalid(`Field ${field.name} is not of type STRING and cannot have a collation`);
      collationOf(field.collation);
    }
    if (field.roundingMode && !isUsualRounding(field.roundingMode))
      invalid(`roundingMode ${field.roundingMode} is not supported by the emulator for field ${field.name}`);
    if (field.fields) validateFields(field.fields);
  }
}
