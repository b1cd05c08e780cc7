import protobuf from 'protobufjs/minimal.js';
import { type AckId, readAckId } from './ack-id.ts';

export interface AcknowledgeRequest {
  subscription: string;
  ackIds: AckId[];
}

export function decodeAcknowledge(bytes: Buffer): AcknowledgeRequest {
  const reader = protobuf.Reader.create(bytes);
  const request: AcknowledgeRequest = { subscription: '', ackIds: [] };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) request.subscription = reader.string();
    else if (tag === 0x12) request.ackIds.push(nextAckId(reader, bytes));
    else reader.skipType(tag & 7);
  }
  return request;
}

export interface ModifyAckDeadlineRequest extends AcknowledgeRequest {
  ackDeadlineSeconds: number;
}

export function decodeModifyAckDeadline(bytes: Buffer): ModifyAckDeadlineRequest {
  const reader = protobuf.Reader.create(bytes);
  const request: ModifyAckDeadlineRequest = { subscription: '', ackIds: [], ackDeadlineSeconds: 0 };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) request.subscription = reader.string();
    else if (tag === 0x18) request.ackDeadlineSeconds = reader.int32();
    else if (tag === 0x22) request.ackIds.push(nextAckId(reader, bytes));
    else reader.skipType(tag & 7);
  }
  return request;
}

export interface StreamingPullRequest extends AcknowledgeRequest {
  modifyIds: AckId[];
  modifySeconds: number[];
  streamAckDeadlineSeconds: number;
  maxOutstandingMessages: number;
  maxOutstandingBytes: number;
}

export function decodeStreamingPull(bytes: Buffer): StreamingPullRequest {
  const reader = protobuf.Reader.create(bytes);
  const request: StreamingPullRequest = {
    subscription: '',
    ackIds: [],
    modifyIds: [],
    modifySeconds: [],
    streamAckDeadlineSeconds: 0,
    maxOutstandingMessages: 0,
    maxOutstandingBytes: 0,
  };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) request.subscription = reader.string();
    else if (tag === 0x12) request.ackIds.push(nextAckId(reader, bytes));
    else if (tag === 0x18) request.modifySeconds.push(reader.int32());
    else if (tag === 0x1a) {
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) request.modifySeconds.push(reader.int32());
    } else if (tag === 0x22) request.modifyIds.push(nextAckId(reader, bytes));
    else if (tag === 0x28) request.streamAckDeadlineSeconds = reader.int32();
    else if (tag === 0x38) request.maxOutstandingMessages = Number(reader.int64());
    else if (tag === 0x40) request.maxOutstandingBytes = Number(reader.int64());
    else reader.skipType(tag & 7);
  }
  return request;
}

function nextAckId(reader: protobuf.Reader, bytes: Buffer): AckId {
  const length = reader.uint32();
  const start = reader.pos;
  reader.skip(length);
  return readAckId(bytes, start, start + length);
}
