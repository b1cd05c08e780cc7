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
  type DuckDBValue,
} from '@duckdb/node-api';
import { kindOf, type SchemaField } from '../engine/schema.ts';
import { bigNumericOf } from '../sql/native/bignumerics.ts';
import { readInterval } from '../sql/native/intervals.ts';
import { isUnbounded, misplacedEnds, rangeEnds } from '../sql/native/range-text.ts';
import { readTime } from '../sql/native/time-reader.ts';
import { duckFields, scalarKind } from '../sql/types.ts';
import { unscaled } from './decimals.ts';
import { clockMicros, dateDays, datetimeMicros, timestampMicros } from './instants.ts';
import { elementField, rangeValue } from './range-values.ts';

/** A value that its column does not take, in the service's words. */
export class BadCell extends Error {
  readonly location: string;
  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

export interface CellRules {
  readonly ignoreUnknown: boolean;
  /** insertAll carries JSON columns as text, a JSON file carries the value itself. */
  readonly jsonAsText: boolean;
  readonly timeZone?: string;
  /** How the job says that times are written, as PARSE_TIMESTAMP has it. */
  readonly patterns?: Readonly<Record<string, string>>;
}
export type CellReader = (value: unknown) => DuckDBValue;

/** How a column reads what JSON, CSV or Avro brings. What cannot be read is thrown as BadCell. */
export function cellReader(field: SchemaField, rules: CellRules, path = field.name): CellReader {
  const mode = field.mode?.toUpperCase();
  if (mode === 'REPEATED') return listReader(field, rules, path);
  const read = /^(RECORD|STRUCT)$/i.test(field.type)
    ? structReader(field, rules, path)
    : scalarReader(field, rules, path);
  return (value) => {
    if (value !== null && value !== undefined) return read(value);
    if (mode === 'REQUIRED') throw new BadCell(path, `Missing required field: ${path}.`);
    return null;
  };
}

function listReader(field: SchemaField, rules: CellRules, path: string): CellReader {
  const item = cellReader({ ...field, mode: 'NULLABLE' }, rules, path);
  return (value) => {
    if (value === null || value === undefined) return new DuckDBListValue([]);
    if (!Array.isArray(value)) throw new BadCell(path, 'Repeated field must be imported as a JSON array.');
    return new DuckDBListValue(
      value.map((element) => {
        if (element === null || element === undefined)
          throw new BadCell(path, `Only optional fields can be set to NULL. Field: ${path}; Value: NULL`);
        return item(element);
      }),
    );
  };
}

function structReader(field: SchemaField, rules: CellRules, path: string): CellReader {
  const fields = field.fields ?? [];
  const names = duckFields(fields.map((f) => ({ name: f.name, type: { kind: 'STRING' } })));
  const row = recordReader(fields, rules, `${path}.`);
  return (value) => {
    if (typeof value !== 'object' || Array.isArray(value))
      throw new BadCell(path, `This field: ${path} is not a record.`);
    const cells = row(value as Readonly<Record<string, unknown>>);
    return new DuckDBStructValue(Object.fromEntries(names.map((name, i) => [name, cells[i] ?? null])));
  };
}

/** Column names match without regard to case. */
export function recordReader(
  fields: readonly SchemaField[],
  rules: CellRules,
  prefix = '',
): (record: Readonly<Record<string, unknown>>) => DuckDBValue[] {
  const readers = fields.map((f) => cellReader(f, rules, prefix + f.name));
  const slots = new Map(fields.map((f, i) => [f.name.toLowerCase(), i]));
  return (record) => {
    const found = new Array<unknown>(fields.length).fill(undefined);
    for (const name of Object.keys(record)) {
      const slot = slots.get(name.toLowerCase());
      if (slot !== undefined) found[slot] = record[name];
      else if (!rules.ignoreUnknown) throw new BadCell(prefix + name, `no such field: ${prefix}${name}.`);
    }
    return readers.map((read, i) => read(found[i]));
  };
}

function scalarReader(field: SchemaField, rules: CellRules, path: string): CellReader {
  const kind = kindOf(field);
  const element = elementField(field);
  if (element) return rangeReader(element, rules, path);
  if (kind === 'JSON') return (value) => jsonText(value, rules, path);
  const read = textReader(field, rules, path);
  if (kind === 'BYTES')
    return (value) => (value instanceof Uint8Array ? bytes(value, field, path) : read(value));
  return (value) => {
    if (Array.isArray(value)) throw new BadCell(path, `Array specified for non-repeated field: ${path}.`);
    if (typeof value === 'object')
      throw new BadCell(path, `Nested JSON object specified for non-record field: ${path}.`);
    return read(value);
  };
}

/** `[start, end)` or an object of the two; an end that is left out is unbounded. */
function rangeReader(element: SchemaField, rules: CellRules, path: string): CellReader {
  const read = textReader(element, rules, path);
  const bad = (message: string): never => {
    throw new BadCell(path, message);
  };
  const objectEnds = (value: object): unknown[] => {
    const other = Object.keys(value).find((name) => !/^(start|end)$/i.test(name));
    if (other !== undefined && !rules.ignoreUnknown) bad(`no such field: ${path}.${other}.`);
    return ['start', 'end'].map(
      (end) => Object.entries(value).find(([name]) => name.toLowerCase() === end)?.[1],
    );
  };
  const bound = (end: unknown): DuckDBValue =>
    end === null || end === undefined || isUnbounded(String(end)) ? null : read(end);
  return (value) => {
    if (Array.isArray(value)) bad(`Array specified for non-repeated field: ${path}.`);
    const ends = typeof value === 'object' && value ? objectEnds(value) : rangeEnds(String(value).trim());
    if (typeof ends === 'string') return bad(ends);
    const [start, end] = ends.map(bound);
    const range = rangeValue(element, start ?? null, end ?? null);
    return range ?? bad(misplacedEnds);
  };
}

function jsonText(value: unknown, rules: CellRules, path: string): string {
  if (!rules.jsonAsText || typeof value !== 'string') return JSON.stringify(value);
  try {
    return JSON.stringify(JSON.parse(value));
  } catch {
    throw new BadCell(path, `Invalid JSON value for field ${path}: ${value.slice(0, 100)}`);
  }
}

function bytes(value: Uint8Array, field: SchemaField, path: string): DuckDBBlobValue {
  if (field.maxLength !== undefined && value.length > Number(field.maxLength))
    throw new BadCell(path, tooLong(field, value.length));
  return new DuckDBBlobValue(value);
}
const tooLong = (field: SchemaField, length: number): string =>
  `Field ${field.name}: ${field.type.toUpperCase()}(${field.maxLength}) has maximum length ${field.maxLength} but got a value with length ${length}`;

function textReader(field: SchemaField, rules: CellRules, path: string): CellReader {
  const bad = (message: string): never => {
    throw new BadCell(path, message);
  };
  const kind = scalarKind(field.type);
  const pattern = rules.patterns?.[kind ?? ''];
  if (pattern !== undefined) return patternReader(field, pattern, rules.timeZone, bad);
  switch (kind) {
    case 'STRING': {
      const limit = field.maxLength === undefined ? Number.POSITIVE_INFINITY : Number(field.maxLength);
      return (value) => {
        const text = String(value);
        return text.length > limit && [...text].length > limit ? bad(tooLong(field, [...text].length)) : text;
      };
    }
    case 'INT64':
      return (value) => integer(value) ?? bad(`Cannot convert value to integer (bad value): ${value}`);
    case 'FLOAT64':
      return (value) => float(value) ?? bad(`Cannot convert value to floating point (bad value): ${value}`);
    case 'BOOL':
      return (value) => boolean(value) ?? bad(`Cannot convert value to boolean (bad value): ${value}`);
    case 'BYTES':
      return (value) =>
        typeof value === 'string' && /^[A-Za-z0-9+/_-]*={0,2}$/.test(value)
          ? bytes(Buffer.from(value, 'base64'), field, path)
          : bad(`Could not decode base64 string to bytes. Field: ${path}; Value: ${value}`);
    case 'NUMERIC':
      return decimalReader(field, bad);
    case 'BIGNUMERIC':
      return (value) =>
        new DuckDBBlobValue(
          read(() => bigNumericOf(String(value))) ?? bad(`Invalid BIGNUMERIC value: ${value}`),
        );
    case 'DATE':
      return (value) => new DuckDBDateValue(dateDays(String(value)) ?? bad(`Invalid date: '${value}'`));
    case 'TIME':
      return (value) =>
        new DuckDBTimeValue(clockMicros(String(value)) ?? bad(`Invalid time string "${value}"`));
    case 'DATETIME':
      return (value) =>
        new DuckDBTimestampValue(datetimeMicros(String(value)) ?? bad(`Invalid datetime string "${value}"`));
    case 'INTERVAL':
      return (value) => read(() => duckInterval(String(value))) ?? bad(`Invalid INTERVAL value '${value}'`);
    case 'TIMESTAMP':
      return (value) =>
        new DuckDBTimestampTZValue(
          timestamp(value, rules.timeZone) ??
            bad(
              `Could not parse '${value}' as a timestamp. Required format is YYYY-MM-DD HH:MM[:SS[.SSSSSS]] or YYYY/MM/DD HH:MM[:SS[.SSSSSS]]`,
            ),
        );
    default:
      return bad(`Field ${path} has the type ${field.type}, which the emulator cannot fill`);
  }
}

function patternReader(
  field: SchemaField,
  pattern: string,
  zone: string | undefined,
  bad: (message: string) => never,
): CellReader {
  const kind = scalarKind(field.type);
  const zoned = kind === 'TIMESTAMP' && zone !== undefined && !pattern.includes('%Ez');
  const form = zoned ? `${pattern} %Z` : pattern;
  return (value) => {
    const micros =
      read(() => readTime(form, zoned ? `${value} ${zone}` : String(value))) ??
      bad(`Invalid ${kind?.toLowerCase()} '${value}' for the format given`);
    if (kind === 'DATE') return new DuckDBDateValue(Number(micros / 86_400_000_000n));
    if (kind === 'TIME') return new DuckDBTimeValue(micros);
    return kind === 'DATETIME' ? new DuckDBTimestampValue(micros) : new DuckDBTimestampTZValue(micros);
  };
}

function read<T>(reader: () => T): T | undefined {
  try {
    return reader();
  } catch {
    return undefined;
  }
}
export function duckInterval(value: string): DuckDBIntervalValue {
  const { months, days, micros } = readInterval(value);
  return new DuckDBIntervalValue(Number(months), Number(days), micros);
}

const smallest = -(2n ** 63n);
const largest = 2n ** 63n - 1n;
function integer(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value === 'boolean') return undefined;
  if (typeof value === 'string' && value.length < 16 && /^\d+$/.test(value)) return BigInt(Number(value));
  const text = String(value).trim();
  if (!/^[+-]?\d+(\.0*)?$/.test(text)) return undefined;
  const exact = BigInt(text.replace(/\.0*$/, '').replace(/^\+/, ''));
  return exact < smallest || exact > largest ? undefined : exact;
}

