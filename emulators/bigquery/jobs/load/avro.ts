import { Readable } from 'node:stream';
import { DuckDBDateValue, DuckDBTimestampValue, DuckDBTimeValue, type DuckDBValue } from '@duckdb/node-api';
import avro from 'avsc';
import { snappyUncompress } from 'hyparquet';
import type { SchemaField } from '../../engine/schema.ts';
import { cellOf, decimalText } from '../../engine/values.ts';
import { BadCell, recordReader } from '../../rows/cells.ts';
import { notServed, SqlError } from '../../sql/sql-error.ts';
import { asKnown } from './known-fields.ts';
import type { BadRow, Configuration, Reading } from './reading.ts';
import { type Source, unpacked } from './sources.ts';

type AvroSchema =
  | string
  | readonly AvroSchema[]
  | {
      readonly type: AvroSchema;
      readonly name?: string;
      readonly logicalType?: string;
      readonly scale?: number;
      readonly items?: AvroSchema;
      readonly values?: AvroSchema;
      readonly fields?: readonly {
        readonly name: string;
        readonly type: AvroSchema;
        readonly doc?: string;
      }[];
    };
interface Column {
  readonly field: SchemaField;
  /** From what avsc reads to what JSON would bring. */
  readonly plain: (value: unknown) => unknown;
}
type Json = Readonly<Record<string, unknown>>;

/** A long is 64 bits wide; avsc's own is a double. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (b: Buffer) => b.readBigInt64LE(),
  toBuffer: (n: bigint) => {
    const b = Buffer.alloc(8);
    b.writeBigInt64LE(n);
    return b;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (n: unknown) => typeof n === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});
/** The hook sees `{ type: 'long', logicalType }` too, where the registry would not. */
export const avroType = (schema: unknown, wrapUnions = false): avro.Type =>
  avro.Type.forSchema(
    schema as avro.Schema,
    {
      wrapUnions,
      typeHook: (s: unknown) =>
        s === 'long' || (typeof s === 'object' && s !== null && 'type' in s && s.type === 'long')
          ? exactLong
          : undefined,
    } as never,
  );

