import type { ServiceError } from '../frame/service-error.ts';
import type { Provided } from './checksums.ts';
import type { ContentRange } from './content-range.ts';
import { invalidArgument } from './errors.ts';
import type { Incoming } from './incoming.ts';
import type { Preconditions } from './preconditions.ts';
import type { ObjectFields, ObjectRecord } from './records.ts';

/** The service keeps bytes of an unfinished upload in whole granules; the rest must be sent again. */
export const granuleBytes = 256 * 1024;

/** What the upload is to become: fixed when the session starts. */
export interface Intent {
  readonly bucket: string;
  readonly name: string;
  readonly fields: ObjectFields;
  readonly provided: Provided;
  readonly preconditions: Preconditions;
}

export type Ending =
  | { readonly kind: 'stored'; readonly record: ObjectRecord }
  | { readonly kind: 'refused'; readonly error: ServiceError }
  | { readonly kind: 'cancelled' };

export type Progress = { readonly kind: 'more'; readonly persisted: number } | { readonly kind: 'complete' };

/**
 * One resumable upload.
 *
 * It is *open*, taking bytes, until it *ends*: stored, refused (a precondition or a checksum failed), or cancelled.
 * An ended session takes no bytes any more and repeats its ending to whoever asks, because the answer that told it
 * first may have been lost.
 *
 * Open: bytes are taken only at the offset that is already persisted. A chunk that begins earlier is one sent again:
 * what is known of it is skipped. A chunk that begins later would leave a hole and is refused. Asking for the status
 * takes nothing and ends nothing, unless it names a total that is exactly what is here.
 *
 * A client whose connection broke opens another while the server may still wait on the first: the newest request owns
 * the session, and `enter` breaks off the one before.
 */
export class Session {
  readonly id: string;
  readonly intent: Intent;
  readonly incoming: Incoming;
  ending: Ending | undefined;
  #interrupt: (() => void) | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(id: string, intent: Intent, incoming: Incoming) {
    this.id = id;
    this.intent = intent;
    this.incoming = incoming;
  }

  get persisted(): number {
    return this.incoming.size;
  }

  /** Runs one request after the one before has been broken off. */
  async enter<T>(interrupt: () => void, run: () => Promise<T>): Promise<T> {
    this.#interrupt?.();
    this.#interrupt = interrupt;
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      return await run();
    } finally {
      if (this.#interrupt === interrupt) this.#interrupt = undefined;
      resolve();
    }
  }

  /**
   * Takes the body of one PUT. A body that breaks off leaves what was persisted of it.
   * @returns whether the object is complete
   */
  async take(range: ContentRange & { kind: 'bytes' }, body: AsyncIterable<Uint8Array>): Promise<Progress> {
    const persistedBefore = this.persisted;
    let position = range.first;
    let tail: Buffer = Buffer.alloc(0);
    for await (const bytes of body) {
      const known = Math.min(Math.max(persistedBefore - position, 0), bytes.length);
      position += bytes.length;
      if (range.last !== undefined && position > range.last + 1) throw tooManyBytes(range, position);
      tail = await this.#persistGranules(tail, bytes.subarray(known));
    }
    const total = range.total ?? (range.last === undefined ? position : undefined);
    if (total === undefined || this.persisted + tail.length < total) return this.#more();
    if (this.persisted + tail.length > total) throw tooManyBytes(range, position);
    if (tail.length > 0) await this.incoming.write(tail);
    return { kind: 'complete' };
  }

  async #more(): Promise<Progress> {
    await this.incoming.flush();
    return { kind: 'more', persisted: this.persisted };
  }

  async #persistGranules(tail: Buffer, bytes: Uint8Array): Promise<Buffer> {
    const whole = tail.length + bytes.length;
    const kept = whole % granuleBytes;
    if (whole < granuleBytes) return Buffer.concat([tail, bytes]);
    if (tail.length > 0) await this.incoming.write(tail);
    await this.incoming.write(bytes.subarray(0, bytes.length - kept));
    return Buffer.from(bytes.subarray(bytes.length - kept));
  }
}

const tooManyBytes = ({ first, last, total }: ContentRange & { kind: 'bytes' }, end: number) =>
  invalidArgument(
    `Invalid request.  There were ${end - first} byte(s) (or more) in the request body, which is more than the ` +
      `Content-Range header says (bytes ${first}-${last ?? '*'}/${total ?? '*'}).`,
  );
