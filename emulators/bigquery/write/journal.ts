import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

export interface JournalRecord {
  readonly sequence: number;
  readonly table: string;
  readonly descriptor: Buffer;
  /** One stretch of bytes, and where in it each row begins and ends. */
  readonly bytes: Buffer;
  readonly ranges: readonly number[];
  /** Columns that rows left out and that get their default. */
  readonly defaults: readonly string[];
  /** Where the rows stand in a stream with offsets. */
  readonly stream?: { readonly name: string; readonly offset: number };
}

/** Its names are short: one is written with every request. */
interface Head {
  s: number;
  t: string;
  d: number;
  r: number[];
  m?: readonly string[];
  n?: string;
  o?: number;
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
    this.#write(encodeRecord(record));
  }

  /** A full disk may take a part; the answer must not go out before the rest is written. */
  #write(whole: Buffer): void {
    for (let written = 0; written < whole.length; ) written += writeSync(this.#file, whole, written);
    this.#size += whole.length;
  }

  *read(): Generator<JournalRecord> {
    const bytes = Buffer.alloc(this.#size);
    readSync(this.#file, bytes, 0, this.#size, 0);
    for (let at = 0; ; ) {
      const found = decodeRecord(bytes, at);
      if (!found) return;
      yield found.record;
      at = found.end;
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

export function encodeRecord(record: JournalRecord): Buffer {
  const { sequence, table, descriptor, bytes, ranges, defaults, stream } = record;
  const start = ranges[0] ?? 0;
  const body = bytes.subarray(start, ranges.at(-1) ?? 0);
  const head = Buffer.from(
    JSON.stringify({
      s: sequence,
      t: table,
      d: descriptor.length,
      r: ranges.map((at) => at - start),
      ...(defaults.length > 0 && { m: defaults }),
      ...(stream && { n: stream.name, o: stream.offset }),
    } satisfies Head),
  );
  const lengths = Buffer.alloc(headBytes * 2);
  lengths.writeUInt32LE(head.length, 0);
  lengths.writeUInt32LE(head.length + descriptor.length + body.length, headBytes);
  return Buffer.concat([lengths, head, descriptor, body]);
}

/** Undefined where no whole record begins. */
export function decodeRecord(bytes: Buffer, at: number): { record: JournalRecord; end: number } | undefined {
  const start = at + headBytes * 2;
  if (start > bytes.length) return undefined;
  const headEnd = start + bytes.readUInt32LE(at);
  const end = start + bytes.readUInt32LE(at + headBytes);
  if (end > bytes.length) return undefined;
  const head = JSON.parse(bytes.toString('utf8', start, headEnd)) as Head;
  const rowsStart = headEnd + head.d;
  const record = {
    sequence: head.s,
    table: head.t,
    descriptor: bytes.subarray(headEnd, rowsStart),
    bytes: bytes.subarray(rowsStart, end),
    ranges: head.r,
    defaults: head.m ?? [],
    ...(head.n !== undefined && { stream: { name: head.n, offset: head.o ?? 0 } }),
  };
  return { record, end };
}