const codecs = {
  null: (data: Buffer, done: (error: Error | null, data?: Buffer) => void) => done(null, data),
  snappy: (data: Buffer, done: (error: Error | null, data?: Buffer) => void) => {
    try {
      // Snappy's own header says how long the text is; Avro puts a checksum of four bytes behind it.
      const body = data.subarray(0, -4);
      const out = new Uint8Array(snappyLength(body));
      snappyUncompress(body, out);
      done(null, Buffer.from(out));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  },
};

function snappyLength(bytes: Uint8Array): number {
  let length = 0;
  for (let i = 0, shift = 0; i < bytes.length; i++, shift += 7) {
    const byte = bytes[i] ?? 0;
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  return length;
}

export async function readAvro(
  sources: readonly Source[],
  known: readonly SchemaField[] | undefined,
  configuration: Configuration,
): Promise<Reading> {
  const [first] = sources;
  if (!first) return { fields: [], rows: nothing() };
  const columns = await columnsOf(first, configuration.useAvroLogicalTypes === true);
  const fields = asKnown(
    columns.map((c) => c.field),
    known,
  );
  return { fields, rows: rows(sources, columns, fields) };
}
async function* nothing(): AsyncGenerator<DuckDBValue[][]> {}

async function decoderOf(source: Source): Promise<avro.streams.BlockDecoder> {
  // avsc brings deflate itself, but only while no codecs are named.
  const { inflateRaw } = await import('node:zlib');
  const decoder = new avro.streams.BlockDecoder({
    parseHook: (schema: avro.Schema) => avroType(schema),
    codecs: { ...codecs, deflate: inflateRaw } as never,
  });
  const input = Readable.from(unpacked(source));
  input.on('error', (error) => decoder.destroy(error));
  input.pipe(decoder);
  return decoder;
}

async function columnsOf(source: Source, logical: boolean): Promise<Column[]> {
  const decoder = await decoderOf(source);
  const schema = await new Promise<AvroSchema>((resolve, reject) => {
    decoder.on('metadata', (_type: unknown, _codec: unknown, header: { meta: Record<string, Buffer> }) =>
      resolve(JSON.parse(String(header.meta['avro.schema'])) as AvroSchema),
    );
    decoder.on('error', reject);
    decoder.on('finish', () => reject(new Error('the file has no Avro header')));
    decoder.resume();
  }).catch((error: Error) => {
    throw notAvro(error);
  });
  decoder.destroy();
  if (typeof schema !== 'object' || !('fields' in schema) || !schema.fields)
    throw new SqlError('The Avro schema is not a record', undefined, 'invalid');
  return schema.fields.map((f) => column(f.name, f.type, logical));
}
const notAvro = (error: Error): SqlError =>
  new SqlError(
    `Error while reading data, error message: The Apache Avro library failed to parse the header: ${error.message}`,
    undefined,
    'invalid',
  );

async function* rows(
  sources: readonly Source[],
  columns: readonly Column[],
  fields: readonly SchemaField[],
): AsyncGenerator<(DuckDBValue[] | BadRow)[]> {
  const read = recordReader(fields, { ignoreUnknown: false, jsonAsText: true });
  for (const source of sources) {
    let batch: (DuckDBValue[] | BadRow)[] = [];
    try {
      for await (const record of await decoderOf(source)) {
        batch.push(oneRow(record as Json, columns, read));
        if (batch.length === 2048) {
          yield batch;
          batch = [];
        }
      }
    } catch (error) {
      throw error instanceof SqlError ? error : notAvro(error as Error);
    }
    yield batch;
  }
}

function oneRow(
  record: Json,
  columns: readonly Column[],
  read: (record: Json) => DuckDBValue[],
): DuckDBValue[] | BadRow {
  try {
    return read(Object.fromEntries(columns.map((c) => [c.field.name, c.plain(record[c.field.name])])));
  } catch (error) {
    if (!(error instanceof BadCell)) throw error;
    return { bad: error.message };
  }
}

const scalars: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  int: 'INTEGER',
  long: 'INTEGER',
  float: 'FLOAT',
  double: 'FLOAT',
  bytes: 'BYTES',
  fixed: 'BYTES',
  string: 'STRING',
  enum: 'STRING',
};

function column(name: string, schema: AvroSchema, logical: boolean): Column {
  if (Array.isArray(schema)) return optional(name, schema, logical);
  if (typeof schema !== 'object' || Array.isArray(schema)) return scalar(name, String(schema));
  const s = schema as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  if (typeof s.type === 'object') return column(name, s.type, logical);
  if (s.logicalType !== undefined && logical) {
    const found = logicalColumn(name, s.logicalType, s.scale ?? 0);
    if (found) return found;
  }
  switch (s.type) {
    case 'record': {
      const inner = (s.fields ?? []).map((f) => column(f.name, f.type, logical));
      return {
        field: { name, type: 'RECORD', mode: 'REQUIRED', fields: inner.map((c) => c.field) },
        plain: (v) =>
          Object.fromEntries(inner.map((c) => [c.field.name, c.plain((v as Json)[c.field.name])])),
      };
    }
    case 'array': {
      const item = column(name, s.items ?? 'null', logical);
      return {
        field: { ...item.field, mode: 'REPEATED' },
        plain: (v) => (v as unknown[]).map(item.plain),
      };
    }
    case 'map': {
      const value = column('value', s.values ?? 'null', logical);
      const key = { name: 'key', type: 'STRING', mode: 'REQUIRED' };
      return {
        field: { name, type: 'RECORD', mode: 'REPEATED', fields: [key, value.field] },
        plain: (v) => Object.entries(v as Json).map(([k, x]) => ({ key: k, value: value.plain(x) })),
      };
    }
    default:
      return scalar(name, s.type);
  }
}

function optional(name: string, branches: readonly AvroSchema[], logical: boolean): Column {
  const present = branches.filter((b) => b !== 'null');
  const [only] = present;
  if (present.length !== 1 || only === undefined)
    throw notServed(`An Avro union of ${present.length} types in the field ${name}`);
  const inner = column(name, only, logical);
  if (inner.field.mode === 'REPEATED') return { ...inner, plain: (v) => (v === null ? [] : inner.plain(v)) };
  return {
    field: { ...inner.field, mode: branches.includes('null') ? 'NULLABLE' : 'REQUIRED' },
    plain: (v) => (v === null ? null : inner.plain(v)),
  };
}

function scalar(name: string, type: string): Column {
  const found = scalars[type];
  if (found === undefined) throw notServed(`The Avro type ${type} of the field ${name}`);
  return { field: { name, type: found, mode: 'REQUIRED' }, plain: (v) => v };
}

function logicalColumn(name: string, logicalType: string, scale: number): Column | undefined {
  const of = (type: string, plain: Column['plain']): Column => ({
    field: { name, type, mode: 'REQUIRED' },
    plain,
  });
  const text = (value: DuckDBValue) => cellOf(value, { kind: 'STRING' }, false);
  const micros = (v: unknown): bigint => BigInt(v as number) * (logicalType.endsWith('-millis') ? 1000n : 1n);
  switch (logicalType) {
    case 'date':
      return of('DATE', (v) => text(new DuckDBDateValue(Number(v))));
    case 'timestamp-millis':
    case 'timestamp-micros':
      return of('TIMESTAMP', (v) => decimalText(micros(v), 6));
    case 'local-timestamp-millis':
    case 'local-timestamp-micros':
      return of('DATETIME', (v) => text(new DuckDBTimestampValue(micros(v))));
    case 'time-millis':
    case 'time-micros':
      return of('TIME', (v) => text(new DuckDBTimeValue(micros(v))));
    case 'decimal':
      return of('NUMERIC', (v) => decimalText(signed(v as Uint8Array), scale));
    default:
      return undefined;
  }
}

function signed(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes).toString('hex');
  return hex === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`));
}
