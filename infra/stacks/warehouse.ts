import { createHash } from 'node:crypto';
import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset/index.js';
import { BigqueryJob } from '@cdktf/provider-google/lib/bigquery-job/index.js';
import { BigqueryTable, type BigqueryTableConfig } from '@cdktf/provider-google/lib/bigquery-table/index.js';
import { Construct } from 'constructs';
import type { Dataset, Routine, Table } from '../definition/index.ts';
import { addressed } from './address.ts';
import { found } from './found.ts';
import { literal } from './literal.ts';
import type { Services } from './services.ts';

export interface WarehouseProps {
  readonly datasets: readonly Dataset[];
  readonly tables: readonly Table[];
  readonly routines: readonly Routine[];
  readonly location: string;
  readonly deletionProtection: boolean;
  readonly services: Services;
}

export class Warehouse extends Construct {
  readonly datasets = new Map<string, BigqueryDataset>();

  constructor(scope: Construct, id: string, props: WarehouseProps) {
    super(scope, id);
    const dependsOn = props.services.needed('bigquery.googleapis.com');
    for (const dataset of props.datasets) {
      const made = new BigqueryDataset(this, dataset.name, {
        datasetId: dataset.name,
        description: literal(dataset.description),
        location: props.location,
        deleteContentsOnDestroy: !props.deletionProtection,
        dependsOn,
      });
      this.datasets.set(dataset.name, addressed(made, dataset.name));
    }
    for (const table of props.tables) {
      const made = new BigqueryTable(this, `${table.dataset}.${table.name}`, {
        datasetId: found(this.datasets, 'dataset', table.dataset).datasetId,
        tableId: table.name,
        description: literal(table.description),
        schema: literal(JSON.stringify(table.columns)),
        deletionProtection: props.deletionProtection,
        ...shape(table),
        dependsOn,
      });
      addressed(made, table.dataset, table.name);
    }
    for (const routine of props.routines) this.#routine(routine, props);
  }

  /**
   * As a job, because the provider's routine resource always asks for strict mode. A job is made once and never
   * changed, so its id carries the statement's hash: another statement is another job.
   */
  #routine(routine: Routine, props: WarehouseProps): void {
    const hash = createHash('sha256').update(routine.statement).digest('hex').slice(0, 16);
    const made = new BigqueryJob(this, `${routine.dataset}.${routine.name}()`, {
      jobId: `create_${routine.dataset}_${routine.name}_${hash}`,
      location: props.location,
      query: {
        query: literal(routine.statement),
        useLegacySql: false,
        // Empty on purpose: the provider's defaults ask for a destination table, which a CREATE has not.
        createDisposition: '',
        writeDisposition: '',
      },
      dependsOn: [
        ...props.services.needed('bigquery.googleapis.com'),
        found(this.datasets, 'dataset', routine.dataset),
      ],
    });
    addressed(made, routine.dataset, routine.name);
  }
}

/** What differs between the kinds; BigQuery refuses every combination that is not one of these. */
function shape(table: Table): Partial<BigqueryTableConfig> {
  switch (table.kind) {
    case 'cdc':
      return {
        clustering: [...table.key],
        tableConstraints: { primaryKey: { columns: [...table.key] } },
        maxStaleness: `0-0 0 0:${table.maxStalenessMinutes}:0`,
        ...(table.partition && { timePartitioning: { type: 'DAY', field: table.partition.column } }),
      };
    case 'append':
      return {
        ...(table.clusterBy && { clustering: [...table.clusterBy] }),
        ...(table.partition && {
          timePartitioning: { type: 'DAY', field: table.partition.column },
          requirePartitionFilter: table.partition.requireFilter,
        }),
      };
  }
}
