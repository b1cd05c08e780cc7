import { createHash, type Hash } from 'node:crypto';
import { type Checksums, crc32cText, crc32cUpdate } from './checksums.ts';
import type { Md5Background, Md5Stream } from './md5-background.ts';

/** From here on an upload is worth a second thread. */
const longFrom = 2 * 1024 * 1024;
const handedOver = 512 * 1024;

/**
 * Both checksums of bytes that pass by.
 *
 * MD5 begins *undecided*: the bytes are kept, for nobody knows how many there will be. It goes on *there*, on the
 * background thread, once there are many; or *here* when it has to let go of the bytes before, as an upload does that
 * waits for its sender's next request. There is no way between the two: half an MD5 cannot be handed over.
 */
export class Hasher {
  readonly #background: Md5Background | undefined;
  #crc = 0;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #here: Hash | undefined;
  #there: Md5Stream | undefined;

  constructor(background?: Md5Background) {
    this.#background = background;
    if (background === undefined) this.#here = createHash('md5');
  }

  /** @returns something to wait for when the bytes come faster than they are digested */
  update(bytes: Uint8Array): Promise<void> | undefined {
    this.#crc = crc32cUpdate(this.#crc, bytes);
    if (this.#here !== undefined) {
      this.#here.update(bytes);
      return undefined;
    }
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    if (this.#keptBytes < (this.#there === undefined ? longFrom : handedOver)) return undefined;
    this.#there ??= this.#background?.begin();
    return this.#handOver();
  }

  /** Keeps no bytes any more. */
  async settle(): Promise<void> {
    if (this.#there !== undefined) await this.#handOver();
    else this.#digestHere();
  }

  /** Ends the hasher. */
  async digest(): Promise<Checksums> {
    const crc32c = crc32cText(this.#crc);
    if (this.#there === undefined) return { crc32c, md5Hash: this.#digestHere().digest('base64') };
    await this.#handOver();
    return { crc32c, md5Hash: await this.#there.digest() };
  }

  /** Nobody will ask for the digest. */
  forget(): void {
    this.#there?.forget();
  }

  #digestHere(): Hash {
    this.#here ??= createHash('md5');
    for (const bytes of this.#take()) this.#here.update(bytes);
    return this.#here;
  }

  async #handOver(): Promise<void> {
    await this.#there?.update(this.#take());
  }

  #take(): readonly Uint8Array[] {
    const kept = this.#kept;
    this.#kept = [];
    this.#keptBytes = 0;
    return kept;
  }
}
