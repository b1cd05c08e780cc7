import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ObjectHistory } from '../records.ts';

/** Below this many lines rewriting the log is not worth its while. */
const fewLines = 1000;

/**
 * The records of one bucket's objects, a JSON line for each change; the last line of a name is what holds.
 *
 * Appending a line is the commit of a change. It costs 3 µs, where a file for each object, replaced by rename, cost
 * 110 µs and most of what a small object may cost. A line without its line break is what a kill left of a change that
 * nobody was told of. Once most lines are outdated the log is written anew beside itself and renamed.
 */
export class ObjectLog {
  readonly #path: string;
  readonly #objects = new Map<string, ObjectHistory>();
  #file: number;
  #size: number;
  #lines = 0;

  constructor(folder: string) {
    this.#path = join(folder, 'objects.jsonl');
    const bytes = existsSync(this.#path) ? readFileSync(this.#path) : Buffer.alloc(0);
    this.#size = bytes.lastIndexOf('\n') + 1;
    for (const line of bytes.toString('utf8', 0, this.#size).split('\n')) {
      if (line !== '') this.#take(parse(line, this.#path));
    }
    this.#file = openSync(this.#path, 'a', 0o600);
    if (this.#size < bytes.length) ftruncateSync(this.#file, this.#size);
  }

  get objects(): readonly ObjectHistory[] {
    return [...this.#objects.values()];
  }

  save(history: ObjectHistory): void {
    this.#append(lineOf(history));
    this.#take(history);
    if (this.#lines > fewLines && this.#lines > 4 * this.#objects.size) this.#rewrite();
  }

  close(): void {
    closeSync(this.#file);
  }

  #take(history: ObjectHistory): void {
    this.#lines += 1;
    if (history.live === undefined && history.noncurrent.length === 0) this.#objects.delete(history.name);
    else this.#objects.set(history.name, history);
  }

  #append(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
      this.#size += bytes.length;
    } catch (error) {
      // A disk that is full took half a line: the next one must not be appended to it.
      ftruncateSync(this.#file, this.#size);
      throw error;
    }
  }

  #rewrite(): void {
    const draft = `${this.#path}.draft`;
    rmSync(draft, { force: true });
    const file = openSync(draft, 'a', 0o600);
    const bytes = Buffer.concat(this.objects.map(lineOf));
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    renameSync(draft, this.#path);
    closeSync(this.#file);
    this.#file = file;
    this.#size = bytes.length;
    this.#lines = this.#objects.size;
  }
}

const lineOf = (history: ObjectHistory): Buffer => Buffer.from(`${JSON.stringify(history)}\n`);

function parse(line: string, path: string): ObjectHistory {
  try {
    return JSON.parse(line) as ObjectHistory;
  } catch (error) {
    throw new Error(
      `Expected every line of ${path} to be JSON written by this emulator. Remove it, or name another folder.`,
      { cause: error },
    );
  }
}
