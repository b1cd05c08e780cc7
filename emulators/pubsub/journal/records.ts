import { crc32 } from 'node:zlib';
import { idDigits, newBlock, StoredMessage } from '../broker/message.ts';

/**
 * A record is its length and the CRC-32 of its body (4 bytes each), then the body, whose first byte is the kind. Numbers
 * are little-endian; message ids are doubles, which hold them exactly.
 */
const kinds = {
  begin: 1,
  topic: 2,
  topicDeleted: 3,
  subscription: 4,
  subscriptionDeleted: 5,
  published: 6,
  settled: 7,
  taken: 8,
  snapshot: 9,
  snapshotDeleted: 10,
  schema: 11,
  schemaDeleted: 12,
};

/** What a record says a thing is now, and that it is gone. */
export type Thing = 'topic' | 'subscription' | 'snapshot' | 'schema';

export type JournalRecord =
  /** First in every segment. `alone`: what earlier segments say no longer counts. */
  | { readonly kind: 'begin'; readonly alone: boolean; readonly lastNumber: number; readonly nextId: number }
  | { readonly kind: Thing; readonly number: number; readonly message: Uint8Array }
  | { readonly kind: `${Thing}Deleted`; readonly number: number }
  /** Messages of one block, and the numbers of those who hold them: subscriptions, snapshots, topics that retain. */
  | {
      readonly kind: 'published';
      readonly holders: readonly number[];
      readonly messages: readonly StoredMessage[];
    }
  /** What `from` holds, `number` holds too. */
  | {
      readonly kind: 'taken';
      readonly number: number;
      readonly from: number;
      readonly messageIds: readonly number[];
    }
  | { readonly kind: 'settled'; readonly number: number; readonly messageIds: readonly number[] };

const headBytes = 8;

/** The pieces of one record. */
export function encodeRecord(record: JournalRecord): Buffer[] {
  const body = bodyOf(record);
  const head = Buffer.allocUnsafe(headBytes);
  let length = 0;
  let sum = 0;
  for (const piece of body) {
    length += piece.length;
    sum = crc32(piece, sum);
  }
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(sum, 4);
  return [head, ...body];
}

/** The record at `at` and where the next begins; undefined where the bytes end before it does or were not written whole. */
export function readRecord(bytes: Buffer, at: number): { record: JournalRecord; next: number } | undefined {
  if (at + headBytes > bytes.length) return undefined;
  const length = bytes.readUInt32LE(at);
  const next = at + headBytes + length;
  if (length === 0 || next > bytes.length) return undefined;
  const body = bytes.subarray(at + headBytes, next);
  if (crc32(body) !== bytes.readUInt32LE(at + 4)) return undefined;
  return { record: parseBody(body), next };
}

function bodyOf(record: JournalRecord): Buffer[] {
  switch (record.kind) {
    case 'begin': {
      const bytes = fixed(record.kind, 13);
      bytes.writeUInt8(record.alone ? 1 : 0, 1);
      bytes.writeUInt32LE(record.lastNumber, 2);
      bytes.writeDoubleLE(record.nextId, 6);
      return [bytes];
    }
    case 'topic':
    case 'subscription':
    case 'snapshot':
    case 'schema':
      return [numbered(record.kind, record.number, 0), Buffer.from(record.message)];
    case 'topicDeleted':
    case 'subscriptionDeleted':
    case 'snapshotDeleted':
    case 'schemaDeleted':
      return [numbered(record.kind, record.number, 0)];
    case 'taken': {
      const bytes = numbered(record.kind, record.number, 4 + record.messageIds.length * 8);
      bytes.writeUInt32LE(record.from, 5);
      record.messageIds.forEach((id, i) => void bytes.writeDoubleLE(id, 9 + i * 8));
      return [bytes];
    }
    case 'settled': {
      const bytes = numbered(record.kind, record.number, record.messageIds.length * 8);
      record.messageIds.forEach((id, i) => void bytes.writeDoubleLE(id, 5 + i * 8));
      return [bytes];
    }
    case 'published':
      return publishedBody(record.holders, record.messages);
  }
}

