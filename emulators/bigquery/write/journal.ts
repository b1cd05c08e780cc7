import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

export interface JournalRecord {
  readonly sequence: number;
  readonly table: string;
  readonly descriptor: Buffer;
  readonly rows: readonly Buffer[];
}

const headBytes = 4;
/** Below this a file that is wholly applied is not worth emptying. */
const emptyFrom = 4 * 1024 * 1024;

/**
 * What was acknowledged and is not yet in its table, as it came. A record is written with one call before the answer
 * goes out: what the kernel has survives the death of this process. A record cut short was never acknowledged.
 */
export class Journal {
  readonly #file: number;
  #size: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
    this.#size = fstatSync(this.#file).size;
  }

  append(record: JournalRecord): void {
    const head = Buffer.from(
      JSON.stringify({
        s: record.sequence,
        t: record.table,
        d: record.descriptor.length,
        r: record.rows.map((r) => r.length),
      }),
    );
    const body = [head, record.descriptor, ...record.rows];
    const lengths = Buffer.alloc(headBytes * 2);
    lengths.writeUInt32LE(head.length, 0);
    lengths.writeUInt32LE(
      body.reduce((sum, part) => sum + part.length, 0),
      headBytes,
    );
    const whole = Buffer.concat([lengths, ...body]);
    this.#size += writeSync(this.#file, whole);
  }

  *read(): Generator<JournalRecord> {
    const bytes = Buffer.alloc(this.#size);
    readSync(this.#file, bytes, 0, this.#size, 0);
    for (let at = 0; at + headBytes * 2 <= bytes.length; ) {
      const start = at + headBytes * 2;
      const headLength = bytes.readUInt32LE(at);
      at = start + bytes.readUInt32LE(at + headBytes);
      if (at > bytes.length) return;
      const head = JSON.parse(bytes.toString('utf8', start, start + headLength)) as {
        s: number;
        t: string;
        d: number;
        r: number[];
      };
      let position = start + headLength;
      const take = (length: number): Buffer => {
        position += length;
        return bytes.subarray(position - length, position);
      };
      yield { sequence: head.s, table: head.t, descriptor: take(head.d), rows: head.r.map(take) };
    }
  }

  /** Everything in it has been applied. */
  empty(force = false): void {
    if (this.#size < emptyFrom && !force) return;
    ftruncateSync(this.#file, 0);
    this.#size = 0;
  }

  close(): void {
    closeSync(this.#file);
  }
}
