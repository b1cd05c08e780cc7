import { ProtoReader } from './proto-reader.ts';

export type Missing = 'null' | 'default';

/** google.cloud.bigquery.storage.v1.AppendRowsRequest, taken apart where it lies. */
export interface AppendRequest {
  readonly writeStream: string;
  readonly offset: number | undefined;
  readonly hasArrow: boolean;
  readonly traceId: string;
  readonly descriptor: Buffer | undefined;
  readonly bytes: Buffer;
  /** Where in `bytes` each row begins and ends. */
  readonly ranges: readonly number[];
  /** By column; of the columns not named, `missingElse`. */
  readonly missing: ReadonlyMap<string, Missing>;
  readonly missingElse: Missing;
}

type Found = { -readonly [K in keyof AppendRequest]: AppendRequest[K] } & {
  ranges: number[];
  missing: Map<string, Missing>;
};
const DEFAULT_VALUE = 2;
const missingOf = (value: number): Missing => (value === DEFAULT_VALUE ? 'default' : 'null');

export function readAppendRequest(bytes: Buffer): AppendRequest {
  const found: Found = {
    writeStream: '',
    offset: undefined,
    hasArrow: false,
    traceId: '',
    descriptor: undefined,
    bytes,
    ranges: [],
    missing: new Map(),
    missingElse: 'null',
  };
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag())
    switch (tag) {
      case 10:
        found.writeStream = reader.text();
        break;
      case 18:
        found.offset = wrapped(reader.message());
        break;
      case 34:
        readProtoData(reader.message(), found);
        break;
      case 50:
        found.traceId = reader.text();
        break;
      case 58:
        readMissing(reader.message(), found.missing);
        break;
      case 64:
        found.missingElse = missingOf(reader.uint32());
        break;
      default:
        if (tag >>> 3 === 5) found.hasArrow = true;
        reader.skip(tag & 7);
    }
  return found;
}

/** google.protobuf.Int64Value */
export function wrapped(reader: ProtoReader): number {
  let value = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) value = Number(reader.int64());
    else reader.skip(tag & 7);
  }
  return value;
}

function readMissing(reader: ProtoReader, into: Map<string, Missing>): void {
  let column = '';
  let value = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 10) column = reader.text();
    else if (tag === 16) value = reader.uint32();
    else reader.skip(tag & 7);
  }
  into.set(column.toLowerCase(), missingOf(value));
}

function readProtoData(reader: ProtoReader, found: Found): void {
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
        if (inner !== 10) {
          rows.skip(inner & 7);
          continue;
        }
        const end = rows.lengthDelimited();
        found.ranges.push(rows.position, end);
        rows.position = end;
      }
    } else reader.skip(tag & 7);
  }
}