function float(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value);
  const text = String(value).trim();
  if (/^[+-]?(inf|infinity)$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const read = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
  return read !== undefined && Number.isFinite(read) ? read : undefined;
}

function boolean(value: unknown): boolean | undefined {
  const text = String(value).trim().toLowerCase();
  if (/^(true|t|yes|y|1)$/.test(text)) return true;
  return /^(false|f|no|n|0)$/.test(text) ? false : undefined;
}

function timestamp(value: unknown, zone: string | undefined): bigint | undefined {
  const text = String(value).trim();
  if (text.length > 13 && text[4] === '-') return timestampMicros(text, zone);
  const epoch = /^-?\d{1,12}(\.\d+)?$/.test(text) ? unscaled(text, 6) : undefined;
  return epoch ?? timestampMicros(text, zone);
}

function decimalReader(field: SchemaField, bad: (message: string) => never): CellReader {
  const narrow = field.precision !== undefined;
  const precision = narrow ? Number(field.precision) : 38;
  const scale = narrow ? Number(field.scale ?? 0) : 9;
  const limit = 10n ** BigInt(precision);
  return (value) => {
    const exact = unscaled(String(value), scale) ?? bad(`Invalid NUMERIC value: ${value}`);
    if (exact >= limit || -exact >= limit)
      bad(
        narrow
          ? `Field ${field.name}: NUMERIC(${precision}, ${scale}) has precision ${precision} and scale ${scale} but got a value that is not in range: ${value}`
          : `Invalid NUMERIC value: ${value}`,
      );
    return new DuckDBDecimalValue(exact, precision, scale);
  };
}
