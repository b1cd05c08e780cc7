import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { join } from 'node:path';
import { encodeRecord, type JournalRecord } from './records.ts';

const pattern = /^journal-(\d{8})\.log$/;

export interface SegmentFile {
  readonly index: number;
  readonly path: string;
}

export function listSegments(folder: string): SegmentFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const match = pattern.exec(name);
      return match === null ? [] : [{ index: Number(match[1]), path: join(folder, name) }];
    })
    .sort((a, b) => a.index - b.index);
}

/** A file of the journal that is being written. */
export class Segment {
  readonly index: number;
  readonly path: string;
  /** The highest message id in it: once all up to here is settled, the file may go. */
  highestId = 0;
  #size = 0;
  readonly #fd: number;
  #path: string;

  constructor(folder: string, index: number, options: { hidden: boolean } = { hidden: false }) {
    this.index = index;
    this.path = join(folder, `journal-${String(index).padStart(8, '0')}.log`);
    this.#path = options.hidden ? `${this.path}.new` : this.path;
    this.#fd = openSync(this.#path, 'w');
  }

  get size(): number {
    return this.#size;
  }

  /** Whole or not at all: a record cut short by a full disk would hide everything written after it. */
  append(record: JournalRecord): void {
    const pieces = encodeRecord(record);
    const wanted = pieces.reduce((sum, piece) => sum + piece.length, 0);
    try {
      const written = writevSync(this.#fd, pieces, this.#size);
      if (written !== wanted) throw new Error(`Expected ${wanted} bytes to be written, got ${written}.`);
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
    this.#size += wanted;
    if (record.kind === 'published')
      this.highestId = Math.max(this.highestId, record.messages.at(-1)?.id ?? 0);
  }

  /** Gives a hidden segment its name once it is safely on the disk. */
  show(): void {
    fsyncSync(this.#fd);
    renameSync(this.#path, this.path);
    this.#path = this.path;
  }

  close(): void {
    closeSync(this.#fd);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}
