import { closeSync, openSync, writeSync } from 'node:fs';

const flushAt = 256 * 1024;

export type Cell = string | number | null;

/** A CSV file as the data set has them: texts in quotes, numbers and times without, nothing for null. */
export class CsvOutput {
  rows = 0;
  private readonly file: number;
  private waiting: string[] = [];
  private size = 0;

  constructor(path: string, columns: readonly string[], prefix = '') {
    this.file = openSync(path, 'w');
    this.write(`${prefix}${columns.map((column) => `"${column}"`).join(',')}\n`);
  }

  row(cells: readonly Cell[]): void {
    this.rows++;
    this.write(`${cells.map(cellText).join(',')}\n`);
  }

  /** As it stands: for what other tools wrote. */
  line(text: string): void {
    this.rows++;
    this.write(`${text}\n`);
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private write(text: string): void {
    this.waiting.push(text);
    this.size += text.length;
    if (this.size >= flushAt) this.flush();
  }

  private flush(): void {
    writeSync(this.file, this.waiting.join(''));
    this.waiting = [];
    this.size = 0;
  }
}

/** A number and a time go without quotes, as there. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  return bare.test(cell) ? cell : `"${cell.replaceAll('"', '""')}"`;
}

const bare = /^(\d+\.\d\d|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$/;
