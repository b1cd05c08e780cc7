import { randomBytes } from 'node:crypto';
import type { DuckDBValue } from '@duckdb/node-api';
import {
  type DuckDBBlobValue,
  type DuckDBDateValue,
  type DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructValue,
  type DuckDBTimestampTZValue,
  type DuckDBTimestampValue,
  type DuckDBTimeValue,
} from '@duckdb/node-api';
import avro from 'avsc';
import { fieldType, type SchemaField } from '../../engine/schema.ts';
import { cellOf } from '../../engine/values.ts';
import { bigNumericValue } from '../../sql/native/bignumerics.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { scalarKind } from '../../sql/types.ts';
import { avroType } from '../load/avro.ts';
import type { Rows } from './text-files.ts';

interface Column {
  readonly schema: unknown;
  readonly value: (v: DuckDBValue) => unknown;
}

/** An object container file in the service's shape: NULLABLE is a union with null, times are text unless logical types are asked for. */
export function avroFile({ fields, rows }: Rows, logical: boolean, compression: string): Promise<Uint8Array> {
  const codec = { NONE: 'null', DEFLATE: 'deflate' }[compression.toUpperCase()];
  if (codec === undefined)
    throw new SqlError(
      `An Avro file with the compression ${compression} is not supported by the emulator`,
      undefined,
      'invalid',
    );
  let serial = 0;
  const unique = (): string => `Record${++serial}`;
  const columns = fields.map((f) => column(f, logical, unique));
  const schema = {
    type: 'record',
    name: 'Root',
    fields: columns.map((c, i) => ({ name: fields[i]?.name, type: c.schema })),
  };
  return new Promise((resolve, reject) => {
    const sync = randomBytes(16);
    const encoder = new avro.streams.BlockEncoder(avroType(schema, true), {
      codec,
      writeHeader: 'never',
      syncMarker: sync,
    } as never);
    const parts: Buffer[] = [header(schema, codec, sync)];
    encoder.on('data', (part: Buffer) => parts.push(part));
    encoder.on('end', () => resolve(Buffer.concat(parts)));
    encoder.on('error', reject);
    for (const row of rows)
      encoder.write(
        Object.fromEntries(columns.map((c, i) => [fields[i]?.name ?? '', c.value(row[i] ?? null)])),
      );
    encoder.end();
  });
}

/** Written here, since avsc's own would have forgotten the logical types. */
function header(schema: object, codec: string, sync: Buffer): Buffer {
  const type = avro.Type.forSchema({
    type: 'record',
    name: 'Header',
    fields: [
      { name: 'magic', type: { type: 'fixed', name: 'Magic', size: 4 } },
      { name: 'meta', type: { type: 'map', values: 'bytes' } },
      { name: 'sync', type: { type: 'fixed', name: 'Sync', size: 16 } },
    ],
  });
  const meta = { 'avro.schema': Buffer.from(JSON.stringify(schema)), 'avro.codec': Buffer.from(codec) };
  return type.toBuffer({ magic: Buffer.from('Obj\u0001', 'latin1'), meta, sync });
}

function column(field: SchemaField, logical: boolean, unique: () => string): Column {
  const mode = field.mode?.toUpperCase();
  if (mode === 'REPEATED') {
    const item = column({ ...field, mode: 'REQUIRED' }, logical, unique);
    return {
      schema: { type: 'array', items: item.schema },
      value: (v) => (v instanceof DuckDBListValue ? v.items.map((i) => item.value(i)) : []),
    };
  }
  const present = /^(RECORD|STRUCT)$/i.test(field.type)
    ? record(field, logical, unique)
    : scalar(field, logical);
  if (mode === 'REQUIRED') return present;
  // Wrapped, since avsc cannot tell by its look which branch a bigint is of.
  const branch = branchName(present.schema);
  return {
    schema: ['null', present.schema],
    value: (v) => (v === null ? null : { [branch]: present.value(v) }),
  };
}

function branchName(schema: unknown): string {
  if (typeof schema === 'string') return schema;
  const { type, name } = schema as { type: string; name?: string };
  return name ?? type;
}

function record(field: SchemaField, logical: boolean, unique: () => string): Column {
  const fields = field.fields ?? [];
  const columns = fields.map((f) => column(f, logical, unique));
  return {
    schema: {
      type: 'record',
      name: unique(),
      fields: columns.map((c, i) => ({ name: fields[i]?.name, type: c.schema })),
    },
    value: (v) => {
      const entries = v instanceof DuckDBStructValue ? Object.values(v.entries) : [];
      return Object.fromEntries(columns.map((c, i) => [fields[i]?.name ?? '', c.value(entries[i] ?? null)]));
    },
  };
}

function scalar(field: SchemaField, logical: boolean): Column {
  const kind = scalarKind(field.type);
  const long = (logicalType: string, micros: (v: DuckDBValue) => bigint): Column => ({
    schema: { type: 'long', logicalType },
    value: micros,
  });
  switch (kind) {
    case 'INT64':
      return { schema: 'long', value: (v) => v };
    case 'FLOAT64':
      return { schema: 'double', value: (v) => v };
    case 'BOOL':
      return { schema: 'boolean', value: (v) => v };
    case 'BYTES':
      return { schema: 'bytes', value: (v) => Buffer.from((v as DuckDBBlobValue).bytes) };
    case 'NUMERIC':
      return {
        schema: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 9 },
        value: (v) => {
          const decimal = v as DuckDBDecimalValue;
          return signedBytes(decimal.value * 10n ** BigInt(9 - decimal.scale));
        },
      };
    case 'BIGNUMERIC':
      return {
        schema: { type: 'bytes', logicalType: 'decimal', precision: 77, scale: 38 },
        value: (v) => signedBytes(bigNumericValue((v as DuckDBBlobValue).bytes)),
      };
    case 'TIMESTAMP':
      return long('timestamp-micros', (v) => (v as DuckDBTimestampTZValue).micros);
  }
  if (logical && kind === 'DATE')
    return { schema: { type: 'int', logicalType: 'date' }, value: (v) => (v as DuckDBDateValue).days };
  if (logical && kind === 'TIME') return long('time-micros', (v) => (v as DuckDBTimeValue).micros);
  if (logical && kind === 'DATETIME')
    return long('local-timestamp-micros', (v) => (v as DuckDBTimestampValue).micros);
  return { schema: 'string', value: (v) => cellOf(v, fieldType(field), true) };
}

/** Two's complement, big end first, as short as it can be. */
function signedBytes(value: bigint): Buffer {
  let length = 1;
  while (value !== BigInt.asIntN(length * 8, value)) length += 1;
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}
