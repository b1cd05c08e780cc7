import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Span } from '../ranges.ts';
import type { Backend, Draft } from './backend.ts';

/** Keeps bytes in this process only. Records need no keeping: the catalog has them. */
export class MemoryBackend implements Backend {
  readonly #contents = new Map<string, Bytes>();

  load(): readonly [] {
    return [];
  }

  draft(): Draft {
    return new MemoryDraft((id, bytes) => this.#contents.set(id, bytes));
  }

  read(content: string, { start, end }: Span): Readable | Uint8Array {
    const bytes = this.#contents.get(content) ?? new Bytes();
    const parts = bytes.slice(start, end);
    return parts.length < 2 ? (parts[0] ?? new Uint8Array()) : Readable.from(parts, { objectMode: false });
  }

  removeContent(content: string): void {
    this.#contents.delete(content);
  }

  saveBucket(): void {}
  removeBucket(): void {}
  saveObject(): void {}

  loadUploads(): readonly [] {
    return [];
  }

  saveUpload(): void {}
  removeUpload(): void {}

  async reopen(): Promise<Draft> {
    return this.draft();
  }

  async close(): Promise<void> {
    this.#contents.clear();
  }
}

/** Chunks as they came; joining them would copy every upload once more. */
class Bytes {
  readonly #chunks: Uint8Array[] = [];
  size = 0;

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.size += chunk.length;
  }

  slice(start: number, end: number): Uint8Array[] {
    const parts: Uint8Array[] = [];
    let offset = 0;
    for (const chunk of this.#chunks) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, chunk.length);
      if (from < to) parts.push(chunk.subarray(from, to));
      offset += chunk.length;
      if (offset >= end) break;
    }
    return parts;
  }
}

class MemoryDraft implements Draft {
  readonly #bytes = new Bytes();
  readonly #keep: (id: string, bytes: Bytes) => void;

  constructor(keep: (id: string, bytes: Bytes) => void) {
    this.#keep = keep;
  }

  get size(): number {
    return this.#bytes.size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#bytes.push(bytes);
  }

  async flush(): Promise<void> {}

  async seal(): Promise<string> {
    const id = randomUUID();
    this.#keep(id, this.#bytes);
    return id;
  }

  async discard(): Promise<void> {}
  async park(): Promise<void> {}
}
