import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import { type TableBody, type TableResource, tableReference } from './metadata.ts';
import { arrivalColumn, isByArrival } from './partitions.ts';

/** Which of the service's kinds a table is; a snapshot is stored like any other table. */
export const kindOf = ({ snapshotDefinition, type }: TableBody): string =>
  snapshotDefinition === undefined ? type : 'SNAPSHOT';

export function checkKind(
  { project, dataset, table, body }: TableResource,
  allowed: readonly string[],
): void {
  const kind = kindOf(body);
  if (!allowed.includes(kind))
    throw new SqlError(
      `${project}:${dataset}.${table} is not allowed for this operation because it is currently a ${kind}.`,
      undefined,
      'invalid',
    );
}

/** What a snapshot or a clone tells of the table that it was made from, and of when. */
export function copyDefinition(
  how: 'SNAPSHOT' | 'CLONE',
  from: TableResource,
  micros: bigint,
): Pick<TableBody, 'snapshotDefinition' | 'cloneDefinition'> {
  const baseTableReference = tableReference(from);
  const time = new Date(Number(micros / 1000n)).toISOString();
  return how === 'SNAPSHOT'
    ? { snapshotDefinition: { baseTableReference, snapshotTime: time } }
    : { cloneDefinition: { baseTableReference, cloneTime: time } };
}

/** Columns that no schema shows: when rows came, and how new they are. */
const hiddenColumns = (body: TableBody): string[] => [
  ...(isByArrival(body) ? [arrivalColumn] : []),
  ...(body.tableConstraints?.primaryKey ? ['_change_sequence'] : []),
];

/** Of these, what a copy of rows takes over where all tables have it. */
export const hiddenInAll = ([first, ...others]: readonly TableBody[]): string[] =>
  first === undefined
    ? []
    : hiddenColumns(first).filter((name) => others.every((other) => hiddenColumns(other).includes(name)));

export const copiedColumns = (from: TableBody, to: TableBody): string =>
  [...from.schema.fields.map((f) => f.name), ...hiddenInAll([from, to])].map(quoted).join(', ');
