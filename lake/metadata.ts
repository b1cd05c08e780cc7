import { DefectError, InputError } from '../runtime/index.ts';
import { parseMetadataJson, writeMetadataJson } from './metadata-json.ts';
import { lastPartitionId, type PartitionSpec, sourcesOf } from './partition-spec.ts';
import { checkSchema, type IcebergSchema, lastColumnId } from './schema.ts';
import type { Snapshot } from './snapshot.ts';

/** The specification's table metadata, version 2, as its JSON. */
export interface TableMetadata {
  readonly 'format-version': 2;
  readonly 'table-uuid': string;
  readonly location: string;
  readonly 'last-sequence-number': number;
  readonly 'last-updated-ms': number;
  readonly 'last-column-id': number;
  readonly schemas: readonly IcebergSchema[];
  readonly 'current-schema-id': number;
  readonly 'partition-specs': readonly PartitionSpec[];
  readonly 'default-spec-id': number;
  readonly 'last-partition-id': number;
  readonly 'sort-orders': readonly { readonly 'order-id': number; readonly fields: readonly unknown[] }[];
  readonly 'default-sort-order-id': number;
  readonly properties: Readonly<Record<string, string>>;
  readonly 'current-snapshot-id'?: bigint;
  readonly refs: Readonly<Record<string, SnapshotReference>>;
  readonly snapshots: readonly Snapshot[];
  readonly 'snapshot-log': readonly { readonly 'snapshot-id': bigint; readonly 'timestamp-ms': number }[];
  readonly 'metadata-log': readonly { readonly 'metadata-file': string; readonly 'timestamp-ms': number }[];
}

export interface SnapshotReference {
  readonly 'snapshot-id': bigint;
  readonly type: 'branch' | 'tag';
}

export interface NewTable {
  readonly uuid: string;
  readonly location: string;
  readonly schema: IcebergSchema;
  readonly spec: PartitionSpec;
  readonly properties: Readonly<Record<string, string>>;
  readonly now: number;
}

