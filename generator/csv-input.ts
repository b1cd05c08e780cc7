import { createReadStream } from 'node:fs';
import { codeOf, gunzipped } from '../runtime/index.ts';
import type { BytesRead } from './bytes-read.ts';

/** A row, or what stands where a row should be. */
export interface CsvRow {
  /** Of its first character, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** The end of the file came in the middle of it, or a quote was never closed. */
  readonly torn: boolean;
}

/** No row of these files is longer; a quote that is not closed by then never will be. */
const longestRow = 64 * 1024;
const newline = '\n';

/**
 * The rows of a CSV file, plain or gzipped, some hundred at a time: quoted cells may hold line breaks, a byte order
 * mark is dropped, and a quote that nobody closed costs its own line and not the rest of the file. Holds one piece
 * of the file in memory, whatever its size.
 */
export async function* csvRows(path: string, read?: BytesRead): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder();
  const cutter = new RowCutter();
  try {
    for await (const piece of gunzipped(piecesOf(path, read)))
      yield cutter.rows(decoder.decode(piece, { stream: true }));
  } catch (error) {
    // A download that broke off: what came before it is good.
    if (codeOf(error) !== 'Z_BUF_ERROR') throw error;
    yield [...cutter.rows(decoder.decode()), ...cutter.end(true)];
    return;
  }
  yield [...cutter.rows(decoder.decode()), ...cutter.end(false)];
}

async function* piecesOf(path: string, read: BytesRead | undefined): AsyncGenerator<Uint8Array> {
  for await (const piece of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    read?.add(piece.length);
    yield piece;
  }
}

class RowCutter {
  private rest = '';
  private line = 1;

  rows(text: string): CsvRow[] {
    const all = this.rest + text;
    const rows: CsvRow[] = [];
    let at = 0;
    for (;;) {
      const end = rowEnd(all, at);
      if (end === undefined && all.length - at <= longestRow) break;
      // A quote without end: its line is lost, the next one may be good.
      const lost = end === undefined || end - at > longestRow;
      const cut = lost ? all.indexOf(newline, at) : end;
      if (cut < 0) break;
      const row = this.row(all.slice(at, cut), lost);
      if (row !== undefined) rows.push(row);
      at = cut + 1;
    }
    this.rest = all.slice(at);
    return rows;
  }

  /** What stands after the last line break. */
  end(torn: boolean): CsvRow[] {
    const rest = this.rest;
    this.rest = '';
    const row = this.row(rest, torn || quotesIn(rest) % 2 === 1);
    return row === undefined ? [] : [row];
  }

  private row(text: string, torn: boolean): CsvRow | undefined {
    const line = this.line;
    for (let at = text.indexOf(newline); at >= 0; at = text.indexOf(newline, at + 1)) this.line++;
    this.line++;
    const bare = text.endsWith('\r') ? text.slice(0, -1) : text;
    const whole = line === 1 && bare.startsWith('\ufeff') ? bare.slice(1) : bare;
    return whole === '' ? undefined : { line, cells: torn ? [whole] : cellsOf(whole), torn };
  }
}

/** Where the row that begins at `at` ends; undefined: not in this text. */
function rowEnd(text: string, at: number): number | undefined {
  let end = text.indexOf(newline, at);
  let quote = text.indexOf('"', at);
  // Nearly all rows of a large file have no quote.
  if (end < 0) return undefined;
  if (quote < 0 || quote > end) return end;
  let quotes = 0;
  while (end >= 0) {
    while (quote >= 0 && quote < end) {
      quotes++;
      quote = text.indexOf('"', quote + 1);
    }
    if (quotes % 2 === 0) return end;
    end = text.indexOf(newline, end + 1);
  }
  return undefined;
}

function quotesIn(text: string): number {
  return text.split('"').length - 1;
}

function cellsOf(row: string): string[] {
  if (!row.includes('"')) return row.split(',');
  const cells: string[] = [];
  let at = 0;
  while (at <= row.length) {
    if (row[at] !== '"') {
      const end = row.indexOf(',', at);
      cells.push(row.slice(at, end < 0 ? row.length : end));
      if (end < 0) break;
      at = end + 1;
      continue;
    }
    let end = row.indexOf('"', at + 1);
    while (end >= 0 && row[end + 1] === '"') end = row.indexOf('"', end + 2);
    const close = end < 0 ? row.length : end;
    cells.push(row.slice(at + 1, close).replaceAll('""', '"'));
    const comma = row.indexOf(',', close);
    if (comma < 0) break;
    at = comma + 1;
  }
  return cells;
}
