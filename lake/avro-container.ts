import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import avro from 'avsc';
import { InputError } from '../runtime/index.ts';

/**
 * Avro object container files around avsc's datum codec. avsc has a container writer of its own, but it loses
 * either the `field-id` attributes that Iceberg readers go by or the exactness of 64-bit longs.
 */
export interface AvroCodec {
  /** The schema as it stands in the header, attributes included. */
  readonly schemaText: string;
  readonly type: avro.Type;
}

const magic = Buffer.from([0x4f, 0x62, 0x6a, 0x01]);
const syncLength = 16;
const headerMeta = avro.Type.forSchema({ type: 'map', values: 'bytes' });
const plainLong = avro.Type.forSchema('long');

/** Number while exact, bigint beyond: snapshot ids do not fit a double. */
const exactLong = avro.types.LongType.__with({
  fromBuffer(bytes: Buffer): number | bigint {
    const value = bytes.readBigInt64LE();
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  },
  toBuffer(value: number | bigint): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(value));
    return bytes;
  },
  fromJSON: (value: number) => value,
  toJSON: (value: number | bigint) => Number(value),
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (one: number | bigint, other: number | bigint) => (one < other ? -1 : one > other ? 1 : 0),
});

export function avroCodec(schema: object): AvroCodec {
  return codecFrom(JSON.stringify(schema));
}

function codecFrom(schemaText: string): AvroCodec {
  const type = avro.Type.forSchema(JSON.parse(schemaText) as avro.Schema, { registry: { long: exactLong } });
  return { schemaText, type };
}

export function writeContainer(
  codec: AvroCodec,
  metadata: Readonly<Record<string, string>>,
  records: readonly object[],
): Uint8Array {
  const entries = { ...metadata, 'avro.schema': codec.schemaText, 'avro.codec': 'deflate' };
  const header = headerMeta.toBuffer(
    Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, Buffer.from(value)])),
  );
  const content = Buffer.concat(records.map((record) => codec.type.toBuffer(record)));
  // The marker must differ from file to file, not be secret: a digest keeps this function pure.
  const sync = createHash('md5').update(header).update(content).digest();
  if (records.length === 0) return Buffer.concat([magic, header, sync]);
  const block = deflateRawSync(content);
  const counts = Buffer.concat([plainLong.toBuffer(records.length), plainLong.toBuffer(block.length)]);
  return Buffer.concat([magic, header, sync, counts, block, sync]);
}

export interface AvroContainer {
  readonly metadata: Readonly<Record<string, string>>;
  readonly records: readonly unknown[];
}

/** `known` saves building a type from the header's schema where it is the one we write ourselves. */
export function readContainer(file: Uint8Array, known: AvroCodec, name: string): AvroContainer {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw new InputError(`${name} is not an Avro file`, {
      expected: 'Obj\\x01',
      got: bytes.toString('hex', 0, 4),
    });
  }
  const header = headerMeta.decode(bytes, magic.length);
  if (header.offset < 0) throw truncated(name);
  const metadata = Object.fromEntries(
    Object.entries(header.value as Record<string, Buffer>).map(([key, value]) => [key, value.toString()]),
  );
  const schemaText = metadata['avro.schema'] ?? '';
  const { type } = schemaText === known.schemaText ? known : codecFrom(schemaText);
  const unpack = decompressorOf(metadata['avro.codec'] ?? 'null', name);
  const records: unknown[] = [];
  let at = header.offset + syncLength;
  while (at < bytes.length) {
    const count = plainLong.decode(bytes, at);
    const size = plainLong.decode(bytes, count.offset);
    const end = size.offset + Number(size.value);
    if (count.offset < 0 || size.offset < 0 || end + syncLength > bytes.length) throw truncated(name);
    const content = unpack(bytes.subarray(size.offset, end));
    let offset = 0;
    for (let read = 0; read < Number(count.value); read++) {
      const datum = type.decode(content, offset);
      if (datum.offset < 0) throw truncated(name);
      records.push(datum.value);
      offset = datum.offset;
    }
    at = end + syncLength;
  }
  return { metadata, records };
}

function decompressorOf(codec: string, name: string): (block: Buffer) => Buffer {
  if (codec === 'null') return (block) => block;
  if (codec === 'deflate') return (block) => inflateRawSync(block);
  throw new InputError(`${name} is compressed with a codec that is not supported`, {
    expected: 'null or deflate',
    got: codec,
  });
}

function truncated(name: string): InputError {
  return new InputError(`${name} ends in the middle of a record`, {
    action: 'restore the file from a backup',
  });
}
