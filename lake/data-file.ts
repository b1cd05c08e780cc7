import { constants, zstdCompressSync } from 'node:zlib';
import { lowerBound, upperBound } from './bounds.ts';
import { checkNames, columnValues } from './column-values.ts';
import type { FileMetrics } from './manifest.ts';
import type { Chunk } from './parquet/chunk.ts';
import { writeParquet } from './parquet/file.ts';
import { parquetColumns } from './parquet-schema.ts';
import { type Column, columnsOf, type IcebergSchema, type LakeRow } from './schema.ts';

export interface EncodedDataFile {
  readonly bytes: Uint8Array;
  readonly recordCount: number;
  readonly splitOffsets: readonly number[];
  readonly metrics: FileMetrics;
}

/** A file is one row group, so that the group's statistics are the file's. At 50–100 bytes a row: 25 MB. */
export const rowsPerFile = 250_000;
/** Of hexadecimal ids, which fill most of a file, level 1 makes less than level 3, and in less time. */
const zstdLevel = 1;

/** Rows to Parquet and its statistics. Pure, so that it can run on another thread. */
export function encodeDataFile(schema: IcebergSchema, rows: readonly LakeRow[]): EncodedDataFile {
  const columns = columnsOf(schema);
  checkNames(columns, rows);
  const { bytes, chunks } = writeParquet(
    parquetColumns(columns),
    rows.length,
    (index) => columnValues(columns[index] as Column, rows),
    compress,
  );
  return {
    bytes,
    recordCount: rows.length,
    splitOffsets: [chunks[0]?.start ?? 0],
    metrics: metricsOf(columns, chunks),
  };
}

function compress(page: Uint8Array): Uint8Array {
  return zstdCompressSync(page, { params: { [constants.ZSTD_c_compressionLevel]: zstdLevel } });
}

/** What the chunks know of their values, so Iceberg's metrics cost no second pass over the rows. */
function metricsOf(columns: readonly Column[], chunks: readonly Chunk[]): FileMetrics {
  const metrics = {
    columnSizes: new Map<number, number>(),
    valueCounts: new Map<number, number>(),
    nullValueCounts: new Map<number, number>(),
    nanValueCounts: new Map<number, number>(),
    lowerBounds: new Map<number, Uint8Array>(),
    upperBounds: new Map<number, Uint8Array>(),
  };
  columns.forEach(({ id, type }, index) => {
    const chunk = chunks[index];
    if (!chunk) return;
    metrics.columnSizes.set(id, chunk.compressedBytes);
    metrics.valueCounts.set(id, chunk.rows);
    metrics.nullValueCounts.set(id, chunk.nulls);
    if (chunk.nans !== undefined) metrics.nanValueCounts.set(id, chunk.nans);
    const lower = lowerBound(type, chunk.range.least);
    const upper = upperBound(type, chunk.range.greatest);
    if (lower) metrics.lowerBounds.set(id, lower);
    if (upper) metrics.upperBounds.set(id, upper);
  });
  return metrics;
}
