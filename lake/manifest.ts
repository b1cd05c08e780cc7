import { InputError } from '../runtime/index.ts';
import { type AvroCodec, avroCodec, readContainer, writeContainer } from './avro-container.ts';
import type { PartitionSpec, PartitionTuple } from './partition-spec.ts';
import type { IcebergSchema } from './schema.ts';

/** Numbers and bounds per column, keyed by field id. A column without an entry is unknown, not empty. */
export interface FileMetrics {
  readonly columnSizes: ReadonlyMap<number, number>;
  readonly valueCounts: ReadonlyMap<number, number>;
  readonly nullValueCounts: ReadonlyMap<number, number>;
  readonly nanValueCounts: ReadonlyMap<number, number>;
  readonly lowerBounds: ReadonlyMap<number, Uint8Array>;
  readonly upperBounds: ReadonlyMap<number, Uint8Array>;
}

export interface DataFile {
  readonly filePath: string;
  readonly partition: PartitionTuple;
  readonly recordCount: number;
  readonly fileSizeInBytes: number;
  readonly splitOffsets: readonly number[];
  readonly metrics: FileMetrics;
}

export const entryStatus = { existing: 0, added: 1, deleted: 2 } as const;

export interface ManifestEntry {
  readonly status: number;
  /** These three may be null only in a manifest whose snapshot is not committed: they are inherited from it. */
  readonly snapshotId: bigint | null;
  readonly sequenceNumber: number | null;
  readonly fileSequenceNumber: number | null;
  readonly dataFile: DataFile;
}

/** How the manifests of one table and spec are written and read. */
export interface ManifestCodec {
  readonly avro: AvroCodec;
  readonly schema: IcebergSchema;
  readonly spec: PartitionSpec;
}

export function manifestCodec(schema: IcebergSchema, spec: PartitionSpec): ManifestCodec {
  return { avro: avroCodec(entrySchema(spec)), schema, spec };
}

export function writeManifest(codec: ManifestCodec, entries: readonly ManifestEntry[]): Uint8Array {
  const { schema, spec } = codec;
  const metadata = {
    // Readers take the table's schema from here, not the Avro schema of this file, and compare it by its id.
    schema: JSON.stringify(schema),
    'schema-id': String(schema['schema-id']),
    'partition-spec': JSON.stringify(spec.fields),
    'partition-spec-id': String(spec['spec-id']),
    'format-version': '2',
    content: 'data',
  };
  return writeContainer(
    codec.avro,
    metadata,
    entries.map((entry) => entryRecord(entry, spec)),
  );
}

export function readManifest(
  codec: ManifestCodec,
  bytes: Uint8Array,
  name: string,
): readonly ManifestEntry[] {
  const { records } = readContainer(bytes, codec.avro, name);
  return records.map((record) => entryOf(record as EntryRecord, codec.spec, name));
}

type Pairs<T> = { key: number; value: T }[] | null;
type Long = number | bigint;

interface EntryRecord {
  status: number;
  snapshot_id: Long | null;
  sequence_number: Long | null;
  file_sequence_number: Long | null;
  data_file: {
    content: number;
    file_path: string;
    file_format: string;
    partition: Record<string, number | null>;
    record_count: Long;
    file_size_in_bytes: Long;
    column_sizes: Pairs<Long>;
    value_counts: Pairs<Long>;
    null_value_counts: Pairs<Long>;
    nan_value_counts: Pairs<Long>;
    lower_bounds: Pairs<Buffer>;
    upper_bounds: Pairs<Buffer>;
    split_offsets: Long[] | null;
    sort_order_id: number | null;
  };
}

function entryRecord({ dataFile, ...entry }: ManifestEntry, spec: PartitionSpec): EntryRecord {
  const { metrics } = dataFile;
  return {
    status: entry.status,
    snapshot_id: entry.snapshotId,
    sequence_number: entry.sequenceNumber,
    file_sequence_number: entry.fileSequenceNumber,
    data_file: {
      content: 0,
      file_path: dataFile.filePath,
      file_format: 'PARQUET',
      partition: Object.fromEntries(
        spec.fields.map(({ name }, index) => [name, dataFile.partition[index] ?? null]),
      ),
      record_count: dataFile.recordCount,
      file_size_in_bytes: dataFile.fileSizeInBytes,
      column_sizes: pairs(metrics.columnSizes),
      value_counts: pairs(metrics.valueCounts),
      null_value_counts: pairs(metrics.nullValueCounts),
      nan_value_counts: pairs(metrics.nanValueCounts),
      lower_bounds: bytePairs(metrics.lowerBounds),
      upper_bounds: bytePairs(metrics.upperBounds),
      split_offsets: [...dataFile.splitOffsets],
      sort_order_id: 0,
    },
  };
}

