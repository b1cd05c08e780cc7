import { InputError } from '../runtime/index.ts';

/** The specification's JSON of a schema. Only fields this room understands are named. */
export interface IcebergField {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly doc?: string;
}

export interface IcebergSchema {
  readonly type: 'struct';
  readonly 'schema-id': number;
  readonly 'identifier-field-ids'?: readonly number[];
  readonly fields: readonly IcebergField[];
}

const plainTypes = [
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'date',
  'timestamptz',
  'string',
  'binary',
] as const;

export type PlainTypeName = (typeof plainTypes)[number];

export type ColumnType =
  | { readonly kind: PlainTypeName }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number };

export interface Column {
  readonly id: number;
  readonly name: string;
  readonly required: boolean;
  readonly type: ColumnType;
}

/**
 * A value in memory: decimal = its unscaled integer, timestamptz = µs and date = days since the epoch, long =
 * number while that is exact and bigint beyond.
 */
export type LakeValue = string | number | bigint | boolean | Uint8Array | null;
export type LakeRow = { readonly [column: string]: LakeValue | undefined };

/** The widest decimal a 64-bit column can hold; wider ones would need another physical type. */
const widestDecimal = 18;

export function parseColumnType(type: unknown, column: string): ColumnType {
  const plain = plainTypes.find((each) => each === type);
  if (plain) return { kind: plain };
  const decimal = typeof type === 'string' ? /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(type) : null;
  if (decimal) {
    const precision = Number(decimal[1]);
    const scale = Number(decimal[2]);
    if (precision >= 1 && precision <= widestDecimal && scale <= precision) {
      return { kind: 'decimal', precision, scale };
    }
  }
  throw new InputError(`column ${column} has a type that is not supported`, {
    expected: `one of ${plainTypes.join(', ')}, decimal(P, S) with P up to ${widestDecimal}`,
    got: typeof type === 'string' ? type : JSON.stringify(type),
  });
}

export function columnsOf(schema: IcebergSchema): readonly Column[] {
  return schema.fields.map(({ id, name, required, type }) => ({
    id,
    name,
    required,
    type: parseColumnType(type, name),
  }));
}

/** Refuses what no reader could make sense of later: ids and names must tell columns apart. */
export function checkSchema(schema: IcebergSchema): void {
  columnsOf(schema);
  for (const key of ['id', 'name'] as const) {
    const values = schema.fields.map((field) => field[key]);
    const twice = values.find((value, index) => values.indexOf(value) !== index);
    if (twice !== undefined) {
      throw new InputError(`two columns of the schema have the same ${key}`, {
        expected: `each ${key} once`,
        got: String(twice),
      });
    }
  }
  if (schema.fields.length === 0) throw new InputError('a table needs at least one column');
}

export function lastColumnId(schema: IcebergSchema): number {
  return Math.max(0, ...schema.fields.map(({ id }) => id));
}
