import protobuf from 'protobufjs/minimal.js';
import type { StoredMessage } from '../broker/message.ts';

/** Looks into stored bytes for the one thing that a subscription with ordering or a filter must know. */

export function orderingKeyOf(message: StoredMessage): string {
  let key = '';
  eachField(message, (tag, reader) => {
    if (tag !== 0x2a) return false;
    key = reader.string();
    return true;
  });
  return key;
}

export function attributesOf(message: StoredMessage): Map<string, string> {
  const attributes = new Map<string, string>();
  eachField(message, (tag, reader) => {
    if (tag !== 0x12) return false;
    const end = reader.uint32() + reader.pos;
    let key = '';
    let value = '';
    while (reader.pos < end) {
      const inner = reader.uint32();
      if (inner === 0x0a) key = reader.string();
      else if (inner === 0x12) value = reader.string();
      else reader.skipType(inner & 7);
    }
    attributes.set(key, value);
    return true;
  });
  return attributes;
}

/** @param take returns false for a field it leaves alone */
function eachField(message: StoredMessage, take: (tag: number, reader: protobuf.Reader) => boolean): void {
  const reader = protobuf.Reader.create(message.payload());
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!take(tag, reader)) reader.skipType(tag & 7);
  }
}
