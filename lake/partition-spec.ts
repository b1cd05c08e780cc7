import { InputError } from '../runtime/index.ts';
import { type Column, columnsOf, type IcebergSchema, type LakeRow } from './schema.ts';

export interface PartitionField {
  readonly 'source-id': number;
  readonly 'field-id': number;
  readonly name: string;
  readonly transform: string;
}

export interface PartitionSpec {
  readonly 'spec-id': number;
  readonly fields: readonly PartitionField[];
}

/** One value per partition field, in the order of the spec; a day is an ordinal since the epoch. */
export type PartitionTuple = readonly (number | null)[];

/** The specification gives the first partition field this id and counts on from there. */
const firstPartitionFieldId = 1000;
const microsPerDay = 86_400_000_000;

export const unpartitioned: PartitionSpec = { 'spec-id': 0, fields: [] };

/** One partition per UTC day of a timestamptz column. */
export function dayPartition(schema: IcebergSchema, column: string): PartitionSpec {
  const source = schema.fields.find(({ name }) => name === column);
  if (!source) {
    throw new InputError('cannot partition by a column the schema does not have', {
      expected: schema.fields.map(({ name }) => name).join(', '),
      got: column,
    });
  }
  const spec: PartitionSpec = {
    'spec-id': 0,
    fields: [
      {
        'source-id': source.id,
        'field-id': firstPartitionFieldId,
        name: `${column}_day`,
        transform: 'day',
      },
    ],
  };
  sourcesOf(spec, schema);
  return spec;
}

export function lastPartitionId(spec: PartitionSpec): number {
  return Math.max(firstPartitionFieldId - 1, ...spec.fields.map((field) => field['field-id']));
}

/** The column behind each partition field; refuses transforms that this writer cannot compute. */
export function sourcesOf(spec: PartitionSpec, schema: IcebergSchema): readonly Column[] {
  const columns = columnsOf(schema);
  return spec.fields.map((field) => {
    const source = columns.find(({ id }) => id === field['source-id']);
    if (field.transform !== 'day' || source?.type.kind !== 'timestamptz') {
      throw new InputError(`partition field ${field.name} is not supported`, {
        expected: 'day of a timestamptz column',
        got: `${field.transform} of ${source ? source.type.kind : 'a missing column'}`,
      });
    }
    return source;
  });
}

/** Rounds towards the past also before 1970: truncation would merge two days into one. */
export function dayOf(micros: number): number {
  return Math.floor(micros / microsPerDay);
}

export interface PartitionedRows {
  readonly partition: PartitionTuple;
  readonly rows: readonly LakeRow[];
}

/** A data file belongs to exactly one partition, so rows are grouped before they are encoded. */
export function groupByPartition(
  rows: readonly LakeRow[],
  spec: PartitionSpec,
  schema: IcebergSchema,
): readonly PartitionedRows[] {
  const sources = sourcesOf(spec, schema);
  if (sources.length === 0) return rows.length === 0 ? [] : [{ partition: [], rows }];
  const groups = new Map<string, { partition: PartitionTuple; rows: LakeRow[] }>();
  for (const row of rows) {
    const partition = sources.map(({ name }) => {
      const value = row[name];
      return typeof value === 'number' ? dayOf(value) : null;
    });
    const key = partition.join('/');
    const group = groups.get(key);
    if (group) group.rows.push(row);
    else groups.set(key, { partition, rows: [row] });
  }
  return [...groups.values()];
}

/** `ordered_at_day=2018-03-01`: the folder a reader of the bucket would expect. */
export function partitionPath(spec: PartitionSpec, partition: PartitionTuple): string {
  return spec.fields
    .map((field, index) => {
      const day = partition[index];
      const text = day == null ? 'null' : new Date(day * 86_400_000).toISOString().slice(0, 10);
      return `${encodeURIComponent(field.name)}=${text}`;
    })
    .join('/');
}
