import type { Draft } from './backends/backend.ts';
import type { Sealed } from './catalog.ts';
import type { Checksums, Provided } from './checksums.ts';
import { checksumMismatch } from './errors.ts';
import type { Hasher } from './hasher.ts';

/** A draft together with the checksums of what went into it. */
export class Incoming {
  readonly draft: Draft;
  readonly #hasher: Hasher;

  constructor(draft: Draft, hasher: Hasher) {
    this.draft = draft;
    this.#hasher = hasher;
  }

  get size(): number {
    return this.draft.size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const digesting = this.#hasher.update(bytes);
    if (digesting === undefined) await this.draft.write(bytes);
    else await Promise.all([digesting, this.draft.write(bytes)]);
  }

  /** Leaves nothing in memory. */
  async flush(): Promise<void> {
    await this.#hasher.settle();
    await this.draft.flush();
  }

  /** Forgets bytes that did not come to their end. */
  async discard(): Promise<void> {
    this.#hasher.forget();
    await this.draft.discard();
  }

  /** Refuses bytes that are not the ones the caller meant to send, and forgets them. */
  async seal(provided: readonly Provided[]): Promise<Sealed & Checksums> {
    const calculated = await this.#hasher.digest();
    try {
      for (const one of provided) compare(one, calculated);
    } catch (error) {
      await this.draft.discard();
      throw error;
    }
    const size = this.draft.size;
    return { content: await this.draft.seal(), size, ...calculated };
  }
}

function compare(provided: Provided, calculated: Checksums): void {
  const { crc32c, md5Hash } = provided;
  if (crc32c !== undefined && crc32c !== calculated.crc32c) {
    throw checksumMismatch('CRC32C', crc32c, calculated.crc32c);
  }
  if (md5Hash !== undefined && md5Hash !== calculated.md5Hash) {
    throw checksumMismatch('MD5 hash', md5Hash, calculated.md5Hash);
  }
}
