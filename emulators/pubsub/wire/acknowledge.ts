import protobuf from 'protobufjs/minimal.js';
import { AckIds } from './ack-id.ts';

export interface AcknowledgeRequest {
  subscription: string;
  readonly ackIds: AckIds;
}

export function decodeAcknowledge(bytes: Buffer): AcknowledgeRequest {
  const reader = protobuf.Reader.create(bytes);
  const request: AcknowledgeRequest = { subscription: '', ackIds: new AckIds() };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) request.subscription = reader.string();
    else if (tag === 0x12) addAckId(request.ackIds, reader, bytes);
    else reader.skipType(tag & 7);
  }
  return request;
}

export interface ModifyAckDeadlineRequest extends AcknowledgeRequest {
  ackDeadlineSeconds: number;
}

export function decodeModifyAckDeadline(bytes: Buffer): ModifyAckDeadlineRequest {
  const reader = protobuf.Reader.create(bytes);
  const request: ModifyAckDeadlineRequest = { subscription: '', ackIds: new AckIds(), ackDeadlineSeconds: 0 };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) request.subscription = reader.string();
    else if (tag === 0x18) request.ackDeadlineSeconds = reader.int32();
    else if (tag === 0x22) addAckId(request.ackIds, reader, bytes);
    else reader.skipType(tag & 7);
  }
  return request;
}

export interface StreamingPullRequest extends AcknowledgeRequest {
  readonly modifyIds: AckIds;
  modifySeconds: number[];
  streamAckDeadlineSeconds: number;
  maxOutstandingMessages: number;
  maxOutstandingBytes: number;
}

export function decodeStreamingPull(bytes: Buffer): StreamingPullRequest {
  const reader = protobuf.Reader.create(bytes);
  const request: StreamingPullRequest = {
    subscription: '',
    ackIds: new AckIds(),
    modifyIds: new AckIds(),
    modifySeconds: [],
    streamAckDeadlineSeconds: 0,
    maxOutstandingMessages: 0,
    maxOutstandingBytes: 0,
  };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) request.subscription = reader.string();
    else if (tag === 0x12) addAckId(request.ackIds, reader, bytes);
    else if (tag === 0x18) request.modifySeconds.push(reader.int32());
    else if (tag === 0x1a) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) request.modifySeconds.push(reader.int32());
    } else if (tag === 0x22) addAckId(request.modifyIds, reader, bytes);
    else if (tag === 0x28) request.streamAckDeadlineSeconds = reader.int32();
    else if (tag === 0x38) request.maxOutstandingMessages = Number(reader.int64());
    else if (tag === 0x40) request.maxOutstandingBytes = Number(reader.int64());
    else reader.skipType(tag & 7);
  }
  return request;
}

function addAckId(ackIds: AckIds, reader: protobuf.Reader, bytes: Buffer): void {
  const length = reader.uint32();
  const start = reader.pos;
  reader.skip(length);
  ackIds.add(bytes, start, start + length);
}
