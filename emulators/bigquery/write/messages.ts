import protobuf from 'protobufjs';
import { ProtoReader } from './proto-reader.ts';

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

export function appendResult(writeStream: string): Buffer {
  // append_result {} without an offset: the default stream has none.
  return Buffer.from(protobuf.Writer.create().uint32(10).uint32(0).uint32(42).string(writeStream).finish());
}

export function appendError(
  writeStream: string,
  code: number,
  message: string,
  rowErrors: readonly RowError[],
): Buffer {
  const w = protobuf.Writer.create()
    .uint32(18)
    .fork()
    .uint32(8)
    .int32(code)
    .uint32(18)
    .string(message)
    .ldelim();
  for (const { index, message: why } of rowErrors)
    w.uint32(34).fork().uint32(8).int64(index).uint32(16).int32(1).uint32(26).string(why).ldelim();
  return Buffer.from(w.uint32(42).string(writeStream).finish());
}

const COMMITTED = 1;

/** google.cloud.bigquery.storage.v1.WriteStream of a default stream. */
export function writeStream(name: string, location: string): Buffer {
  return Buffer.from(
    protobuf.Writer.create()
      .uint32(10)
      .string(name)
      .uint32(16)
      .int32(COMMITTED)
      .uint32(66)
      .string(location)
      .finish(),
  );
}

/** The `name` of a GetWriteStreamRequest. */
export function streamName(bytes: Buffer): string {
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) return reader.text();
    reader.skip(tag & 7);
  }
  return '';
}
