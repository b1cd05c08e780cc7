import type { DuckDBValue } from '@duckdb/node-api';
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
} from '@duckdb/node-api';
import { bigNumericText } from '../sql/native/bignumerics.ts';
import { intervalText } from '../sql/native/intervals.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Type } from '../sql/types.ts';

export type Cell = string | null | { f: { v: Cell }[] } | { v: Cell }[];

/** A value as it stands in a REST row. Timestamps are integer microseconds or, as the service's default is, seconds. */
export function cellOf(value: DuckDBValue, type: Type, int64Timestamps: boolean, path = ''): Cell {
  if (type.kind === 'ARRAY') {
    const items = value instanceof DuckDBListValue ? value.items : [];
    return items.map((item) => {
      if (item === null)
        throw new SqlError(`Array cannot have a null element; error in writing field ${path}`);
      return { v: cellOf(item, type.of, int64Timestamps, path) };
    });
  }
  if (value === null) return null;
  if (type.kind === 'STRUCT') {
    const items = value instanceof DuckDBStructValue ? Object.values(value.entries) : [];
    return {
      f: type.fields.map((f, i) => ({ v: cellOf(items[i] ?? null, f.type, int64Timestamps, f.name) })),
    };
  }
  if (value instanceof DuckDBStructValue) {
    const [start = null, end = null] = Object.values(value.entries);
    return `[${boundCell(start, int64Timestamps)}, ${boundCell(end, int64Timestamps)})`;
  }
  if (type.kind === 'BIGNUMERIC') return bigNumericText((value as DuckDBBlobValue).bytes);
  return scalarCell(value, int64Timestamps);
}

type Bound = DuckDBDateValue | DuckDBTimestampValue | DuckDBTimestampTZValue;
const boundCell = (bound: DuckDBValue, int64Timestamps: boolean): string =>
  (bound as Bound).isFinite ? scalarCell(bound, int64Timestamps) : 'UNBOUNDED';

function scalarCell(value: DuckDBValue, int64Timestamps: boolean): string {
  if (typeof value === 'number') return floatText(value);
  if (value instanceof DuckDBDecimalValue) return decimalText(value.value, value.scale);
  if (value instanceof DuckDBTimestampTZValue)
    return int64Timestamps ? String(inRange(value.micros)) : secondsText(inRange(value.micros));
  if (value instanceof DuckDBTimestampValue) return datetimeText(value.micros);
  if (value instanceof DuckDBDateValue) return dateText(value.days);
  if (value instanceof DuckDBTimeValue) return `${clockText(value.micros)}`;
  if (value instanceof DuckDBIntervalValue)
    return intervalText({ months: BigInt(value.months), days: BigInt(value.days), micros: value.micros });
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString('base64');
  return String(value);
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? `${Object.is(value, -0) ? '-0' : value}.0`
    : String(value);
}

export function decimalText(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

function secondsText(micros: bigint): string {
  return decimalText(micros, 6) + (micros % 1_000_000n === 0n ? '.0' : '');
}

function dateText(days: number): string {
  // DuckDB's calendar goes on where the service's ends.
  if (days < -719_162 || days > 2_932_896)
    throw new SqlError('A date or time outside of the years 0001 to 9999');
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}

function inRange(micros: bigint): bigint {
  if (micros < -62_135_596_800_000_000n || micros > 253_402_300_799_999_999n)
    throw new SqlError('A timestamp outside of the years 0001 to 9999');
  return micros;
}

function clockText(micros: bigint): string {
  const fraction = micros % 1_000_000n;
  const clock = new Date(Number(micros / 1000n)).toISOString().slice(11, 19);
  return fraction === 0n ? clock : `${clock}.${fraction.toString().padStart(6, '0')}`;
}

function datetimeText(micros: bigint): string {
  const day = 86_400_000_000n;
  const days = (micros - (((micros % day) + day) % day)) / day;
  return `${dateText(Number(days))}T${clockText(micros - days * day)}`;
}
