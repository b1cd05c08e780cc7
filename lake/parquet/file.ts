import { Bytes } from './bytes.ts';
import { type Chunk, type ChunkValues, type Compress, writeChunk } from './chunk.ts';
import { type StructWriter, writeStruct } from './compact.ts';
import {
  type ConvertedType,
  convertedTypes,
  encodings,
  type PhysicalType,
  pageTypes,
  physicalTypes,
  zstdCodec,
} from './format.ts';
import { storedBounds } from './stored-bounds.ts';

/** One leaf of a flat schema. */
export interface ParquetColumn {
  readonly name: string;
  /** What Iceberg's readers find the column by. */
  readonly fieldId: number;
  readonly type: PhysicalType;
  readonly required: boolean;
  /** The older way to say what the values mean, which DuckDB goes by. */
  readonly converted?: ConvertedType;
  readonly decimal?: { readonly precision: number; readonly scale: number };
}

export interface ParquetFile {
  readonly bytes: Uint8Array;
  readonly chunks: readonly Chunk[];
}

interface Written {
  readonly column: ParquetColumn;
  readonly chunk: Chunk;
}

const magic = Buffer.from('PAR1');
const repetition = { required: 0, optional: 1 } as const;

/** A file of one row group: so its statistics are the file's. */
export function writeParquet(
  columns: readonly ParquetColumn[],
  rows: number,
  valuesOf: (index: number) => ChunkValues,
  compress: Compress,
): ParquetFile {
  const file = new Bytes(1 << 16);
  file.append(magic);
  const written = columns.map(
    (column, index): Written => ({
      column,
      chunk: writeChunk(file, column, valuesOf(index), compress),
    }),
  );
  const footerStart = file.length;
  writeStruct(file, (footer) => writeFooter(footer, written, rows));
  file.uint32(file.length - footerStart);
  file.append(magic);
  return { bytes: file.written(), chunks: written.map(({ chunk }) => chunk) };
}

function writeFooter(footer: StructWriter, written: readonly Written[], rows: number): void {
  footer.i32(1, 2);
  footer.structs(2, [undefined, ...written.map(({ column }) => column)], (element, column) => {
    if (column) writeLeaf(element, column);
    else {
      element.binary(4, 'table');
      element.i32(5, written.length);
    }
  });
  footer.i64(3, rows);
  footer.structs(4, rows === 0 ? [] : [written], (group, chunks) => {
    group.structs(1, chunks, writeColumnChunk);
    group.i64(2, sum(chunks.map(({ chunk }) => chunk.uncompressedBytes)));
    group.i64(3, rows);
    group.i64(5, chunks[0]?.chunk.start ?? 0);
    group.i64(6, sum(chunks.map(({ chunk }) => chunk.compressedBytes)));
  });
  footer.binary(6, 'orderlake');
  // Without it readers leave the bounds of text alone: long ago they were written in another order.
  footer.structs(7, written, (order) => order.struct(1, () => undefined));
}

function writeLeaf(element: StructWriter, column: ParquetColumn): void {
  element.i32(1, physicalTypes[column.type]);
  element.i32(3, column.required ? repetition.required : repetition.optional);
  element.binary(4, column.name);
  if (column.converted !== undefined) element.i32(6, convertedTypes[column.converted]);
  if (column.decimal) {
    element.i32(7, column.decimal.scale);
    element.i32(8, column.decimal.precision);
  }
  element.i32(9, column.fieldId);
  if (column.converted !== undefined) element.struct(10, (logical) => writeLogicalType(logical, column));
}

function writeLogicalType(logical: StructWriter, { converted, decimal }: ParquetColumn): void {
  switch (converted) {
    case 'UTF8':
      logical.struct(1, () => undefined);
      break;
    case 'DECIMAL':
      logical.struct(5, (type) => {
        type.i32(1, decimal?.scale ?? 0);
        type.i32(2, decimal?.precision ?? 0);
      });
      break;
    case 'DATE':
      logical.struct(6, () => undefined);
      break;
    case 'TIMESTAMP_MICROS':
      logical.struct(8, (type) => {
        type.bool(1, true);
        type.struct(2, (unit) => unit.struct(2, () => undefined));
      });
      break;
  }
}

function writeColumnChunk(entry: StructWriter, { column, chunk }: Written): void {
  entry.i64(2, chunk.start);
  entry.struct(3, (meta) => {
    meta.i32(1, physicalTypes[column.type]);
    const dictionary = chunk.hasDictionary ? [encodings.PLAIN] : [];
    meta.i32s(2, [...dictionary, encodings.RLE, encodings[chunk.encoding]]);
    meta.texts(3, [column.name]);
    meta.i32(4, zstdCodec);
    meta.i64(5, chunk.rows);
    meta.i64(6, chunk.uncompressedBytes);
    meta.i64(7, chunk.compressedBytes);
    meta.i64(9, chunk.dataPageStart);
    if (chunk.hasDictionary) meta.i64(11, chunk.start);
    meta.struct(12, (statistics) => {
      statistics.i64(3, chunk.nulls);
      const bounds = storedBounds(column.type, chunk.range);
      if (!bounds) return;
      statistics.binary(5, bounds.greatest);
      statistics.binary(6, bounds.least);
    });
    // Says that the dictionary has every value, so that readers may skip by it.
    const data = { type: pageTypes.DATA_V2, encoding: encodings[chunk.encoding], count: chunk.pages };
    const first = { type: pageTypes.DICTIONARY, encoding: encodings.PLAIN, count: 1 };
    meta.structs(13, chunk.hasDictionary ? [first, data] : [data], (stats, { type, encoding, count }) => {
      stats.i32(1, type);
      stats.i32(2, encoding);
      stats.i32(3, count);
    });
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
