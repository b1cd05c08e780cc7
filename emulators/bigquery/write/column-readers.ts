import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { SchemaField } from '../engine/schema.ts';
import { decimalText } from '../engine/values.ts';
import { duckInterval } from '../rows/cells.ts';
import { bigNumericBytes, bigNumericOf } from '../sql/native/bignumerics.ts';
import { intervalText, readInterval } from '../sql/native/intervals.ts';
import type { ScalarKind } from '../sql/types.ts';
import type { FieldDescriptor } from './messages.ts';
import type { ProtoReader } from './proto-reader.ts';

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

function carriedReader(kind: ScalarKind, field: SchemaField, type: number): ColumnReader | undefined {
  const whole = integer[type];
  switch (kind) {
    case 'STRING':
      return type === STRING ? stringReader(field) : undefined;
    case 'JSON':
      return type === STRING ? jsonText : undefined;
    case 'INT64':
      return whole;
    case 'FLOAT64':
      return floating[type] ?? (whole && ((r) => Number(whole(r))));
    case 'BOOL':
      return type === BOOL ? (r) => r.uint32() !== 0 : whole && ((r) => whole(r) !== 0n);
    case 'BYTES':
      return type === BYTES || type === STRING ? (r) => Uint8Array.from(r.slice()) : undefined;
    case 'TIMESTAMP':
      return whole
        ? (r) => within(whole(r), -62_135_596_800_000_000n, 253_402_300_799_999_999n, 'TIMESTAMP')
        : undefined;
    case 'DATE':
      return whole
        ? (r) => Number(within(whole(r), -719_162n, 2_932_896n, 'DATE'))
        : type === STRING
          ? (r) => dayOf(r.text())
          : undefined;
    case 'DATETIME':
      if (type === STRING) return (r) => datetimeMicros(r.text());
      return whole && ((r) => civilMicros(whole(r), 'DATETIME'));
    case 'TIME':
      if (type === STRING) return (r) => timeMicros(r.text(), 'TIME');
      return whole && ((r) => civilMicros(whole(r), 'TIME'));
    case 'NUMERIC':
      return numericReader(field, type, whole);
    case 'BIGNUMERIC':
      if (type === BYTES) return (r) => reading(r.slice(), (bytes) => bigNumericBytes(wholeOf(bytes)));
      return type === STRING ? (r) => reading(r.text(), bigNumericOf) : undefined;
    case 'INTERVAL':
      return type === STRING ? (r) => intervalText(reading(r.text(), readInterval)) : undefined;
    default:
      return undefined;
  }
}

/** What the reader throws is the row's error. */
function reading<F, T>(value: F, read: (value: F) => T): T {
  try {
    return read(value);
  } catch (error) {
    throw new BadValue(error instanceof Error ? error.message : String(error));
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

function dayOf(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new BadValue(`Invalid date string "${text}"`);
  return time / 86_400_000;
}

function timeMicros(text: string, type: string): bigint {
  const [, hour, minute, second, fraction = ''] =
    /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (second === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    throw new BadValue(`Invalid ${type} string "${text}"`);
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

function datetimeMicros(text: string): bigint {
  const [, day = '', time = ''] = /^(\d{4}-\d{2}-\d{2})[T ](.+)$/.exec(text) ?? [];
  if (time === '') throw new BadValue(`Invalid DATETIME string "${text}"`);
  return BigInt(dayOf(day)) * 86_400_000_000n + timeMicros(time, 'DATETIME');
}

/** The packed form of the clients' CivilTimeEncoder: fields side by side, twenty bits of microseconds lowest. */
function civilMicros(packed: bigint, type: 'DATETIME' | 'TIME'): bigint {
  const part = (shift: bigint, bits: bigint): number => Number((packed >> shift) & ((1n << bits) - 1n));
  const two = (n: number): string => String(n).padStart(2, '0');
  const micros = String(part(0n, 20n)).padStart(6, '0');
  const time = `${two(part(32n, 5n))}:${two(part(26n, 6n))}:${two(part(20n, 6n))}.${micros}`;
  if (type === 'TIME') return timeMicros(time, type);
  const day = `${String(part(46n, 18n)).padStart(4, '0')}-${two(part(42n, 4n))}-${two(part(37n, 5n))}`;
  return datetimeMicros(`${day} ${time}`);
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
  const real = floating[type];
  if (real) return (r) => check(plainDecimal(real(r)));
  if (whole) return (r) => check(String(whole(r)));
  return undefined;
}

/** As the service: rounded to the nine places that NUMERIC has. */
function plainDecimal(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) >= 1e29)
    throw new BadValue(`Invalid NUMERIC value: ${value}`);
  return Math.abs(value) < 1e21 ? value.toFixed(9).replace(/\.?0+$/, '') : BigInt(value).toString();
}

/** Scaled by 10^9. */
const packedNumeric = (bytes: Buffer): string => decimalText(wholeOf(bytes), 9);

/** Little-endian two's complement. */
function wholeOf(bytes: Buffer): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  return BigInt.asIntN(Math.max(8, bytes.length * 8), value);
}

/** The reader of one value for the protobuf type the client announced; undefined where the service takes no such type. */
export function valueReader(
  kind: ScalarKind,
  field: SchemaField,
  type: number,
): ((reader: ProtoReader) => DuckDBValue) | undefined {
  const read = carriedReader(kind, field, type);
  const value = duckValueOf(kind, field);
  return read && ((r) => value(read(r)));
}

function duckValueOf(kind: ScalarKind, field: SchemaField): (carried: Carried) => DuckDBValue {
  switch (kind) {
    case 'BYTES':
    case 'BIGNUMERIC':
      return (v) => new DuckDBBlobValue(v as Uint8Array);
    case 'INTERVAL':
      return (v) => duckInterval(v as string);
    case 'TIMESTAMP':
      return (v) => new DuckDBTimestampTZValue(v as bigint);
    case 'DATE':
      return (v) => new DuckDBDateValue(v as number);
    case 'DATETIME':
      return (v) => new DuckDBTimestampValue(v as bigint);
    case 'TIME':
      return (v) => new DuckDBTimeValue(v as bigint);
    case 'NUMERIC': {
      const { precision, scale } = decimalOf(field);
      return (v) => new DuckDBDecimalValue(unscaled(v as string, scale), precision, scale);
    }
    default:
      return (v) => v as DuckDBValue;
  }
}

export function decimalOf(field: SchemaField): { precision: number; scale: number } {
  if (field.precision === undefined) return { precision: 38, scale: 9 };
  return { precision: Number(field.precision), scale: Number(field.scale ?? 0) };
}

function unscaled(text: string, scale: number): bigint {
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const value = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  return text.startsWith('-') ? -value : value;
}
