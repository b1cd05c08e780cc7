import protobuf from 'protobufjs';
import { codes, type ServiceError } from '../../frame/index.ts';
import type { TableResource } from '../engine/metadata.ts';
import { ProtoReader } from './proto-reader.ts';
import { writeSchema } from './stream-messages.ts';

/** google.protobuf.FieldDescriptorProto, as far as rows need it. */
export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: number;
  readonly type: number;
  readonly typeName: string;
}
/** google.protobuf.DescriptorProto: a message's fields and the messages declared inside it. */
export interface MessageDescriptor {
  readonly name: string;
  readonly fields: readonly FieldDescriptor[];
  readonly nested: readonly MessageDescriptor[];
}

export function readDescriptor(bytes: Buffer): MessageDescriptor {
  return readMessage(new ProtoReader(bytes));
}

function readMessage(reader: ProtoReader): MessageDescriptor {
  let name = '';
  const fields: FieldDescriptor[] = [];
  const nested: MessageDescriptor[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) name = reader.text();
    else if (tag === 18) fields.push(readField(reader.message()));
    else if (tag === 26) nested.push(readMessage(reader.message()));
    else reader.skip(tag & 7);
  }
  return { name, fields, nested };
}

function readField(reader: ProtoReader): FieldDescriptor {
  const field = { name: '', number: 0, label: 1, type: 0, typeName: '' };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) field.name = reader.text();
    else if (tag === 24) field.number = reader.uint32();
    else if (tag === 32) field.label = reader.uint32();
    else if (tag === 40) field.type = reader.uint32();
    else if (tag === 50) field.typeName = reader.text();
    else reader.skip(tag & 7);
  }
  return field;
}

export interface RowError {
  readonly index: number;
  readonly message: string;
}

const FIELDS_ERROR = 1;

export interface AppendAnswer {
  readonly writeStream: string;
  /** Of a stream with offsets: where the rows stand. */
  readonly offset?: number;
  /** The table has another schema than the client was told last. */
  readonly updated?: TableResource;
}

/** AppendRowsResponse with an append_result; without an offset on the default stream, which has none. */
export function appendResult({ writeStream, offset, updated }: AppendAnswer): Buffer {
  const w = protobuf.Writer.create().uint32(10).fork();
  if (offset !== undefined) w.uint32(10).fork().uint32(8).int64(offset).ldelim();
  w.ldelim();
  if (updated) writeSchema(w, 26, updated);
  return Buffer.from(w.uint32(42).string(writeStream).finish());
}

/** AppendRowsResponse with a google.rpc.Status. */
export function appendError(
  { writeStream, updated }: AppendAnswer,
  error: ServiceError,
  rowErrors: readonly RowError[] = [],
): Buffer {
  const w = protobuf.Writer.create().uint32(18).fork();
  w.uint32(8).int32(codes[error.code].number).uint32(18).string(error.message);
  for (const { typeUrl, value } of error.details)
    w.uint32(26).fork().uint32(10).string(typeUrl).uint32(18).bytes(value).ldelim();
  w.ldelim();
  if (updated) writeSchema(w, 26, updated);
  for (const { index, message } of rowErrors)
    w.uint32(34)
      .fork()
      .uint32(8)
      .int64(index)
      .uint32(16)
      .int32(FIELDS_ERROR)
      .uint32(26)
      .string(message)
      .ldelim();
  return Buffer.from(w.uint32(42).string(writeStream).finish());
}
