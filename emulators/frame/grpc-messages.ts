import { gunzipSync, inflateSync } from 'node:zlib';
import { codeOf } from '../../runtime/errors.ts';
import { invalid, ServiceError } from './service-error.ts';

const headBytes = 5;

/** Of larger messages a stream has few, and each may lie in memory of its own. */
const mostScratchBytes = 4 * 1024 * 1024;

/** Cuts what a client sends into messages: a byte that says whether it is compressed, four of length, the message. */
export class MessageReader {
  readonly #limit: number;
  readonly #encoding: string;
  #chunks: Buffer[] = [];
  #have = 0;
  /** Of the message whose head was read; undefined between two messages. */
  #next: { readonly compressed: boolean; readonly length: number } | undefined;
  /** Where messages are put together, one at a time. */
  #scratch: ArrayBufferLike = new ArrayBuffer(0);
  #isLent = false;

  /** @param encoding as the header grpc-encoding names it */
  constructor(limit: number, encoding: string) {
    this.#limit = limit;
    this.#encoding = encoding;
  }

  /** The next whole message of what was pushed; undefined until more comes. */
  shift(): Buffer | undefined {
    if (this.#next === undefined) {
      if (this.#have < headBytes) return undefined;
      const head = this.#take(headBytes);
      const length = head.readUInt32BE(1);
      this.#next = { compressed: head[0] === 1, length };
      this.giveBack(head);
      if (length > this.#limit) throw tooLarge(length, this.#limit);
    }
    const { compressed, length } = this.#next;
    if (this.#have < length) return undefined;
    this.#next = undefined;
    const message = this.#take(length);
    if (!compressed) return message;
    const decompressed = this.#decompressed(message);
    this.giveBack(message);
    return decompressed;
  }

  /**
   * Nobody reads this message any more. Memory that was never used before costs a page fault each 4 KB, which is more
   * than putting a message together does.
   */
  giveBack({ buffer }: Buffer): void {
    if (buffer === this.#scratch) this.#isLent = false;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#have += chunk.length;
  }

  #take(length: number): Buffer {
    this.#have -= length;
    const first = this.#chunks[0] ?? Buffer.alloc(0);
    if (length === first.length) {
      this.#chunks.shift();
      return first;
    }
    if (length < first.length) {
      this.#chunks[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    const whole = this.#room(length);
    let at = 0;
    let i = 0;
    for (; at < length; i++) {
      const chunk = this.#chunks[i] as Buffer;
      const copied = chunk.copy(whole, at, 0, length - at);
      at += copied;
      if (copied < chunk.length) {
        this.#chunks[i] = chunk.subarray(copied);
        break;
      }
    }
    this.#chunks.splice(0, i);
    return whole;
  }

  #room(length: number): Buffer {
    if (this.#isLent || length > mostScratchBytes) return Buffer.allocUnsafeSlow(length);
    if (this.#scratch.byteLength < length) this.#scratch = Buffer.allocUnsafeSlow(length).buffer;
    this.#isLent = true;
    return Buffer.from(this.#scratch, 0, length);
  }

  #decompressed(message: Buffer): Buffer {
    const options = { maxOutputLength: this.#limit };
    try {
      if (this.#encoding === 'gzip') return gunzipSync(message, options);
      if (this.#encoding === 'deflate') return inflateSync(message, options);
    } catch (error) {
      if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('more', this.#limit);
      throw invalid(`A message of the request cannot be decompressed: ${String(error)}`);
    }
    throw new ServiceError('UNIMPLEMENTED', `The compression ${this.#encoding} is not implemented.`);
  }
}

export function headOf(message: Uint8Array): Buffer {
  const head = Buffer.allocUnsafe(headBytes);
  head[0] = 0;
  head.writeUInt32BE(message.length, 1);
  return head;
}

const tooLarge = (length: number | 'more', limit: number): ServiceError =>
  new ServiceError('RESOURCE_EXHAUSTED', `Received message larger than max (${length} vs. ${limit})`);
