import protobuf from 'protobufjs';
import { rowDescriptor, type Table } from '../../../contracts/index.ts';
import { bytesOf, type RowRun } from '../../row-run.ts';
import type { RequestMemory } from './request-memory.ts';

/**
 * google.cloud.bigquery.storage.v1.AppendRowsRequest, written by hand: the rows are bytes already, and the client's
 * way would copy each into an object, a list of operations and a buffer before it is sent.
 */
const tags = {
  writeStream: 0x0a,
  protoRows: 0x22,
  writerSchema: 0x0a,
  descriptor: 0x0a,
  rows: 0x12,
};

/** What the first request of a connection says and later ones leave out: the stream and what its rows look like. */
export function openingOf(table: Table, streamName: string): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(tags.writeStream).string(streamName);
  writer.uint32(tags.protoRows).fork().uint32(tags.writerSchema).fork();
  writer.uint32(tags.descriptor).bytes(descriptorBytes(table));
  return writer.ldelim().ldelim().finish();
}

/** google.protobuf.DescriptorProto */
function descriptorBytes(table: Table): Uint8Array {
  const { name, field } = rowDescriptor(table);
  const writer = protobuf.Writer.create().uint32(0x0a).string(name);
  for (const column of field) {
    writer.uint32(0x12).fork().uint32(0x0a).string(column.name).uint32(0x18).int32(column.number);
    writer.uint32(0x20).int32(column.label).uint32(0x28).int32(column.type).ldelim();
  }
  return writer.finish();
}

/**
 * Rows behind what opens the connection, if this is its first request. A message field that stands twice is merged by
 * its reader, so the opening's schema and these rows are one `proto_rows`.
 */
export function requestOf(memory: RequestMemory, runs: readonly RowRun[], opening?: Uint8Array): Buffer {
  const rowBytes = bytesOf(runs);
  const listBytes = 1 + varintLength(rowBytes) + rowBytes;
  const openingBytes = opening?.length ?? 0;
  const request = memory.take(openingBytes + 1 + varintLength(listBytes) + listBytes);
  if (opening) request.set(opening);
  let at = tagged(request, openingBytes, tags.protoRows, listBytes);
  at = tagged(request, at, tags.rows, rowBytes);
  for (const { slab, from, to } of runs) {
    request.set(slab.subarray(from, to), at);
    at += to - from;
  }
  return request;
}

function tagged(into: Buffer, from: number, tag: number, length: number): number {
  let at = from;
  into[at++] = tag;
  let rest = length;
  while (rest > 127) {
    into[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}

function varintLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}
