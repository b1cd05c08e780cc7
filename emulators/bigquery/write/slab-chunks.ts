import { BIGINT, type DuckDBDataChunk, type DuckDBType, type DuckDBValue, INTEGER } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { rowsPerChunk, type Slab, type SlabColumn } from './slab.ts';

/** What stands in a column of a chunk: a column of the slab, nothing, or what only the merge needs. */
export type Source = number | 'nothing' | 'hash' | 'arrival' | 'came' | Always;
/** A column of the database alone, the same in all rows: when they came. */
export interface Always {
  readonly micros: bigint;
}
/** What the columns of a chunk are filled with; `arrival` is the place of its first row among all that come together. */
export interface Filling {
  readonly types: readonly DuckDBType[];
  readonly sources: readonly Source[];
  readonly arrival: number;
}
/** Of lists and structures a vector holds no plain value that could be copied. */
const composed = /^(LIST|STRUCT|MAP|ARRAY|UNION)/;

/** With the rows of the slab from this one on, as many as a chunk takes. */
export function fill(chunk: DuckDBDataChunk, slab: Slab, from: number, filling: Filling): void {
  const rows = Math.min(rowsPerChunk, slab.rows - from);
  chunk.rowCount = rows;
  for (const [i, source] of filling.sources.entries()) {
    if (typeof source === 'number' && composed.test(String(filling.types[i])))
      chunk.setColumnValues(i, oddValues(slab, source, from, rows));
    else fillColumn(duckdb.data_chunk_get_vector(chunk.chunk, i), source, slab, from, rows, filling.arrival);
  }
  setOddValues(chunk, slab, filling, from, rows);
}

function fillColumn(
  vector: duckdb.Vector,
  source: Source,
  slab: Slab,
  from: number,
  rows: number,
  arrival: number,
): void {
  if (source === 'nothing') copyValidity(vector, new ArrayBuffer(rowsPerChunk / 8), 0, rows);
  else if (typeof source === 'number') copyColumn(vector, slab.columns[source] as SlabColumn, from, rows);
  else if (source === 'hash')
    duckdb.copy_data_to_vector(vector, 0, slab.hashes.buffer as ArrayBuffer, from * 8, rows * 8);
  else {
    const made =
      source === 'arrival'
        ? Int32Array.from({ length: rows }, (_, row) => arrival + row)
        : source === 'came'
          ? cameAt(slab, from, rows)
          : new BigInt64Array(rows).fill(source.micros);
    duckdb.copy_data_to_vector(vector, 0, made.buffer as ArrayBuffer, 0, made.byteLength);
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

function setOddValues(
  chunk: DuckDBDataChunk,
  slab: Slab,
  { types, sources }: Filling,
  from: number,
  rows: number,
): void {
  if (slab.odd.length === 0) return;
  const touched = new Set<number>();
  const places = new Map(sources.map((source, i) => [source, i]));
  for (const { column, row, value } of slab.odd) {
    const i = places.get(column);
    if (i === undefined || row < from || row >= from + rows || composed.test(String(types[i]))) continue;
    chunk.getColumnVector(i).setItem(row - from, value as never);
    touched.add(i);
  }
  for (const i of touched) chunk.getColumnVector(i).flush();
}

export const hashType = BIGINT;
export const arrivalType = INTEGER;
