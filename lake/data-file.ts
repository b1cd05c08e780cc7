import { constants, zstdCompressSync } from 'node:zlib';
import type { ColumnChunk, Encoding, Statistics } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { lowerBound, upperBound } from './bounds.ts';
import { type ColumnValues, checkNames, columnValues } from './column-values.ts';
import type { FileMetrics } from './manifest.ts';
import { parquetSchema, withoutConversions } from './parquet-schema.ts';
import { type Column, columnsOf, type IcebergSchema, type LakeRow } from './schema.ts';
import { textColumn } from './text-column.ts';

export interface EncodedDataFile {
  readonly bytes: Uint8Array;
  readonly recordCount: number;
  readonly splitOffsets: readonly number[];
  readonly metrics: FileMetrics;
}

/** A file is one row group, so that the group's statistics are the file's. At 50–100 bytes a row: 25 MB. */
export const rowsPerFile = 250_000;
const zstdLevel = 3;

/** The writer counts NaN, which the reader's types do not know yet. */
type ChunkStatistics = Statistics & { readonly nan_count?: bigint };

/** Rows to Parquet and its statistics. Pure, so that it can run on another thread. */
export function encodeDataFile(schema: IcebergSchema, rows: readonly LakeRow[]): EncodedDataFile {
  const columns = columnsOf(schema);
  checkNames(columns, rows);
  const schemaOfFile = parquetSchema(columns);
  const parquet = new ParquetWriter({
    writer: new ByteWriter(1 << 16),
    schema: withoutConversions(schemaOfFile),
    codec: 'ZSTD',
    compressors: { ZSTD: compress },
    createdBy: 'orderlake',
  });
  parquet.write({
    columnData: columns.map((column) => ({ name: column.name, ...encoded(column, rows) })),
    rowGroupSize: rowsPerFile,
  });
  const chunks = parquet.row_groups.flatMap((group) => group.columns);
  const metrics = metricsOf(columns, chunks);
  keepDecimalStatistics(columns, chunks);
  parquet.schema = schemaOfFile;
  parquet.finish();
  return {
    bytes: parquet.writer.getBytes(),
    recordCount: rows.length,
    splitOffsets: [startOf(chunks[0])],
    metrics,
  };
}

/** Told that a column is a decimal, the writer would scale statistics that are plain numbers once more. */
function keepDecimalStatistics(columns: readonly Column[], chunks: readonly ColumnChunk[]): void {
  columns.forEach(({ type }, index) => {
    const statistics = chunks[index]?.meta_data?.statistics;
    if (type.kind !== 'decimal' || !statistics) return;
    if (typeof statistics.min_value === 'number') statistics.min_value = BigInt(statistics.min_value);
    if (typeof statistics.max_value === 'number') statistics.max_value = BigInt(statistics.max_value);
  });
}

function compress(page: Uint8Array): Uint8Array {
  return zstdCompressSync(page, { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } });
}

/** Deltas are smaller than plain integers and, for those of 32 bits, faster than looking for a dictionary. */
function encoded(column: Column, rows: readonly LakeRow[]): { data: ColumnValues; encoding?: Encoding } {
  const data = columnValues(column, rows);
  const { kind } = column.type;
  if (kind === 'string') return textColumn(data);
  const integers = ['int', 'long', 'date', 'timestamptz', 'decimal'];
  return integers.includes(kind) ? { data, encoding: 'DELTA_BINARY_PACKED' } : { data };
}

function startOf(chunk: ColumnChunk | undefined): number {
  const meta = chunk?.meta_data;
  return Number(meta?.dictionary_page_offset ?? meta?.data_page_offset ?? 0n);
}

/** The writer's statistics are still in memory, so Iceberg's metrics cost no second pass over the rows. */
function metricsOf(columns: readonly Column[], chunks: readonly ColumnChunk[]): FileMetrics {
  const metrics = {
    columnSizes: new Map<number, number>(),
    valueCounts: new Map<number, number>(),
    nullValueCounts: new Map<number, number>(),
    nanValueCounts: new Map<number, number>(),
    lowerBounds: new Map<number, Uint8Array>(),
    upperBounds: new Map<number, Uint8Array>(),
  };
  columns.forEach(({ id, type }, index) => {
    const meta = chunks[index]?.meta_data;
    if (!meta) return;
    const statistics: ChunkStatistics = meta.statistics ?? {};
    metrics.columnSizes.set(id, Number(meta.total_compressed_size));
    metrics.valueCounts.set(id, Number(meta.num_values));
    metrics.nullValueCounts.set(id, Number(statistics.null_count ?? 0n));
    if (statistics.nan_count !== undefined) metrics.nanValueCounts.set(id, Number(statistics.nan_count));
    const lower = lowerBound(type, asWritten(type, statistics.min_value));
    const upper = upperBound(type, asWritten(type, statistics.max_value));
    if (lower) metrics.lowerBounds.set(id, lower);
    if (upper) metrics.upperBounds.set(id, upper);
  });
  return metrics;
}

/** The bound of text is cut at a character, not at a byte, also where the writer was handed bytes. */
function asWritten({ kind }: Column['type'], value: unknown): unknown {
  return kind === 'string' && value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}
