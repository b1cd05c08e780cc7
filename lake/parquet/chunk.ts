import { packedRun, repeatedRun } from './bit-packing.ts';
import { Bytes } from './bytes.ts';
import { writeStruct } from './compact.ts';
import { type Encoder, encoderFor, type Values } from './encoder.ts';
import { type Encoding, encodings, type PhysicalType, pageTypes } from './format.ts';
import type { Range } from './range.ts';

/** What a reader decodes at once. */
const rowsPerPage = 20_000;

export interface ChunkColumn {
  readonly type: PhysicalType;
  readonly required: boolean;
}

/** A column of one row group as it was written. */
export interface Chunk {
  readonly encoding: Encoding;
  readonly rows: number;
  readonly nulls: number;
  readonly nans: number | undefined;
  readonly range: Range<unknown>;
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
  readonly start: number;
  readonly dataPageStart: number;
  readonly hasDictionary: boolean;
  readonly pages: number;
}

export interface ChunkValues {
  readonly rows: number;
  /** Null left out. */
  readonly values: Values;
  /** 1 for each row that has a value, 0 for each that is null; undefined where none is. */
  readonly present: Uint8Array | undefined;
}

export type Compress = (page: Uint8Array) => Uint8Array;

export function writeChunk(
  file: Bytes,
  { type, required }: ChunkColumn,
  { rows, values, present }: ChunkValues,
  compress: Compress,
): Chunk {
  const start = file.length;
  const encoder = encoderFor(type, values);
  let uncompressedBytes = dictionaryPage(file, encoder, compress);
  const dataPageStart = file.length;
  let done = 0;
  for (let row = 0; row < rows; row += rowsPerPage) {
    const end = Math.min(row + rowsPerPage, rows);
    const count = present ? countOf(present, row, end) : end - row;
    const levels = required ? new Uint8Array(0) : definitionLevels(present, row, end);
    const page = {
      rows: end - row,
      nulls: end - row - count,
      levels,
      body: encoder.page(done, done + count),
    };
    uncompressedBytes += dataPage(file, encodings[encoder.encoding], page, compress);
    done += count;
  }
  return {
    encoding: encoder.encoding,
    rows,
    nulls: rows - values.length,
    nans: encoder.nans,
    range: encoder.range,
    uncompressedBytes,
    compressedBytes: file.length - start,
    start,
    dataPageStart,
    hasDictionary: encoder.dictionary !== undefined,
    pages: Math.ceil(rows / rowsPerPage),
  };
}

/** Whether each row has a value: one bit each, or one run where all are alike. */
function definitionLevels(present: Uint8Array | undefined, from: number, to: number): Uint8Array {
  const out = new Bytes((to - from) / 8 + 8);
  if (present) packedRun(out, present, from, to, 1);
  else repeatedRun(out, 1, to - from);
  return out.written();
}

function countOf(present: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let row = from; row < to; row++) count += present[row] ?? 0;
  return count;
}

/** @returns the bytes that it would have taken without compression */
function dictionaryPage(file: Bytes, { dictionary }: Encoder, compress: Compress): number {
  if (!dictionary) return 0;
  const body = compress(dictionary.bytes);
  const start = file.length;
  writeStruct(file, (header) => {
    header.i32(1, pageTypes.DICTIONARY);
    header.i32(2, dictionary.bytes.length);
    header.i32(3, body.length);
    header.struct(7, (of) => {
      of.i32(1, dictionary.count);
      of.i32(2, encodings.PLAIN);
    });
  });
  const head = file.length - start;
  file.append(body);
  return head + dictionary.bytes.length;
}

interface DataPage {
  readonly rows: number;
  readonly nulls: number;
  readonly levels: Uint8Array;
  readonly body: Uint8Array;
}

function dataPage(
  file: Bytes,
  encoding: number,
  { rows, nulls, levels, body }: DataPage,
  compress: Compress,
): number {
  const packed = compress(body);
  // A page may say that it is not compressed; a small one often is the smaller for it.
  const isSmaller = packed.length < body.length;
  const written = isSmaller ? packed : body;
  const start = file.length;
  writeStruct(file, (header) => {
    header.i32(1, pageTypes.DATA_V2);
    header.i32(2, levels.length + body.length);
    header.i32(3, levels.length + written.length);
    header.struct(8, (of) => {
      of.i32(1, rows);
      of.i32(2, nulls);
      of.i32(3, rows);
      of.i32(4, encoding);
      of.i32(5, levels.length);
      of.i32(6, 0);
      of.bool(7, isSmaller);
    });
  });
  const head = file.length - start;
  file.append(levels);
  file.append(written);
  return head + levels.length + body.length;
}
