import { InputError } from '../runtime/index.ts';
import { avroCodec, readContainer, writeContainer } from './avro-container.ts';
import { type DataFile, entryStatus, type ManifestEntry } from './manifest.ts';
import type { PartitionSpec } from './partition-spec.ts';

/** What the partition values of a manifest's files have in common, one per partition field. */
export interface PartitionSummary {
  readonly containsNull: boolean;
  readonly lowerBound: Uint8Array | null;
  readonly upperBound: Uint8Array | null;
}

export interface ManifestFile {
  readonly path: string;
  readonly length: number;
  readonly specId: number;
  readonly sequenceNumber: number;
  readonly minSequenceNumber: number;
  readonly addedSnapshotId: bigint;
  readonly addedFiles: number;
  readonly existingFiles: number;
  readonly deletedFiles: number;
  readonly addedRows: number;
  readonly existingRows: number;
  readonly deletedRows: number;
  readonly partitions: readonly PartitionSummary[];
}

export interface ManifestListHeader {
  readonly snapshotId: bigint;
  readonly parentSnapshotId: bigint | undefined;
  readonly sequenceNumber: number;
}

const field = (name: string, id: number, type: unknown) => ({ name, type, 'field-id': id });
const optional = (name: string, id: number, type: unknown) => ({
  ...field(name, id, ['null', type]),
  default: null,
});

const summary = {
  type: 'record',
  name: 'r508',
  fields: [
    field('contains_null', 509, 'boolean'),
    optional('contains_nan', 518, 'boolean'),
    optional('lower_bound', 510, 'bytes'),
    optional('upper_bound', 511, 'bytes'),
  ],
};

const codec = avroCodec({
  type: 'record',
  name: 'manifest_file',
  fields: [
    field('manifest_path', 500, 'string'),
    field('manifest_length', 501, 'long'),
    field('partition_spec_id', 502, 'int'),
    field('content', 517, 'int'),
    field('sequence_number', 515, 'long'),
    field('min_sequence_number', 516, 'long'),
    field('added_snapshot_id', 503, 'long'),
    field('added_files_count', 504, 'int'),
    field('existing_files_count', 505, 'int'),
    field('deleted_files_count', 506, 'int'),
    field('added_rows_count', 512, 'long'),
    field('existing_rows_count', 513, 'long'),
    field('deleted_rows_count', 514, 'long'),
    optional('partitions', 507, { type: 'array', items: summary, 'element-id': 508 }),
  ],
});

interface ManifestFileRecord {
  manifest_path: string;
  manifest_length: number;
  partition_spec_id: number;
  content: number;
  sequence_number: number;
  min_sequence_number: number;
  added_snapshot_id: number | bigint;
  added_files_count: number;
  existing_files_count: number;
  deleted_files_count: number;
  added_rows_count: number;
  existing_rows_count: number;
  deleted_rows_count: number;
  partitions:
    | {
        contains_null: boolean;
        contains_nan: boolean | null;
        lower_bound: Buffer | null;
        upper_bound: Buffer | null;
      }[]
    | null;
}

export function writeManifestList(
  header: ManifestListHeader,
  manifests: readonly ManifestFile[],
): Uint8Array {
  const metadata = {
    'snapshot-id': String(header.snapshotId),
    'parent-snapshot-id': String(header.parentSnapshotId ?? null),
    'sequence-number': String(header.sequenceNumber),
    'format-version': '2',
  };
  return writeContainer(codec, metadata, manifests.map(toRecord));
}

export function readManifestList(bytes: Uint8Array, name: string): readonly ManifestFile[] {
  const { records } = readContainer(bytes, codec, name);
  return records.map((record) => fromRecord(record as ManifestFileRecord, name));
}

function toRecord(manifest: ManifestFile): ManifestFileRecord {
  return {
    manifest_path: manifest.path,
    manifest_length: manifest.length,
    partition_spec_id: manifest.specId,
    content: 0,
    sequence_number: manifest.sequenceNumber,
    min_sequence_number: manifest.minSequenceNumber,
    added_snapshot_id: manifest.addedSnapshotId,
    added_files_count: manifest.addedFiles,
    existing_files_count: manifest.existingFiles,
    deleted_files_count: manifest.deletedFiles,
    added_rows_count: manifest.addedRows,
    existing_rows_count: manifest.existingRows,
    deleted_rows_count: manifest.deletedRows,
    partitions: manifest.partitions.map(({ containsNull, lowerBound, upperBound }) => ({
      contains_null: containsNull,
      contains_nan: false,
      lower_bound: lowerBound && Buffer.from(lowerBound),
      upper_bound: upperBound && Buffer.from(upperBound),
    })),
  };
}

function fromRecord(record: ManifestFileRecord, name: string): ManifestFile {
  if (record.content !== 0) {
    throw new InputError(`${name} lists delete files, which are not supported`, {
      expected: 'a table that is only appended to',
      got: record.manifest_path,
      action: 'rewrite the data files with an engine that applies deletes, then read again',
    });
  }
  return {
    path: record.manifest_path,
    length: Number(record.manifest_length),
    specId: record.partition_spec_id,
    sequenceNumber: Number(record.sequence_number),
    minSequenceNumber: Number(record.min_sequence_number),
    addedSnapshotId: BigInt(record.added_snapshot_id),
    addedFiles: record.added_files_count,
    existingFiles: record.existing_files_count,
    deletedFiles: record.deleted_files_count,
    addedRows: Number(record.added_rows_count),
    existingRows: Number(record.existing_rows_count),
    deletedRows: Number(record.deleted_rows_count),
    partitions: (record.partitions ?? []).map((each) => ({
      containsNull: each.contains_null,
      lowerBound: each.lower_bound,
      upperBound: each.upper_bound,
    })),
  };
}

export interface WrittenManifest {
  readonly path: string;
  readonly length: number;
  readonly spec: PartitionSpec;
  readonly snapshotId: bigint;
  readonly sequenceNumber: number;
}

/** The line of the list for a manifest: its counts and ranges are those of its entries, never of another's. */
export function manifestFileOf(written: WrittenManifest, entries: readonly ManifestEntry[]): ManifestFile {
  const count = (status: number, measure: (file: DataFile) => number) =>
    entries.reduce((sum, entry) => (entry.status === status ? sum + measure(entry.dataFile) : sum), 0);
  const files = () => 1;
  const rows = (file: DataFile) => file.recordCount;
  const sequences = entries.map((entry) => entry.sequenceNumber ?? written.sequenceNumber);
  return {
    path: written.path,
    length: written.length,
    specId: written.spec['spec-id'],
    sequenceNumber: written.sequenceNumber,
    minSequenceNumber: sequences.reduce((least, each) => Math.min(least, each), written.sequenceNumber),
    addedSnapshotId: written.snapshotId,
    addedFiles: count(entryStatus.added, files),
    existingFiles: count(entryStatus.existing, files),
    deletedFiles: count(entryStatus.deleted, files),
    addedRows: count(entryStatus.added, rows),
    existingRows: count(entryStatus.existing, rows),
    deletedRows: count(entryStatus.deleted, rows),
    partitions: written.spec.fields.map((_field, index) => partitionSummary(entries, index)),
  };
}

function partitionSummary(entries: readonly ManifestEntry[], index: number): PartitionSummary {
  let containsNull = false;
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const { dataFile } of entries) {
    const value = dataFile.partition[index] ?? null;
    if (value === null) containsNull = true;
    else {
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }
  }
  const known = least <= greatest;
  return {
    containsNull,
    lowerBound: known ? int32(least) : null,
    upperBound: known ? int32(greatest) : null,
  };
}

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}