export function newTableMetadata({ uuid, location, schema, spec, properties, now }: NewTable): TableMetadata {
  checkSchema(schema);
  sourcesOf(spec, schema);
  return {
    'format-version': 2,
    'table-uuid': uuid,
    location,
    'last-sequence-number': 0,
    'last-updated-ms': now,
    'last-column-id': lastColumnId(schema),
    schemas: [schema],
    'current-schema-id': schema['schema-id'],
    'partition-specs': [spec],
    'default-spec-id': spec['spec-id'],
    'last-partition-id': lastPartitionId(spec),
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties,
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}

export function writeTableMetadata(metadata: TableMetadata): Uint8Array {
  return new TextEncoder().encode(writeMetadataJson(metadata));
}

export function readTableMetadata(bytes: Uint8Array, name: string): TableMetadata {
  const value = parseMetadataJson(new TextDecoder().decode(bytes)) as Partial<TableMetadata>;
  if (value?.['format-version'] !== 2) {
    throw new InputError(`${name} is of a format that is not supported`, {
      expected: 'Iceberg format version 2',
      got: `version ${String(value?.['format-version'])}`,
    });
  }
  if (!value['table-uuid'] || !value.location || !value.schemas || !value['partition-specs']) {
    throw new InputError(`${name} is not table metadata`, { got: Object.keys(value).join(', ') });
  }
  const current = value['current-snapshot-id'];
  const { 'current-snapshot-id': _absent, ...rest } = value;
  return {
    properties: {},
    refs: {},
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    ...rest,
    // Other writers say -1 or null where a table is empty.
    ...(current == null || current === -1n ? {} : { 'current-snapshot-id': current }),
  } as TableMetadata;
}

export function currentSchema(metadata: TableMetadata): IcebergSchema {
  const schema = metadata.schemas.find((each) => each['schema-id'] === metadata['current-schema-id']);
  if (!schema) throw new DefectError('the metadata does not contain its current schema');
  return schema;
}

export function specOf(metadata: TableMetadata, id = metadata['default-spec-id']): PartitionSpec {
  const spec = metadata['partition-specs'].find((each) => each['spec-id'] === id);
  if (!spec) throw new DefectError(`the metadata does not contain partition spec ${id}`);
  return spec;
}

export function snapshotOf(metadata: TableMetadata, id: bigint | undefined): Snapshot | undefined {
  return metadata.snapshots.find((each) => each['snapshot-id'] === id);
}

export type MetadataUpdate =
  | { readonly action: 'add-snapshot'; readonly snapshot: Snapshot }
  | { readonly action: 'set-snapshot-ref'; readonly 'ref-name': 'main'; readonly 'snapshot-id': bigint }
  | { readonly action: 'set-properties'; readonly updates: Readonly<Record<string, string>> };

export function applyUpdates(metadata: TableMetadata, updates: readonly MetadataUpdate[]): TableMetadata {
  return updates.reduce(applyUpdate, metadata);
}

function applyUpdate(metadata: TableMetadata, update: MetadataUpdate): TableMetadata {
  switch (update.action) {
    case 'add-snapshot':
      return addSnapshot(metadata, update.snapshot);
    case 'set-snapshot-ref':
      return setMain(metadata, update['snapshot-id']);
    case 'set-properties':
      return { ...metadata, properties: { ...metadata.properties, ...update.updates } };
  }
}

function addSnapshot(metadata: TableMetadata, snapshot: Snapshot): TableMetadata {
  const sequence = snapshot['sequence-number'];
  if (sequence <= metadata['last-sequence-number'] || snapshotOf(metadata, snapshot['snapshot-id'])) {
    throw new DefectError('a snapshot was built for other metadata than it is added to', {
      expected: `a new snapshot with sequence number above ${metadata['last-sequence-number']}`,
      got: `${snapshot['snapshot-id']} with ${sequence}`,
    });
  }
  return {
    ...metadata,
    'last-sequence-number': sequence,
    'last-updated-ms': Math.max(metadata['last-updated-ms'], snapshot['timestamp-ms']),
    snapshots: [...metadata.snapshots, snapshot],
  };
}

function setMain(metadata: TableMetadata, id: bigint): TableMetadata {
  const snapshot = snapshotOf(metadata, id);
  if (!snapshot) throw new DefectError(`main cannot point to snapshot ${id}: the metadata does not have it`);
  return {
    ...metadata,
    'current-snapshot-id': id,
    refs: { ...metadata.refs, main: { 'snapshot-id': id, type: 'branch' } },
    'snapshot-log': [
      ...metadata['snapshot-log'],
      { 'snapshot-id': id, 'timestamp-ms': snapshot['timestamp-ms'] },
    ],
  };
}

export type TableRequirement =
  | { readonly type: 'assert-table-uuid'; readonly uuid: string }
  | {
      readonly type: 'assert-ref-snapshot-id';
      readonly ref: 'main';
      readonly 'snapshot-id': bigint | null;
    }
  | { readonly type: 'assert-current-schema-id'; readonly 'current-schema-id': number };

/** The first requirement that does not hold, in words; nothing if all hold. */
export function checkRequirements(
  metadata: TableMetadata,
  requirements: readonly TableRequirement[],
): string | undefined {
  for (const requirement of requirements) {
    const [what, expected, got] = compared(metadata, requirement);
    if (expected !== got) return `${what}: expected ${String(expected)}, got ${String(got)}`;
  }
  return undefined;
}

function compared(
  metadata: TableMetadata,
  requirement: TableRequirement,
): readonly [string, unknown, unknown] {
  switch (requirement.type) {
    case 'assert-table-uuid':
      return ['table uuid', requirement.uuid, metadata['table-uuid']];
    case 'assert-ref-snapshot-id':
      return [
        'snapshot of main',
        requirement['snapshot-id'],
        metadata.refs[requirement.ref]?.['snapshot-id'] ?? null,
      ];
    case 'assert-current-schema-id':
      return ['current schema', requirement['current-schema-id'], metadata['current-schema-id']];
  }
}

/** Remembers the file that `metadata` came from, and forgets the oldest beyond `kept`. */
export function withPreviousFile(
  next: TableMetadata,
  previous: TableMetadata,
  file: string,
  kept: number,
): TableMetadata {
  const entry = { 'metadata-file': file, 'timestamp-ms': previous['last-updated-ms'] };
  return { ...next, 'metadata-log': [...previous['metadata-log'], entry].slice(-kept) };
}
