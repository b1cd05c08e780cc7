import protobuf from 'protobufjs';
import type { TableResource } from '../engine/metadata.ts';
import { fieldType, type SchemaField } from '../engine/schema.ts';
import { rangeElement, type ScalarKind } from '../sql/types.ts';
import { wrapped } from './append-request.ts';
import { ProtoReader } from './proto-reader.ts';
import { encodeStorageError, type StorageError } from './storage-error.ts';
import type { StreamType, WriteStream } from './write-stream.ts';

/** google.cloud.bigquery.storage.v1: WriteStream, TableSchema and the requests and answers about streams. */
const typeNumbers: Readonly<Record<StreamType, number>> = { COMMITTED: 1, PENDING: 2, BUFFERED: 3 };
const INSERT = 1;
const kindNumbers: Readonly<Record<ScalarKind | 'STRUCT', number>> = {
  STRING: 1,
  INT64: 2,
  FLOAT64: 3,
  STRUCT: 4,
  BYTES: 5,
  BOOL: 6,
  TIMESTAMP: 7,
  DATE: 8,
  TIME: 9,
  DATETIME: 10,
  NUMERIC: 12,
  BIGNUMERIC: 13,
  INTERVAL: 14,
  JSON: 15,
  'RANGE<DATE>': 16,
  'RANGE<DATETIME>': 16,
  'RANGE<TIMESTAMP>': 16,
};
const modeNumbers: Readonly<Record<string, number>> = { NULLABLE: 1, REQUIRED: 2, REPEATED: 3 };

export interface StreamRequest {
  /** `name`, `parent` or `write_stream`: the first field of each of these requests. */
  readonly name: string;
  readonly type: StreamType | undefined;
  readonly streams: readonly string[];
  readonly offset: number | undefined;
  readonly full: boolean;
}

/** One reader for five small requests: they differ in their second field only. */
export function readStreamRequest(
  bytes: Buffer,
  second: 'type' | 'streams' | 'offset' | 'none',
): StreamRequest {
  const found = {
    name: '',
    type: undefined as StreamType | undefined,
    offset: undefined as number | undefined,
  };
  const streams: string[] = [];
  let full = false;
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) found.name = reader.text();
    else if (tag === 18 && second === 'type') found.type = typeIn(reader.message());
    else if (tag === 18 && second === 'streams') streams.push(reader.text());
    else if (tag === 18 && second === 'offset') found.offset = wrapped(reader.message());
    else if (tag === 24) full = reader.uint32() === 2;
    else reader.skip(tag & 7);
  }
  return { ...found, streams, full };
}

function typeIn(reader: ProtoReader): StreamType | undefined {
  let type: StreamType | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== 16) {
      reader.skip(tag & 7);
      continue;
    }
    const value = reader.uint32();
    type = (Object.keys(typeNumbers) as StreamType[]).find((name) => typeNumbers[name] === value);
  }
  return type;
}

export function writeStreamMessage(
  stream: Pick<WriteStream, 'name' | 'type' | 'createdMicros' | 'committedMicros'>,
  location: string,
  table?: TableResource,
): Buffer {
  const w = protobuf.Writer.create();
  w.uint32(10).string(stream.name).uint32(16).int32(typeNumbers[stream.type]);
  if (stream.createdMicros !== undefined) writeInstant(w, 26, stream.createdMicros);
  if (stream.committedMicros !== undefined) writeInstant(w, 34, stream.committedMicros);
  if (table) writeSchema(w, 42, table);
  return Buffer.from(w.uint32(56).int32(INSERT).uint32(66).string(location).finish());
}

function writeInstant(w: protobuf.Writer, tag: number, micros: number): void {
  const seconds = Math.floor(micros / 1_000_000);
  w.uint32(tag).fork().uint32(8).int64(seconds).uint32(16);
  w.int32((micros - seconds * 1_000_000) * 1000).ldelim();
}

export function writeSchema(w: protobuf.Writer, tag: number, table: TableResource): void {
  w.uint32(tag).fork();
  for (const field of table.body.schema.fields) writeField(w, 10, field);
  w.ldelim();
}

function writeField(w: protobuf.Writer, tag: number, field: SchemaField): void {
  const whole = fieldType(field);
  const type = whole.kind === 'ARRAY' ? whole.of : whole;
  const kind = type.kind === 'ARRAY' ? 'STRUCT' : type.kind;
  w.uint32(tag).fork().uint32(10).string(field.name).uint32(16).int32(kindNumbers[kind]);
  w.uint32(24).int32(modeNumbers[field.mode?.toUpperCase() ?? 'NULLABLE'] ?? 1);
  for (const inner of field.fields ?? []) writeField(w, 34, inner);
  if (field.description !== undefined) w.uint32(50).string(field.description);
  if (field.maxLength !== undefined) w.uint32(56).int64(Number(field.maxLength));
  if (field.precision !== undefined) w.uint32(64).int64(Number(field.precision));
  if (field.scale !== undefined) w.uint32(72).int64(Number(field.scale));
  const element = rangeElement(type);
  if (element)
    w.uint32(90)
      .fork()
      .uint32(8)
      .int32(kindNumbers[element.kind as ScalarKind])
      .ldelim();
  if (field.defaultValueExpression !== undefined) w.uint32(82).string(field.defaultValueExpression);
  w.ldelim();
}

export function countMessage(count: number): Buffer {
  return Buffer.from(protobuf.Writer.create().uint32(8).int64(count).finish());
}

/** BatchCommitWriteStreamsResponse: a time, or why none of the streams was committed. */
export function commitMessage(outcome: { micros?: number; errors: readonly StorageError[] }): Buffer {
  const w = protobuf.Writer.create();
  if (outcome.micros !== undefined) writeInstant(w, 10, outcome.micros);
  for (const e of outcome.errors) w.uint32(18).bytes(encodeStorageError(e.storageCode, e.message, e.entity));
  return Buffer.from(w.finish());
}
