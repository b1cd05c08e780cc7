import { BIGINT, type DuckDBDataChunk, type DuckDBType, type DuckDBValue, INTEGER } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { rowsPerChunk, type Slab, type SlabColumn } from './slab.ts';

/** What stands in a column of a chunk: a column of the slab, nothing, or what only the merge needs. */
export type Source = number | 'nothing' | 'hash' | 'arrival' | 'came' | Always;
/** A column of the database alone, the same in all rows: when they came. */
export interface Always {
  readonly micros: bigint;
}
export interface Target {
  readonly types: readonly DuckDBType[];
  readonly sources: readonly Source[];
}
/** Of lists and structures a vector holds no plain value that could be copied. */
const composed = /^(LIST|STRUCT|MAP|ARRAY|UNION)/;

/** `make` may give the chunk before again, once that was emptied. */
export function* chunksOf(
  slab: Slab,
  target: Target,
  firstArrival: number,
  make: () => DuckDBDataChunk,
): Generator<DuckDBDataChunk> {
  for (let from = 0; from < slab.rows; from += rowsPerChunk) {
    const rows = Math.min(rowsPerChunk, slab.rows - from);
    const chunk = make();
    chunk.rowCount = rows;
    for (const [i, source] of target.sources.entries()) {
      const vector = duckdb.data_chunk_get_vector(chunk.chunk, i);
      if (source === 'hash')
        duckdb.copy_data_to_vector(vector, 0, slab.hashes.buffer as ArrayBuffer, from * 8, rows * 8);
      else if (source === 'arrival') {
        const arrivals = Int32Array.from({ length: rows }, (_, row) => firstArrival + from + row);
        duckdb.copy_data_to_vector(vector, 0, arrivals.buffer, 0, rows * 4);
      } else if (source === 'came') {
        const times = cameAt(slab, from, rows);
        duckdb.copy_data_to_vector(vector, 0, times.buffer as ArrayBuffer, 0, rows * 8);
      } else if (typeof source === 'object') {
        const same = new BigInt64Array(rows).fill(source.micros);
        duckdb.copy_data_to_vector(vector, 0, same.buffer, 0, rows * 8);
      } else if (source === 'nothing') copyValidity(vector, new ArrayBuffer(rowsPerChunk / 8), 0, rows);
      else if (composed.test(String(target.types[i])))
        chunk.setColumnValues(i, oddValues(slab, source, from, rows));
      else copyColumn(vector, slab.columns[source] as SlabColumn, from, rows);
    }
    setOddValues(chunk, slab, target, from, rows);
    yield chunk;
  }
}

function cameAt({ came }: Slab, first: number, rows: number): BigInt64Array {
  const times = new BigInt64Array(rows);
  for (const { from, micros } of came) if (from < first + rows) times.fill(micros, Math.max(0, from - first));
  return times;
}

function copyColumn(vector: duckdb.Vector, column: SlabColumn, from: number, rows: number): void {
  const { width, buffer, valid } = column;
  duckdb.copy_data_to_vector(vector, 0, buffer, from * width, rows * width);
  copyValidity(vector, valid.buffer as ArrayBuffer, from / 8, rows);
}

function copyValidity(vector: duckdb.Vector, bits: ArrayBuffer, from: number, rows: number): void {
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, bits, from, Math.ceil(rows / 8));
}

function oddValues(slab: Slab, column: number, from: number, rows: number): DuckDBValue[] {
  const values = new Array<DuckDBValue>(rows).fill(null);
  for (const odd of slab.odd)
    if (odd.column === column && odd.row >= from && odd.row < from + rows) values[odd.row - from] = odd.value;
  return values;
}

function setOddValues(chunk: DuckDBDataChunk, slab: Slab, target: Target, from: number, rows: number): void {
  if (slab.odd.length === 0) return;
  const touched = new Set<number>();
  const places = new Map(target.sources.map((source, i) => [source, i]));
  for (const { column, row, value } of slab.odd) {
    const i = places.get(column);
    if (i === undefined || row < from || row >= from + rows || composed.test(String(target.types[i])))
      continue;
    chunk.getColumnVector(i).setItem(row - from, value as never);
    touched.add(i);
  }
  for (const i of touched) chunk.getColumnVector(i).flush();
}

export const hashType = BIGINT;
export const arrivalType = INTEGER;
