import { putVarint, varintSize } from '../wire/varint.ts';

/** Message ids are written with exactly so many digits: what carries them has a size that is known before. */
export const idDigits = 16;
export const lowestId = 10 ** (idDigits - 1);

/** The messages of one publish call, which share one piece of memory: the request as it came. */
export interface Block {
  readonly bytes: Buffer;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  /** From where its messages' ids are counted. */
  readonly firstId: number;
  /** What goes behind each of its messages, up to the digits of the id: publish_time, and the head of message_id. */
  readonly trailer: Buffer;
  /** How many of its messages anybody holds: as long as there is one, all of its memory is taken. */
  held: number;
}

/**
 * A PubsubMessage: the publisher's bytes, behind which publish_time and message_id are written as it goes out. A field
 * that comes later in a protobuf message wins, so what the publisher put there itself does not count.
 *
 * Its numbers are small, the id is told from its block's: as a number of its own it would be one more object for each
 * message, and what the collector has to go through is most of what a message costs.
 */
export class StoredMessage {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
  readonly #place: number;
  /** How many subscriptions have not acknowledged it. */
  holders = 0;

  /** @param start where the publisher's bytes lie in the block, up to `end` */
  constructor(block: Block, start: number, end: number, place: number) {
    this.block = block;
    this.start = start;
    this.end = end;
    this.#place = place;
  }

  get id(): number {
    return this.block.firstId + this.#place;
  }

  /** As it goes out. */
  get size(): number {
    return this.end - this.start + this.block.trailer.length + idDigits;
  }

  /** The publisher's bytes alone. */
  payload(): Buffer {
    return this.block.bytes.subarray(this.start, this.end);
  }

  /** Writes it as it goes out; returns the position behind. */
  put(into: Buffer, at: number): number {
    const { bytes, trailer } = this.block;
    let next = at + bytes.copy(into, at, this.start, this.end);
    for (let i = 0; i < trailer.length; i++) into[next++] = trailer[i] as number;
    return putId(into, next, this.id);
  }
}

/** Two numbers of eight digits: they are small, where a division of the whole would make new objects. */
export function putId(into: Buffer, at: number, id: number): number {
  const high = Math.floor(id / 1e8);
  putEightDigits(into, at, high);
  putEightDigits(into, at + 8, id - high * 1e8);
  return at + idDigits;
}

function putEightDigits(into: Buffer, at: number, value: number): void {
  let rest = value | 0;
  for (let i = at + 7; i >= at; i--) {
    const tens = (rest / 10) | 0;
    into[i] = 0x30 + rest - tens * 10;
    rest = tens;
  }
}

export function newBlock(bytes: Buffer, firstId: number, publishedAt: number): Block {
  return { bytes, publishedAt, firstId, trailer: trailerOf(publishedAt), held: 0 };
}

/** @param ranges start and end of each payload within `source`, in turn */
export function seal(
  source: Buffer,
  ranges: readonly number[],
  firstId: number,
  publishedAt: number,
): StoredMessage[] {
  const block = newBlock(ownMemory(source), firstId, publishedAt);
  const messages: StoredMessage[] = [];
  for (let i = 0; i < ranges.length; i += 2)
    messages.push(new StoredMessage(block, ranges[i] ?? 0, ranges[i + 1] ?? 0, i / 2));
  return messages;
}

/** A piece of a larger buffer (Node pools small ones) would keep all of that one, uncounted. */
function ownMemory(source: Buffer): Buffer {
  if (source.buffer.byteLength === source.length) return source;
  const own = Buffer.allocUnsafeSlow(source.length);
  source.copy(own);
  return own;
}

/** Both parts of the time are written even when zero: an absent one would let the publisher's own show through. */
function trailerOf(publishedAt: number): Buffer {
  const seconds = Math.floor(publishedAt / 1000);
  const nanos = Math.floor((publishedAt - seconds * 1000) * 1000) * 1000;
  const length = 2 + varintSize(seconds) + varintSize(nanos);
  const bytes = Buffer.alloc(2 + length + 2);
  bytes[0] = 0x22;
  bytes[1] = length;
  bytes[2] = 0x08;
  const next = putVarint(bytes, 3, seconds);
  bytes[next] = 0x10;
  const end = putVarint(bytes, next + 1, nanos);
  bytes[end] = 0x1a;
  bytes[end + 1] = idDigits;
  return bytes;
}
