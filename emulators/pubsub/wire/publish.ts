import protobuf from 'protobufjs/minimal.js';
import { invalid } from '../../frame/index.ts';
import { idDigits, putId, type StoredMessage } from '../broker/message.ts';
import { checkAttribute, checkMessage, checkMessageCount } from '../validations/publish.ts';

/** The messages of a request stay where they lie in its bytes; `ranges` holds start and end of each in turn. */
export interface PublishRequest {
  readonly topic: string;
  readonly bytes: Buffer;
  readonly ranges: readonly number[];
}

export function decodePublishRequest(bytes: Buffer): PublishRequest {
  const reader = protobuf.Reader.create(bytes);
  const ranges: number[] = [];
  let topic = '';
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) topic = reader.string();
    else if (tag === 0x12) {
      const end = enter(reader);
      ranges.push(reader.pos, end);
      checkPayload(reader, end);
    } else reader.skipType(tag & 7);
  }
  checkMessageCount(ranges.length / 2);
  return { topic, bytes, ranges };
}

export function encodePublishResponse(messages: readonly StoredMessage[]): Buffer {
  const size = 2 + idDigits;
  const bytes = Buffer.allocUnsafe(messages.length * size);
  let at = 0;
  for (const { id } of messages) {
    bytes[at] = 0x0a;
    bytes[at + 1] = idDigits;
    at = putId(bytes, at + 2, id);
  }
  return bytes;
}

/** Walks over one PubsubMessage to check it; nothing of it is decoded but the lengths. */
function checkPayload(reader: protobuf.Reader, end: number): void {
  let dataBytes = 0;
  let attributes = 0;
  let orderingKeyBytes = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x12) {
      checkEntry(reader, enter(reader));
      attributes += 1;
    } else if ((tag & 7) === 2) {
      const length = reader.uint32();
      if (tag === 0x0a) dataBytes = length;
      else if (tag === 0x2a) orderingKeyBytes = length;
      reader.skip(length);
    } else reader.skipType(tag & 7);
  }
  if (reader.pos !== end) throw invalid('A message of the request is cut short.');
  checkMessage(dataBytes, attributes, orderingKeyBytes);
}

function checkEntry(reader: protobuf.Reader, end: number): void {
  let key = '';
  let valueBytes = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 0x0a) key = reader.string();
    else if (tag === 0x12) {
      valueBytes = reader.uint32();
      reader.skip(valueBytes);
    } else reader.skipType(tag & 7);
  }
  checkAttribute(key, valueBytes);
}

function enter(reader: protobuf.Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw invalid('A message of the request is cut short.');
  return end;
}
