import { DefectError } from '../../runtime/index.ts';

/** A value that Terraform does not know yet; it arrives as an extension of the format. */
export const unknown = Symbol('unknown');

/** Decodes what Terraform sends as configuration and state: the part of MessagePack that such values use. */
export function decodeMessagePack(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { bytes, view, at: 0 };
  return value(reader);
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

function value(reader: Reader): unknown {
  const tag = unsigned(reader, 1);
  if (tag <= 0x7f) return tag;
  if (tag <= 0x8f) return map(reader, tag & 0x0f);
  if (tag <= 0x9f) return list(reader, tag & 0x0f);
  if (tag <= 0xbf) return text(reader, tag & 0x1f);
  if (tag >= 0xe0) return tag - 0x100;
  const read = byTag[tag];
  if (!read) throw new DefectError(`MessagePack tag 0x${tag.toString(16)} is not one that Terraform sends`);
  return read(reader);
}

const byTag: Readonly<Record<number, (reader: Reader) => unknown>> = {
  192: () => null,
  194: () => false,
  195: () => true,
  199: (reader) => extension(reader, unsigned(reader, 1)),
  202: (reader) => reader.view.getFloat32(skip(reader, 4)),
  203: (reader) => reader.view.getFloat64(skip(reader, 8)),
  204: (reader) => unsigned(reader, 1),
  205: (reader) => unsigned(reader, 2),
  206: (reader) => unsigned(reader, 4),
  207: (reader) => Number(reader.view.getBigUint64(skip(reader, 8))),
  208: (reader) => reader.view.getInt8(skip(reader, 1)),
  209: (reader) => reader.view.getInt16(skip(reader, 2)),
  210: (reader) => reader.view.getInt32(skip(reader, 4)),
  211: (reader) => Number(reader.view.getBigInt64(skip(reader, 8))),
  212: (reader) => extension(reader, 1),
  213: (reader) => extension(reader, 2),
  217: (reader) => text(reader, unsigned(reader, 1)),
  218: (reader) => text(reader, unsigned(reader, 2)),
  219: (reader) => text(reader, unsigned(reader, 4)),
  220: (reader) => list(reader, unsigned(reader, 2)),
  221: (reader) => list(reader, unsigned(reader, 4)),
  222: (reader) => map(reader, unsigned(reader, 2)),
  223: (reader) => map(reader, unsigned(reader, 4)),
};

function skip(reader: Reader, count: number): number {
  const from = reader.at;
  reader.at += count;
  return from;
}

function unsigned(reader: Reader, width: 1 | 2 | 4): number {
  const from = skip(reader, width);
  if (width === 1) return reader.view.getUint8(from);
  return width === 2 ? reader.view.getUint16(from) : reader.view.getUint32(from);
}

function text(reader: Reader, length: number): string {
  const from = skip(reader, length);
  return Buffer.from(reader.bytes.subarray(from, from + length)).toString('utf8');
}

function list(reader: Reader, length: number): unknown[] {
  return Array.from({ length }, () => value(reader));
}

function map(reader: Reader, length: number): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length }, () => [String(value(reader)), value(reader)]));
}

function extension(reader: Reader, length: number): typeof unknown {
  skip(reader, 1 + length);
  return unknown;
}
