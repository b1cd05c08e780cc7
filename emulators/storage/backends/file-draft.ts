import { writeFileSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Draft } from './backend.ts';

// Writes of one mebibyte: smaller ones pay more for the call than for the bytes, larger ones only cost memory.
const blockBytes = 1024 * 1024;

// The bound of POSIX systems on one gathering write.
const mostBuffersAtOnce = 1024;

/** Objects must not be changed through the plain view, which shares their bytes. */
const readOnly = 0o444;

/**
 * Bytes on their way into a file. A small object stays in memory until its one write. Of a large one a block is
 * written while the next arrives; of more than two blocks the sender has to wait.
 */
export class FileDraft implements Draft {
  readonly #id: string;
  readonly #path: string;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #handle: FileHandle | undefined;
  #writing: Promise<void> = Promise.resolve();
  #sealed = false;
  #size = 0;

  constructor(id: string, path: string) {
    this.#id = id;
    this.#path = path;
  }

  /** A draft that goes on where the file ends. */
  static async continuing(
    id: string,
    path: string,
    granule: number,
    seen: (bytes: Uint8Array) => void,
  ): Promise<FileDraft> {
    const draft = new FileDraft(id, path);
    const handle = await open(path, 'a+', 0o600);
    draft.#handle = handle;
    const { size } = await handle.stat();
    draft.#size = size - (size % granule);
    await handle.truncate(draft.#size);
    for await (const block of handle.createReadStream({
      start: 0,
      autoClose: false,
      highWaterMark: blockBytes,
    })) {
      seen(block as Buffer);
    }
    return draft;
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#size += bytes.length;
    if (this.#pendingBytes >= blockBytes) await this.#writeBlock();
  }

  async flush(): Promise<void> {
    await this.#writeBlock();
    await this.#writing;
  }

  async #writeBlock(): Promise<void> {
    await this.#writing;
    const blocks = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#handle ??= await open(this.#path, 'a');
    this.#writing = writeAll(this.#handle, blocks);
    // Whoever waits for it next is told; until then nobody may be listening.
    this.#writing.catch(() => undefined);
  }

  async seal(): Promise<string> {
    this.#sealed = true;
    if (this.#handle === undefined) {
      writeFileSync(this.#path, Buffer.concat(this.#pending), { flag: 'wx', mode: readOnly });
      this.#pending = [];
      return this.#id;
    }
    await this.flush();
    await this.#handle.chmod(readOnly);
    await this.#close();
    return this.#id;
  }

  async discard(): Promise<void> {
    if (this.#sealed) return;
    this.#pending = [];
    await this.#close();
    await rm(this.#path, { force: true });
  }

  async park(): Promise<void> {
    await this.flush();
    await this.#close();
  }

  async #close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await this.#writing.catch(() => undefined);
    await handle?.close();
  }
}

async function writeAll(handle: FileHandle, blocks: readonly Uint8Array[]): Promise<void> {
  for (let left = blocks.filter((block) => block.length > 0); left.length > 0; ) {
    const { bytesWritten } = await handle.writev(left.slice(0, mostBuffersAtOnce));
    left = behind(left, bytesWritten);
  }
}

/** What is left of the blocks when so many bytes of them are written: a disk may take less than it is given. */
function behind(blocks: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written;
  return blocks.flatMap((block) => {
    const skipped = Math.min(skip, block.length);
    skip -= skipped;
    return skipped === block.length ? [] : [block.subarray(skipped)];
  });
}
