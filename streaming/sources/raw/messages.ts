import protobuf from 'protobufjs';
import type { Instant, Received } from '../../../contracts/index.ts';
import { FamiliarTexts } from './familiar-texts.ts';

/** google.pubsub.v1.StreamingPullRequest, the first of a stream. */
export interface Opening {
  readonly subscription: string;
  readonly leaseSeconds: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
}

export function openingBytes(opening: Opening): Buffer {
  const writer = protobuf.Writer.create();
  writer.uint32(0x0a).string(opening.subscription).uint32(0x28).int32(opening.leaseSeconds);
  writer.uint32(0x38).int64(opening.maxMessages).uint32(0x40).int64(opening.maxBytes);
  return Buffer.from(writer.finish());
}

/** A google.pubsub.v1.ReceivedMessage: who has the right to it, and where it stands in its response. */
export interface Arrival {
  readonly ackId: string;
  readonly from: number;
  readonly to: number;
}

/** The attempt stands behind the message it belongs to. */
type Counted = Received & { deliveryAttempt: number | null };

type Reader = protobuf.Reader;

const nothing = new Uint8Array(0);
/** Names of attributes, and values of some. */
const familiar = new FamiliarTexts();

/**
 * A google.pubsub.v1.StreamingPullResponse. Read straight into what the contract takes: the library would make an
 * object, then a plainer one of it, and a date of each time. Messages are read when they are asked for, since what is
 * not kept of the thousands that are out, the garbage collector need not copy. Bodies are views into the bytes.
 */
export class PullResponse {
  private readonly reader: Reader;
  private readonly receivedAt: Instant;

  constructor(bytes: Uint8Array, receivedAt: Instant) {
    this.reader = protobuf.Reader.create(bytes);
    this.receivedAt = receivedAt;
  }

  arrivals(): Arrival[] {
    const { reader } = this;
    const arrivals: Arrival[] = [];
    reader.pos = 0;
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) arrivals.push(readArrival(reader, endOf(reader)));
      else reader.skipType(tag & 7);
    }
    return arrivals;
  }

  message(from: number, to: number): Received {
    const { reader } = this;
    let message: Counted | undefined;
    let deliveryAttempt = 0;
    reader.pos = from;
    while (reader.pos < to) {
      const tag = reader.uint32();
      if (tag === 0x12) message = readMessage(reader, endOf(reader), this.receivedAt);
      else if (tag === 0x18) deliveryAttempt = reader.int32();
      else reader.skipType(tag & 7);
    }
    message ??= emptyMessage(this.receivedAt);
    // 0 where the subscription does not count.
    if (deliveryAttempt > 0) message.deliveryAttempt = deliveryAttempt;
    return message;
  }
}

function readArrival(reader: Reader, to: number): Arrival {
  const from = reader.pos;
  let ackId = '';
  while (reader.pos < to) {
    const tag = reader.uint32();
    if (tag === 0x0a) ackId = reader.string();
    else reader.skipType(tag & 7);
  }
  return { ackId, from, to };
}

function readMessage(reader: Reader, end: number, receivedAt: Instant): Counted {
  let bytes: Uint8Array = nothing;
  let messageId = '';
  let publishedAt = 0;
  const attributes: Record<string, string> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x0a) bytes = readView(reader);
    else if (tag === 0x12) readAttribute(reader, endOf(reader), attributes);
    else if (tag === 0x1a) messageId = reader.string();
    else if (tag === 0x22) publishedAt = readTime(reader, endOf(reader));
    else reader.skipType(tag & 7);
  }
  return {
    bytes,
    attributes,
    messageId,
    publishedAt: publishedAt as Instant,
    receivedAt,
    deliveryAttempt: null,
  };
}

function readView(reader: Reader): Uint8Array {
  const end = endOf(reader);
  const view = reader.buf.subarray(reader.pos, end);
  reader.pos = end;
  return view;
}

function readAttribute(reader: Reader, end: number, into: Record<string, string>): void {
  let key = '';
  let value = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x0a) key = familiar.read(reader);
    else if (tag === 0x12) value = familiar.read(reader);
    else reader.skipType(tag & 7);
  }
  // As a key of an object literal it would set the prototype instead.
  if (key === '__proto__') Object.defineProperty(into, key, { value, enumerable: true, configurable: true });
  else into[key] = value;
}

/** google.protobuf.Timestamp in microseconds. */
function readTime(reader: Reader, end: number): number {
  let micros = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x08) micros += numberOf(reader) * 1_000_000;
    else if (tag === 0x10) micros += Math.floor(reader.int32() / 1_000);
    else reader.skipType(tag & 7);
  }
  return micros;
}

/** Of a number that is not negative, without the object that the library makes of one of 64 bits. */
function numberOf(reader: Reader): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = reader.buf[reader.pos++] ?? 0;
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}

/** Where the field ends whose length comes next. */
function endOf(reader: Reader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

function emptyMessage(receivedAt: Instant): Counted {
  return {
    bytes: nothing,
    attributes: {},
    messageId: '',
    publishedAt: 0 as Instant,
    receivedAt,
    deliveryAttempt: null,
  };
}
