import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { DefectError, InputError } from '../runtime/index.ts';
import type { Column, LakeValue } from './schema.ts';

/** The rows of one Parquet file, a row group at a time. Columns that the file does not have are null. */
export async function* readDataFile(
  bytes: Uint8Array,
  columns: readonly Column[],
): AsyncGenerator<Record<string, LakeValue>, void, undefined> {
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const footer = parquetMetadata(buffer);
  const byId = new Map(footer.schema.map((element) => [element.field_id, element]));
  const present = columns.flatMap((column) => {
    const element = byId.get(column.id);
    return element ? [{ column, inFile: element.name, read: converter(column, element) }] : [];
  });
  const missing = columns.filter(({ id }) => !byId.has(id));
  const metadata = { ...footer, schema: withoutConversions(footer.schema) };
  let rowStart = 0;
  for (const group of footer.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await parquetReadObjects({
      file: { byteLength: buffer.byteLength, slice: (start, end) => buffer.slice(start, end) },
      metadata,
      columns: present.map(({ inFile }) => inFile),
      rowStart,
      rowEnd,
      utf8: false,
      compressors: { ZSTD: unpack(zstdDecompressSync), GZIP: unpack(gunzipSync) },
    });
    for (const raw of rows) {
      const row: Record<string, LakeValue> = {};
      for (const { column, inFile, read } of present) {
        const value: unknown = raw[inFile];
        row[column.name] = value === null || value === undefined ? null : read(value);
      }
      for (const { name } of missing) row[name] = null;
      yield row;
    }
    rowStart = rowEnd;
  }
}

/**
 * The schema to hand to hyparquet, which then gives the stored integers as they are. Told the types, it would turn decimals into doubles, scaling them, and instants into milliseconds.
 */
function withoutConversions(schema: readonly SchemaElement[]): SchemaElement[] {
  return schema.map((element) => {
    const { converted_type: converted, logical_type: logical, ...stored } = element;
    return converted === 'UTF8' || logical?.type === 'STRING'
      ? { ...stored, converted_type: 'UTF8' }
      : stored;
  });
}

function unpack(decompress: (page: Uint8Array) => Buffer): (page: Uint8Array) => Uint8Array {
  return (page) => decompress(page);
}

function converter(column: Column, element: SchemaElement): (value: unknown) => LakeValue {
  const { name, type } = column;
  const refused = (value: unknown) =>
    new DefectError(`column ${name} cannot be read`, { expected: type.kind, got: typeof value });
  if (type.kind === 'timestamptz' && !inMicros(element)) {
    throw new InputError(`column ${name} is stored in a unit that is not supported`, {
      expected: 'microseconds',
      got: JSON.stringify(element.logical_type ?? element.converted_type ?? element.type),
    });
  }
  return (value) => {
    if (typeof value === 'bigint') {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    if (value instanceof Uint8Array) return type.kind === 'decimal' ? signedBigEndian(value) : value;
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
    throw refused(value);
  };
}

function inMicros({ logical_type: logical, converted_type: converted }: SchemaElement): boolean {
  return converted === 'TIMESTAMP_MICROS' || (logical?.type === 'TIMESTAMP' && logical.unit === 'MICROS');
}

/** Other writers store decimals as bytes. */
function signedBigEndian(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(bytes.length * 8, value);
  const number = Number(signed);
  return Number.isSafeInteger(number) ? number : signed;
}
