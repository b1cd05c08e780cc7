import protobuf from 'protobufjs/minimal.js';
import type { Stamp } from '../schema/registry.ts';

/** The messages of a request with the attributes that the service adds on a topic with a schema. */
export function stamped(
  bytes: Buffer,
  ranges: readonly number[],
  stamp: (data: Uint8Array) => Stamp,
): { bytes: Buffer; ranges: number[] } {
  const pieces: Uint8Array[] = [];
  const newRanges: number[] = [];
  let at = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    const payload = bytes.subarray(ranges[i], ranges[i + 1]);
    const added = attributesOf(stamp(dataOf(payload)));
    pieces.push(payload, added);
    newRanges.push(at, at + payload.length + added.length);
    at += payload.length + added.length;
  }
  return { bytes: Buffer.concat(pieces), ranges: newRanges };
}

function dataOf(payload: Buffer): Uint8Array {
  const reader = protobuf.Reader.create(payload);
  let data: Uint8Array = payload.subarray(0, 0);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) data = reader.bytes();
    else reader.skipType(tag & 7);
  }
  return data;
}

function attributesOf({ name, encoding, revisionId }: Stamp): Uint8Array {
  const added = {
    googclient_schemaname: name,
    googclient_schemaencoding: encoding,
    googclient_schemarevisionid: revisionId,
  };
  const writer = new protobuf.BufferWriter();
  for (const [key, value] of Object.entries(added)) {
    writer.uint32(0x12).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim();
  }
  return writer.finish();
}
