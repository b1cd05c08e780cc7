import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { LedgerLine } from './ledger.ts';

/** Longer than any line. */
const tailSize = 64 * 1024;
const blockSize = 1024 * 1024;

/** Adds lines to a ledger. Synchronous, so that a line is out of this process before its message is. */
export class LedgerFile {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a+');
    this.dropTornLine();
  }

  add(lines: readonly LedgerLine[]): void {
    if (lines.length === 0) return;
    writeSync(this.file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  }

  /** How many messages it tells of. */
  count(): number {
    const block = Buffer.alloc(blockSize);
    let lines = 0;
    let position = 0;
    for (;;) {
      const length = readSync(this.file, block, 0, blockSize, position);
      if (length === 0) return lines;
      for (let at = block.indexOf(10); at >= 0 && at < length; at = block.indexOf(10, at + 1)) lines++;
      position += length;
    }
  }

  close(): void {
    closeSync(this.file);
  }

  /** A crash may have torn the last line, whose message was then never sent; the next line must not be glued on. */
  private dropTornLine(): void {
    const { size } = fstatSync(this.file);
    const tail = Buffer.alloc(Math.min(size, tailSize));
    readSync(this.file, tail, 0, tail.length, size - tail.length);
    const whole = size - tail.length + tail.lastIndexOf(10) + 1;
    if (whole < size) ftruncateSync(this.file, whole);
  }
}