function entryOf(record: EntryRecord, spec: PartitionSpec, name: string): ManifestEntry {
  const file = record.data_file;
  if (file.content !== 0 || file.file_format.toUpperCase() !== 'PARQUET') {
    throw new InputError(`${name} lists a file that is not supported`, {
      expected: 'Parquet data files',
      got: `content ${file.content} in ${file.file_format}`,
    });
  }
  return {
    status: record.status,
    snapshotId: record.snapshot_id === null ? null : BigInt(record.snapshot_id),
    sequenceNumber: numberOrNull(record.sequence_number),
    fileSequenceNumber: numberOrNull(record.file_sequence_number),
    dataFile: {
      filePath: file.file_path,
      partition: spec.fields.map((field) => file.partition[field.name] ?? null),
      recordCount: Number(file.record_count),
      fileSizeInBytes: Number(file.file_size_in_bytes),
      splitOffsets: (file.split_offsets ?? []).map(Number),
      metrics: {
        columnSizes: numberMap(file.column_sizes),
        valueCounts: numberMap(file.value_counts),
        nullValueCounts: numberMap(file.null_value_counts),
        nanValueCounts: numberMap(file.nan_value_counts),
        lowerBounds: new Map(file.lower_bounds?.map(({ key, value }) => [key, value])),
        upperBounds: new Map(file.upper_bounds?.map(({ key, value }) => [key, value])),
      },
    },
  };
}

function numberOrNull(value: Long | null): number | null {
  return value === null ? null : Number(value);
}

function numberMap(entries: Pairs<Long>): Map<number, number> {
  return new Map(entries?.map(({ key, value }) => [key, Number(value)]));
}

function pairs(map: ReadonlyMap<number, number>): Pairs<Long> {
  return Array.from(map, ([key, value]) => ({ key, value }));
}

function bytePairs(map: ReadonlyMap<number, Uint8Array>): Pairs<Buffer> {
  return Array.from(map, ([key, value]) => ({
    key,
    value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  }));
}

/** Names and ids are the specification's; readers find fields by `field-id`. */
function entrySchema(spec: PartitionSpec): object {
  const partition = {
    type: 'record',
    name: 'r102',
    fields: spec.fields.map(({ name, 'field-id': id }) =>
      // The day transform's result is an int that readers expect to be told is a date.
      optional(name, id, { type: 'int', logicalType: 'date' }),
    ),
  };
  const dataFile = {
    type: 'record',
    name: 'r2',
    fields: [
      required('content', 134, 'int'),
      required('file_path', 100, 'string'),
      required('file_format', 101, 'string'),
      required('partition', 102, partition),
      required('record_count', 103, 'long'),
      required('file_size_in_bytes', 104, 'long'),
      perColumn('column_sizes', 108, 117, 118, 'long'),
      perColumn('value_counts', 109, 119, 120, 'long'),
      perColumn('null_value_counts', 110, 121, 122, 'long'),
      perColumn('nan_value_counts', 137, 138, 139, 'long'),
      perColumn('lower_bounds', 125, 126, 127, 'bytes'),
      perColumn('upper_bounds', 128, 129, 130, 'bytes'),
      optional('split_offsets', 132, { type: 'array', items: 'long', 'element-id': 133 }),
      optional('sort_order_id', 140, 'int'),
    ],
  };
  return {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      required('status', 0, 'int'),
      optional('snapshot_id', 1, 'long'),
      optional('sequence_number', 3, 'long'),
      optional('file_sequence_number', 4, 'long'),
      required('data_file', 2, dataFile),
    ],
  };
}

function required(name: string, id: number, type: unknown): object {
  return { name, type, 'field-id': id };
}

function optional(name: string, id: number, type: unknown): object {
  return { name, type: ['null', type], default: null, 'field-id': id };
}

/** Avro maps have text keys, so a map by field id is an array of pairs that says it is a map. */
function perColumn(name: string, id: number, keyId: number, valueId: number, value: string): object {
  const pair = {
    type: 'record',
    name: `k${keyId}_v${valueId}`,
    fields: [required('key', keyId, 'int'), required('value', valueId, value)],
  };
  return optional(name, id, { type: 'array', logicalType: 'map', items: pair });
}
