import type { SchemaField } from '../engine/schema.ts';
import { storedType } from '../engine/schema.ts';
import { decimalText } from '../engine/values.ts';
import type { ColumnInfo } from '../sql/analyze/relation.ts';
import type { FieldDescriptor } from './messages.ts';
import type { ProtoReader } from './proto-reader.ts';

/** How a column waits between the wire and its table: a plain DuckDB type and the way from there. */
export interface Carrier {
  readonly type: 'VARCHAR' | 'BIGINT' | 'INTEGER' | 'DOUBLE' | 'BOOLEAN' | 'BLOB';
  readonly sql: (reference: string) => string;
}

export function carrierOf(column: ColumnInfo, field: SchemaField): Carrier | undefined {
  const same = (type: Carrier['type']): Carrier => ({ type, sql: (x) => x });
  const cast = (type: Carrier['type']): Carrier => ({
    type,
    sql: (x) => `CAST(${x} AS ${storedType(field)})`,
  });
  switch (column.type.kind) {
    case 'STRING':
      return same('VARCHAR');
    case 'INT64':
      return same('BIGINT');
    case 'FLOAT64':
      return same('DOUBLE');
    case 'BOOL':
      return same('BOOLEAN');
    case 'BYTES':
      return same('BLOB');
    case 'TIMESTAMP':
      return { type: 'BIGINT', sql: (x) => `make_timestamptz(${x})` };
    case 'DATE':
      return { type: 'INTEGER', sql: (x) => `(DATE '1970-01-01' + ${x})` };
    case 'NUMERIC':
    case 'JSON':
    case 'DATETIME':
    case 'TIME':
      return cast('VARCHAR');
    default:
      return undefined;
  }
}

export type Carried = string | bigint | number | boolean | Uint8Array;
/** Reads one value; what it throws as BadValue becomes the row's error. */
export type ColumnReader = (reader: ProtoReader) => Carried;
export class BadValue extends Error {}

const wireTypes: Readonly<Record<number, number>> = {
  1: 1,
  2: 5,
  3: 0,
  4: 0,
  5: 0,
  6: 1,
  7: 5,
  8: 0,
  9: 2,
  12: 2,
  13: 0,
  14: 0,
  15: 5,
  16: 1,
  17: 0,
  18: 0,
};
export const wireTypeOf = (descriptor: FieldDescriptor): number | undefined => wireTypes[descriptor.type];

const integer: Readonly<Record<number, (r: ProtoReader) => bigint>> = {
  3: (r) => r.int64(),
  4: (r) => r.int64(),
  5: (r) => r.int64(),
  13: (r) => r.int64(),
  14: (r) => r.int64(),
  17: (r) => zigzag(r.int64()),
  18: (r) => zigzag(r.int64()),
  6: fixed64,
  16: fixed64,
  7: (r) => BigInt(r.bytes.readUInt32LE(r.fixed(4))),
  15: (r) => BigInt(r.bytes.readInt32LE(r.fixed(4))),
};
const zigzag = (n: bigint): bigint => (BigInt.asUintN(64, n) >> 1n) ^ -(n & 1n);
function fixed64(r: ProtoReader): bigint {
  return r.bytes.readBigInt64LE(r.fixed(8));
}
const floating: Readonly<Record<number, (r: ProtoReader) => number>> = {
  1: (r) => r.bytes.readDoubleLE(r.fixed(8)),
  2: (r) => r.bytes.readFloatLE(r.fixed(4)),
};
const STRING = 9;
const BYTES = 12;
const BOOL = 8;

/** The reader of one column for the protobuf type the client announced; undefined where the service takes no such type. */
export function columnReader(column: ColumnInfo, field: SchemaField, type: number): ColumnReader | undefined {
  const whole = integer[type];
  switch (column.type.kind) {
    case 'STRING':
      return type === STRING ? stringReader(field) : undefined;
    case 'JSON':
      return type === STRING ? jsonText : undefined;
    case 'INT64':
      return whole;
    case 'FLOAT64':
      return floating[type] ?? (whole && ((r) => Number(whole(r))));
    case 'BOOL':
      return type === BOOL ? (r) => r.uint32() !== 0 : undefined;
    case 'BYTES':
      return type === BYTES ? (r) => Uint8Array.from(r.slice()) : undefined;
    case 'TIMESTAMP':
      return whole
        ? (r) => within(whole(r), -62_135_596_800_000_000n, 253_402_300_799_999_999n, 'TIMESTAMP')
        : undefined;
    case 'DATE':
      return whole
        ? (r) => Number(within(whole(r), -719_162n, 2_932_896n, 'DATE'))
        : type === STRING
          ? dateText
          : undefined;
    case 'DATETIME':
      return type === STRING
        ? matching(/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?$/, 'DATETIME')
        : undefined;
    case 'TIME':
      return type === STRING ? matching(/^\d{2}:\d{2}:\d{2}(\.\d{1,6})?$/, 'TIME') : undefined;
    case 'NUMERIC':
      return numericReader(field, type, whole);
    default:
      return undefined;
  }
}

function within(value: bigint, low: bigint, high: bigint, type: string): bigint {
  if (value < low || value > high) throw new BadValue(`value ${value} is out of the range of ${type}`);
  return value;
}

function stringReader(field: SchemaField): ColumnReader {
  if (!field.maxLength) return (r) => r.text();
  const most = Number(field.maxLength);
  return (r) => {
    const text = r.text();
    if ([...text].length > most)
      throw new BadValue(
        `STRING(${most}) has maximum length ${most} but got a value with length ${[...text].length}`,
      );
    return text;
  };
}

function jsonText(r: ProtoReader): string {
  const text = r.text();
  try {
    JSON.parse(text);
  } catch {
    throw new BadValue('value is not valid JSON');
  }
  return text;
}

const matching =
  (pattern: RegExp, type: string): ColumnReader =>
  (r) => {
    const text = r.text();
    if (!pattern.test(text)) throw new BadValue(`Invalid ${type} string "${text}"`);
    return text;
  };

function dateText(r: ProtoReader): number {
  const text = r.text();
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new BadValue(`Invalid date string "${text}"`);
  return time / 86_400_000;
}

function numericReader(
  field: SchemaField,
  type: number,
  whole: ((r: ProtoReader) => bigint) | undefined,
): ColumnReader | undefined {
  const scale = field.precision === undefined ? 9 : Number(field.scale ?? 0);
  const digits = (field.precision === undefined ? 38 : Number(field.precision)) - scale;
  const check = (text: string): string => {
    const [, integral = '', fraction = ''] = /^[+-]?(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
    if (integral === '' && fraction === '') throw new BadValue(`Invalid NUMERIC value: ${text}`);
    if (integral.replace(/^0+/, '').length > digits || fraction.replace(/0+$/, '').length > scale)
      throw new BadValue(`NUMERIC value ${text} does not fit NUMERIC(${digits + scale}, ${scale})`);
    return text;
  };
  if (type === STRING) return (r) => check(r.text());
  if (type === BYTES) return (r) => check(packedNumeric(r.slice()));
  if (whole) return (r) => check(String(whole(r)));
  return undefined;
}

/** Little-endian two's complement, scaled by 10^9. */
function packedNumeric(bytes: Buffer): string {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return decimalText(BigInt.asIntN(Math.max(8, bytes.length * 8), value), 9);
}
