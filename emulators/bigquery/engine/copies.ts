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

/** What a copy takes over, columns that no schema shows among it: when rows came, and how new they are. */
export function copiedColumns(from: TableResource, to: TableBody): string {
  const bothArrive = isByArrival(from.body) && isByArrival(to);
  const bothKeyed = from.body.tableConstraints?.primaryKey && to.tableConstraints?.primaryKey;
  return [
    ...from.body.schema.fields.map((f) => f.name),
    ...(bothArrive ? [arrivalColumn] : []),
    ...(bothKeyed ? ['_change_sequence'] : []),
  ]
    .map(quoted)
    .join(', ');
}
