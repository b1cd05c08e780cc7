import { randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { codeOf } from '../../../runtime/errors.ts';
import { claimDataFolder, type DataFolder } from '../../frame/data-folder.ts';
import type { Span } from '../ranges.ts';
import type { BucketRecord, ObjectHistory } from '../records.ts';
import type { Backend, Draft, SavedBucket, SavedUpload } from './backend.ts';
import { FileDraft } from './file-draft.ts';
import { ObjectLog } from './object-log.ts';
import { PlainView } from './plain-view.ts';

// Answers up to this size are read at once: a stream costs five turns of the event loop and a file handle.
const readAtOnceBytes = 1024 * 1024;

/**
 * Keeps everything in a folder, so that a kill at any moment leaves every object whole:
 *
 *     state/contents/ID                     bytes, written once under a new name
 *     state/buckets/BUCKET/bucket.json
 *     state/buckets/BUCKET/objects.jsonl    metadata of all objects; appending a line is the commit
 *     state/uploads/ID.json                 upload sessions under way
 *     buckets/BUCKET/path/of/object         the plain view
 *
 * Bytes that no record names are what a killed run left half-way; the next start removes them. It keeps the promise
 * against the death of the process, not of the machine: nothing is fsynced.
 */
export class FileBackend implements Backend {
  readonly #claim: DataFolder;
  readonly #state: string;
  readonly #view: PlainView;
  readonly #logs = new Map<string, ObjectLog>();
  readonly #removals = new Set<Promise<void>>();

  constructor(folder: string) {
    this.#claim = claimDataFolder(folder);
    this.#state = join(folder, 'state');
    this.#view = new PlainView(join(folder, 'buckets'), join(this.#state, 'spare'));
    for (const part of ['contents', 'buckets', 'uploads'])
      mkdirSync(join(this.#state, part), { recursive: true });
  }

  load(): readonly SavedBucket[] {
    const saved = readdirSync(join(this.#state, 'buckets')).flatMap((name) => this.#loadBucket(name));
    const used = new Set(this.loadUploads().map((upload) => upload.id));
    for (const { bucket, objects } of saved) {
      for (const { name, live, noncurrent } of objects) {
        for (const generation of noncurrent) used.add(generation.content);
        if (live === undefined) continue;
        used.add(live.content);
        this.#view.repair(bucket.name, name, this.#content(live.content));
      }
    }
    for (const id of readdirSync(join(this.#state, 'contents'))) if (!used.has(id)) this.removeContent(id);
    return saved;
  }

  draft(id: string = randomUUID()): Draft {
    return new FileDraft(id, this.#content(id));
  }

  reopen(id: string, granule: number, seen: (bytes: Uint8Array) => void): Promise<Draft> {
    return FileDraft.continuing(id, this.#content(id), granule, seen);
  }

  read(content: string, { start, end }: Span): Readable | Uint8Array {
    const path = this.#content(content);
    const file = openSync(path, 'r');
    if (end - start > readAtOnceBytes) {
      return createReadStream(path, { fd: file, start, end: end - 1, highWaterMark: readAtOnceBytes });
    }
    try {
      const bytes = Buffer.allocUnsafe(end - start);
      for (let done = 0; done < bytes.length; ) {
        const read = readSync(file, bytes, done, bytes.length - done, start + done);
        if (read === 0) throw new Error(`Expected ${end} bytes in ${path}; something else shortened it.`);
        done += read;
      }
      return bytes;
    } finally {
      closeSync(file);
    }
  }

  removeContent(content: string): void {
    const path = this.#content(content);
    const { size = 0 } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (size <= readAtOnceBytes) removeFile(path);
    else this.#removeAside(path);
  }

  saveBucket(bucket: BucketRecord): void {
    mkdirSync(this.#bucket(bucket.name), { recursive: true });
    replace(join(this.#bucket(bucket.name), 'bucket.json'), bucket);
    this.#log(bucket.name);
  }

  removeBucket(name: string): void {
    this.#view.removeBucket(name);
    this.#logs.get(name)?.close();
    this.#logs.delete(name);
    // The record first: a folder without one is no bucket, whatever a kill leaves of it.
    rmSync(join(this.#bucket(name), 'bucket.json'), { force: true });
    rmSync(this.#bucket(name), { recursive: true, force: true });
  }

  saveObject(bucket: string, history: ObjectHistory): void {
    if (history.live === undefined) this.#view.hide(bucket, history.name);
    this.#log(bucket).save(history);
    if (history.live !== undefined)
      this.#view.show(bucket, history.name, this.#content(history.live.content));
  }

  loadUploads(): readonly SavedUpload[] {
    const folder = join(this.#state, 'uploads');
    return jsonFiles(folder).map((path) => readJson(path) as SavedUpload);
  }

  saveUpload(upload: SavedUpload): void {
    replace(join(this.#state, 'uploads', `${upload.id}.json`), upload);
  }

  removeUpload(id: string): void {
    removeFile(join(this.#state, 'uploads', `${id}.json`));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#removals);
    for (const log of this.#logs.values()) log.close();
    this.#logs.clear();
    this.#claim.release();
  }

  #loadBucket(name: string): SavedBucket[] {
    const record = join(this.#bucket(name), 'bucket.json');
    if (!existsSync(record)) {
      rmSync(this.#bucket(name), { recursive: true, force: true });
      return [];
    }
    this.#takeOver(name);
    return [{ bucket: readJson(record) as BucketRecord, objects: this.#log(name).objects }];
  }

  /** Folders of the first version have a file for each object; without this the sweep would take their bytes. */
  #takeOver(bucket: string): void {
    const folder = join(this.#bucket(bucket), 'objects');
    if (!existsSync(folder)) return;
    for (const path of jsonFiles(folder)) this.#log(bucket).save(readJson(path) as ObjectHistory);
    rmSync(folder, { recursive: true });
  }

  #log(bucket: string): ObjectLog {
    const log = this.#logs.get(bucket) ?? new ObjectLog(this.#bucket(bucket));
    this.#logs.set(bucket, log);
    return log;
  }

  /** To free the pages of a large file takes milliseconds, in which nobody else would be answered. */
  #removeAside(path: string): void {
    // What a kill leaves of it, the next start removes: no record names it any more.
    const removing = rm(path, { force: true })
      .catch(() => undefined)
      .finally(() => this.#removals.delete(removing));
    this.#removals.add(removing);
  }

  #content(id: string): string {
    return join(this.#state, 'contents', id);
  }

  #bucket(name: string): string {
    return join(this.#state, 'buckets', name);
  }
}

/** Half the price of `rmSync`, which looks first what it is. */
function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

function replace(path: string, value: unknown): void {
  const draft = `${path}.draft`;
  writeFileSync(draft, JSON.stringify(value));
  renameSync(draft, path);
}

const jsonFiles = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(
      `Expected ${path} to be JSON written by this emulator. Remove it, or name another folder.`,
      {
        cause: error,
      },
    );
  }
}
