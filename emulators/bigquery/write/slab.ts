import type { DuckDBValue } from '@duckdb/node-api';

/** Bytes of one value as DuckDB's vectors hold it; text, bytes and wide decimals take 16. */
export type Width = 1 | 2 | 4 | 8 | 16;

/** One column of rows on their way, laid out as a DuckDB vector is, so that it goes there with one copy. */
export interface SlabColumn {
  readonly width: Width;
  readonly buffer: ArrayBuffer;
  readonly i32: Int32Array;
  readonly i16: Int16Array;
  readonly u8: Uint8Array;
  readonly f64: Float64Array;
  /** One bit a row, set where there is a value. */
  readonly valid: Int32Array;
}

/** A value that has no place in the vector's layout; it is set one by one when the chunk is made. */
export interface OddValue {
  readonly column: number;
  readonly row: number;
  readonly value: DuckDBValue;
}

/** Where the bytes of a request lie for DuckDB: text longer than twelve bytes is a pointer there. */
export interface Base {
  readonly low: number;
  readonly high: number;
}

interface Came {
  readonly from: number;
  readonly micros: bigint;
}

export const rowsPerChunk = 2048;

export class Slab {
  readonly capacity: number;
  readonly columns: readonly SlabColumn[];
  /** Of each row's key, two halves. */
  readonly hashes: Int32Array;
  odd: OddValue[] = [];
  /** When the rows came, each from a row on and up to the next. */
  came: Came[] = [];
  rows = 0;

  constructor(widths: readonly Width[], atLeast: number) {
    this.capacity = Math.ceil(atLeast / rowsPerChunk) * rowsPerChunk;
    this.columns = widths.map((width) => slabColumn(width, this.capacity));
    this.hashes = new Int32Array(this.capacity * 2);
  }

  room(): number {
    return this.capacity - this.rows;
  }

  /** Rows from this one on came then. */
  arriving(row: number, micros: bigint): void {
    if (this.came.at(-1)?.micros !== micros) this.came.push({ from: row, micros });
  }

  /** Forgets everything from this row on. */
  truncate(rows: number, written: number): void {
    for (const column of this.columns) for (let row = rows; row < written; row++) setInvalid(column, row);
    if (this.odd.length > 0) this.odd = this.odd.filter((o) => o.row < rows);
    while ((this.came.at(-1)?.from ?? -1) >= rows) this.came.pop();
    this.rows = rows;
  }

  clear(): void {
    for (const { valid } of this.columns) valid.fill(0);
    this.odd = [];
    this.came = [];
    this.rows = 0;
  }

  /** Moves what `from` holds at a row to a row here. */
  take(from: Slab, source: number, target: number): void {
    for (const [i, column] of this.columns.entries()) {
      const other = from.columns[i] as SlabColumn;
      if (!isValid(other, source)) {
        setInvalid(column, target);
        continue;
      }
      copyCell(other, source, column, target);
      setValid(column, target);
    }
    this.hashes[target * 2] = from.hashes[source * 2] as number;
    this.hashes[target * 2 + 1] = from.hashes[source * 2 + 1] as number;
    if (from.odd.length === 0) return;
    // None stays behind: another row may come to its place there.
    const [moved, others] = [
      from.odd.filter((o) => o.row === source),
      from.odd.filter((o) => o.row !== source),
    ];
    from.odd = others;
    for (const odd of moved) this.odd.push({ ...odd, row: target });
  }
}

export const rowsOf = (slabs: readonly Slab[]): number => slabs.reduce((sum, { rows }) => sum + rows, 0);

function slabColumn(width: Width, capacity: number): SlabColumn {
  const buffer = new ArrayBuffer(Math.max(capacity * width, 8));
  return {
    width,
    buffer,
    i32: new Int32Array(buffer),
    i16: new Int16Array(buffer),
    u8: new Uint8Array(buffer),
    f64: new Float64Array(buffer),
    valid: new Int32Array(capacity / 32),
  };
}

/** By words: a view of bytes for each cell costs more than all of its copying. */
function copyCell(from: SlabColumn, source: number, to: SlabColumn, target: number): void {
  const words = to.width >> 2;
  for (let word = 0; word < words; word++)
    to.i32[target * words + word] = from.i32[source * words + word] as number;
  if (to.width === 2) to.i16[target] = from.i16[source] as number;
  else if (to.width === 1) to.u8[target] = from.u8[source] as number;
}

export function setValid(column: SlabColumn, row: number): void {
  column.valid[row >> 5] = (column.valid[row >> 5] as number) | (1 << (row & 31));
}
export function setInvalid(column: SlabColumn, row: number): void {
  column.valid[row >> 5] = (column.valid[row >> 5] as number) & ~(1 << (row & 31));
}
export const isValid = (column: SlabColumn, row: number): boolean =>
  ((column.valid[row >> 5] as number) & (1 << (row & 31))) !== 0;

/**
 * Writes DuckDB's string_t: the length, then either twelve bytes in place (the rest of them zero, they are compared),
 * or the first four and a pointer.
 */
export function putBytes(
  column: SlabColumn,
  row: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  base: Base,
): void {
  const { i32, u8 } = column;
  const at = row * 4;
  i32[at] = length;
  if (length <= 12) {
    i32[at + 1] = 0;
    i32[at + 2] = 0;
    i32[at + 3] = 0;
    for (let i = 0, to = row * 16 + 4; i < length; i++) u8[to + i] = bytes[start + i] as number;
    return;
  }
  i32[at + 1] =
    (bytes[start] as number) |
    ((bytes[start + 1] as number) << 8) |
    ((bytes[start + 2] as number) << 16) |
    ((bytes[start + 3] as number) << 24);
  const low = base.low + start;
  i32[at + 2] = low | 0;
  i32[at + 3] = low >= 4_294_967_296 ? base.high + 1 : base.high;
}
