import type { BigQuery, RoutineMetadata, TableMetadata } from '@google-cloud/bigquery';
import { SetupError } from '../../runtime/index.ts';
import type { Dataset, Routine, Table } from '../definition/index.ts';
import { differences } from './difference.ts';
import type { Making } from './making.ts';
import { type ColumnThere, columnChanges } from './table-change.ts';

export function makeDataset(dataset: Dataset, location: string, bigquery: BigQuery): Making {
  const { name, description } = dataset;
  const handle = bigquery.dataset(name);
  return {
    kind: 'dataset',
    name,
    create: () => bigquery.createDataset(name, { location, description }),
    compare: async () => {
      const [there]: [{ location?: string }, ...unknown[]] = await handle.getMetadata();
      if (there.location?.toLowerCase() !== location.toLowerCase()) {
        throw new SetupError(`dataset ${name} lies elsewhere`, {
          expected: location,
          got: there.location ?? 'no location',
          action: 'Datasets cannot be moved: delete it, or set location to where it lies',
        });
      }
      return differences({ description }, there);
    },
    change: () => handle.setMetadata({ description }),
  };
}

export function makeTable(table: Table, bigquery: BigQuery): Making {
  const wanted = tableMetadata(table);
  const dataset = bigquery.dataset(table.dataset);
  const handle = dataset.table(table.name);
  const name = `${table.dataset}.${table.name}`;
  return {
    kind: 'table',
    name,
    create: () => dataset.createTable(table.name, wanted),
    compare: async () => {
      const [there]: [{ schema?: { fields?: ColumnThere[] } }, ...unknown[]] = await handle.getMetadata();
      const columns = columnChanges(table.columns, there.schema?.fields ?? []);
      const { schema: _, timePartitioning, tableConstraints, ...changeable } = wanted;
      const fixed = {
        ...(timePartitioning && { timePartitioning }),
        ...(tableConstraints && { tableConstraints }),
      };
      const impossible = [...columns.impossible, ...differences(fixed, there)];
      if (impossible.length > 0) {
        throw new SetupError(`table ${name} is another than the definition's: ${impossible.join('; ')}`, {
          action: `BigQuery cannot change this in place. Run \`orderlake query "ALTER TABLE ${name} RENAME TO ${table.name}_before"\`, which keeps its rows there, then \`orderlake infra apply\` (or \`cdktf deploy\`)`,
        });
      }
      return [...columns.possible, ...differences(changeable, there)];
    },
    change: () => {
      const { timePartitioning: _partitioning, tableConstraints: _constraints, ...changeable } = wanted;
      return handle.setMetadata(changeable);
    },
  };
}

/** The REST resource of a table; the stack says the same in Terraform's words. */
export function tableMetadata(table: Table): TableMetadata {
  const base = {
    description: table.description,
    schema: { fields: table.columns.map((column) => ({ ...column })) },
  };
  switch (table.kind) {
    case 'cdc':
      return {
        ...base,
        tableConstraints: { primaryKey: { columns: [...table.key] } },
        clustering: { fields: [...table.key] },
        maxStaleness: `0-0 0 0:${table.maxStalenessMinutes}:0`,
        ...(table.partition && { timePartitioning: { type: 'DAY', field: table.partition.column } }),
      };
    case 'append':
      return {
        ...base,
        ...(table.clusterBy && { clustering: { fields: [...table.clusterBy] } }),
        ...(table.partition && {
          timePartitioning: { type: 'DAY', field: table.partition.column },
          requirePartitionFilter: table.partition.requireFilter,
        }),
      };
  }
}

export function makeRoutine(routine: Routine, bigquery: BigQuery): Making {
  const dataset = bigquery.dataset(routine.dataset);
  const handle = dataset.routine(routine.name);
  const wanted: RoutineMetadata = {
    routineType: 'PROCEDURE',
    language: 'SQL',
    strictMode: false,
    description: routine.description,
    arguments: routine.arguments.map(({ name, type }) => ({ name, dataType: { typeKind: type } })),
    definitionBody: routine.body,
  };
  return {
    kind: 'routine',
    name: `${routine.dataset}.${routine.name}`,
    create: () => dataset.createRoutine(routine.name, wanted),
    compare: async () => differences(wanted, (await handle.getMetadata())[0]),
    change: () => handle.setMetadata(wanted),
  };
}
