import protobuf from 'protobufjs';
import { ProtoReader } from './proto-reader.ts';

/** google.protobuf.FieldDescriptorProto, as far as rows need it. */
export interface FieldDescriptor {
  readonly name: string;
  readonly number: number;
  readonly label: number;
  readonly type: number;
}

/** google.cloud.bigquery.storage.v1.AppendRowsRequest, taken apart where it lies. */
export interface AppendRequest {
  readonly writeStream: string;
  readonly hasOffset: boolean;
  readonly hasArrow: boolean;
  readonly descriptor: Buffer | undefined;
  readonly rows: readonly Buffer[];
}

export function readAppendRequest(bytes: Buffer): AppendRequest {
  const found = {
    writeStream: '',
    hasOffset: false,
    hasArrow: false,
    descriptor: undefined as Buffer | undefined,
    rows: [] as Buffer[],
  };
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) found.writeStream = reader.text();
    else if (tag === 34) readProtoData(reader.message(), found);
    else {
      if (tag >>> 3 === 2) found.hasOffset = true;
      if (tag >>> 3 === 5) found.hasArrow = true;
      reader.skip(tag & 7);
    }
  }
  return found;
}

function readProtoData(reader: ProtoReader, found: { descriptor: Buffer | undefined; rows: Buffer[] }): void {
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) {
      const schema = reader.message();
      for (let inner = schema.tag(); inner !== 0; inner = schema.tag()) {
        if (inner === 10) found.descriptor = schema.slice();
        else schema.skip(inner & 7);
      }
    } else if (tag === 18) {
      const rows = reader.message();
      for (let inner = rows.tag(); inner !== 0; inner = rows.tag()) {
        if (inner === 10) found.rows.push(rows.slice());
        else rows.skip(inner & 7);
      }
    } else reader.skip(tag & 7);
  }
}

export function readDescriptor(bytes: Buffer): FieldDescriptor[] {
  const fields: FieldDescriptor[] = [];
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 18) fields.push(readField(reader.message()));
    else reader.skip(tag & 7);
  }
  return fields;
}

function readField(reader: ProtoReader): FieldDescriptor {
  const field = { name: '', number: 0, label: 1, type: 0 };
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) field.name = reader.text();
    else if (tag === 24) field.number = reader.uint32();
    else if (tag === 32) field.label = reader.uint32();
    else if (tag === 40) field.type = reader.uint32();
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