function publishedBody(holders: readonly number[], messages: readonly StoredMessage[]): Buffer[] {
  const block = messages[0]?.block;
  if (block === undefined) throw new Error('Expected at least one message to record.');
  const bytes = fixed('published', 20 + holders.length * 4 + messages.length * 12);
  bytes.writeDoubleLE(block.publishedAt, 1);
  bytes.writeUInt32LE(block.trailer.length + idDigits, 9);
  bytes.writeUInt32LE(holders.length, 13);
  bytes.writeUInt32LE(messages.length, 17);
  let at = 21;
  for (const number of holders) at = bytes.writeUInt32LE(number, at);
  let total = 0;
  for (const { id, size } of messages) {
    at = bytes.writeUInt32LE(size, bytes.writeDoubleLE(id, at));
    total += size;
  }
  const written = Buffer.allocUnsafe(total);
  let end = 0;
  for (const message of messages) end = message.put(written, end);
  return [bytes, written];
}

function parseBody(body: Buffer): JournalRecord {
  const number = body.length >= 5 ? body.readUInt32LE(1) : 0;
  switch (body[0]) {
    case kinds.begin:
      return {
        kind: 'begin',
        alone: body[1] === 1,
        lastNumber: body.readUInt32LE(2),
        nextId: body.readDoubleLE(6),
      };
    case kinds.topic:
    case kinds.subscription:
    case kinds.snapshot:
    case kinds.schema:
      return { kind: nameOf(body[0]) as Thing, number, message: body.subarray(5) };
    case kinds.topicDeleted:
    case kinds.subscriptionDeleted:
    case kinds.snapshotDeleted:
    case kinds.schemaDeleted:
      return { kind: nameOf(body[0]) as `${Thing}Deleted`, number };
    case kinds.settled:
      return { kind: 'settled', number, messageIds: idsFrom(body, 5) };
    case kinds.taken:
      return { kind: 'taken', number, from: body.readUInt32LE(5), messageIds: idsFrom(body, 9) };
    case kinds.published:
      return parsePublished(body);
    default:
      throw new Error(`The journal has a record of kind ${body[0]}, which this version does not know.`);
  }
}

const names = Object.keys(kinds) as (keyof typeof kinds)[];
const nameOf = (kind: number): keyof typeof kinds | undefined => names.find((name) => kinds[name] === kind);

function idsFrom(body: Buffer, start: number): number[] {
  const messageIds: number[] = [];
  for (let at = start; at < body.length; at += 8) messageIds.push(body.readDoubleLE(at));
  return messageIds;
}

function parsePublished(body: Buffer): JournalRecord {
  const holders: number[] = [];
  const messages: StoredMessage[] = [];
  const [holderCount, messageCount] = [body.readUInt32LE(13), body.readUInt32LE(17)];
  let at = 21;
  for (let i = 0; i < holderCount; i++, at += 4) holders.push(body.readUInt32LE(at));
  const bytes = body.subarray(at + messageCount * 12);
  const trailerBytes = body.readUInt32LE(9);
  const block = newBlock(bytes, messageCount === 0 ? 0 : body.readDoubleLE(at), body.readDoubleLE(1));
  let start = 0;
  for (let i = 0; i < messageCount; i++, at += 12) {
    const end = start + body.readUInt32LE(at + 8);
    const place = body.readDoubleLE(at) - block.firstId;
    messages.push(new StoredMessage(block, start, end - trailerBytes, place));
    start = end;
  }
  return { kind: 'published', holders, messages };
}

function fixed(kind: keyof typeof kinds, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(1 + size);
  bytes[0] = kinds[kind];
  return bytes;
}

function numbered(kind: keyof typeof kinds, number: number, more: number): Buffer {
  const bytes = fixed(kind, 4 + more);
  bytes.writeUInt32LE(number, 1);
  return bytes;
}
