import { putVarint, varintSize } from '../wire/varint.ts';

/** Message ids are written with exactly so many digits, so that they are found at the end of the stored bytes. */
export const idDigits = 16;
export const lowestId = 10 ** (idDigits - 1);

/** The messages of one publish call, sealed in one piece of memory that the journal writes as it is. */
export interface Block {
  readonly bytes: Buffer;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number;
  /** How many bytes at the end of each message are publish_time and message_id. */
  readonly trailerBytes: number;
  /** How many of its messages anybody holds: as long as there is one, all of its memory is taken. */
  held: number;
}

/**
 * A PubsubMessage as it goes out: the publisher's bytes and behind them publish_time and message_id. A field that comes
 * later in a protobuf message wins, so what the publisher put there itself does not count.
 */
export class StoredMessage {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
  readonly id: number;
  /** How many subscriptions have not acknowledged it. */
  holders = 0;

  constructor(block: Block, start: number, end: number, id: number) {
    this.block = block;
    this.start = start;
    this.end = end;
    this.id = id;
  }

  get size(): number {
    return this.end - this.start;
  }

  /** The publisher's bytes alone. */
  payload(): Buffer {
    return this.block.bytes.subarray(this.start, this.end - this.block.trailerBytes);
  }
}

/** @param ranges start and end of each payload within `source`, in turn */
export function seal(
  source: Buffer,
  ranges: readonly number[],
  firstId: number,
  publishedAt: number,
): StoredMessage[] {
  const time = publishTimeField(publishedAt);
  const trailerBytes = time.length + 2 + idDigits;
  let size = (ranges.length / 2) * trailerBytes;
  for (let i = 0; i < ranges.length; i += 2) size += (ranges[i + 1] ?? 0) - (ranges[i] ?? 0);
  const bytes = Buffer.allocUnsafeSlow(size);
  const block = { bytes, publishedAt, trailerBytes, held: 0 };
  const messages: StoredMessage[] = [];
  let at = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const start = at;
    at += source.copy(bytes, at, ranges[i], ranges[i + 1]);
    at += time.copy(bytes, at);
    bytes[at++] = 0x1a;
    bytes[at++] = idDigits;
    const id = firstId + i / 2;
    at += bytes.write(String(id), at, 'latin1');
    messages.push(new StoredMessage(block, start, at, id));
  }
  return messages;
}

/** Both parts are written even when zero: an absent one would let the publisher's own show through. */
function publishTimeField(publishedAt: number): Buffer {
  const seconds = Math.floor(publishedAt / 1000);
  const nanos = Math.floor((publishedAt - seconds * 1000) * 1000) * 1000;
  const length = 2 + varintSize(seconds) + varintSize(nanos);
  const bytes = Buffer.alloc(2 + length);
  bytes[0] = 0x22;
  bytes[1] = length;
  bytes[2] = 0x08;
  const next = putVarint(bytes, 3, seconds);
  bytes[next] = 0x10;
  putVarint(bytes, next + 1, nanos);
  return bytes;
}
