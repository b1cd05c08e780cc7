import {
  type BigQueryField,
  bigquerySchema,
  type Table as Contract,
  names,
  tables,
} from '../../contracts/index.ts';
import { DefectError } from '../../runtime/index.ts';
import type { CheckedSettings } from './settings.ts';

export interface Dataset {
  readonly name: string;
  readonly description: string;
}

interface TableBase {
  readonly dataset: string;
  readonly name: string;
  readonly description: string;
  readonly columns: readonly BigQueryField[];
}

/** BigQuery clusters by at most four columns. */
export type Clustering =
  | readonly [string]
  | readonly [string, string]
  | readonly [string, string, string]
  | readonly [string, string, string, string];

/** One partition per day of a column. */
export interface Partition {
  readonly column: string;
}

/** Rows are only ever added. Reading it without naming days is refused where it is partitioned. */
export interface AppendTable extends TableBase {
  readonly kind: 'append';
  readonly partition?: Partition & { readonly requireFilter: boolean };
  readonly clusterBy?: Clustering;
}

/**
 * Rows are upserted by key over the Storage Write API. The key is also the clustering, which is what keeps the
 * background merge cheap; a required partition filter is not offered, because BigQuery refuses it here.
 */
export interface CdcTable extends TableBase {
  readonly kind: 'cdc';
  readonly key: Clustering;
  readonly partition?: Partition;
  readonly maxStalenessMinutes: number;
}

export type Table = AppendTable | CdcTable;

/** A bucket. What has only one right answer (no public access, no ACLs, no versions) is not a field. */
export interface Bucket {
  readonly name: string;
  /** What it is for, whatever it is called in an installation. */
  readonly purpose: 'lake' | 'archive';
  readonly softDeleteDays: number;
  /** An upload that was begun and never ended is paid for until this deletes it; no other delete rule may exist. */
  readonly abortUploadsAfterDays: number;
}

export const datasets: readonly Dataset[] = [
  { name: names.datasets.raw, description: 'Orders as the worker wrote them, validated, one row per key' },
  { name: names.datasets.staging, description: 'Cleaned views of raw: types, names, zones' },
  { name: names.datasets.marts, description: 'Dimensions, facts and KPIs for people and BI tools' },
  { name: names.datasets.ops, description: 'Procedures of the daily run and its log' },
];

export function lakeBucket(settings: CheckedSettings): Bucket {
  return { name: settings.bucketLake, purpose: 'lake', softDeleteDays: 7, abortUploadsAfterDays: 7 };
}

/** Where Pub/Sub archives; only where it is known by whom. */
export function archiveBuckets({ bucketLake, projectNumber }: CheckedSettings): Bucket[] {
  if (projectNumber === undefined) return [];
  return [{ name: `${bucketLake}-archive`, purpose: 'archive', softDeleteDays: 7, abortUploadsAfterDays: 7 }];
}

export function rawTables(settings: CheckedSettings): Table[] {
  return Object.values(tables).map((table: Contract) => rawTable(table, settings));
}

export function rawTable(table: Contract, settings: CheckedSettings): Table {
  const base = {
    dataset: names.datasets.raw,
    name: table.name,
    description: table.description,
    columns: bigquerySchema(table),
  };
  if (table.kind === 'upsert') {
    const { maxStalenessMinutes } = settings;
    return {
      ...base,
      kind: 'cdc',
      key: keyOf(table),
      ...(table.partitionBy && { partition: { column: table.partitionBy } }),
      maxStalenessMinutes,
    };
  }
  return {
    ...base,
    kind: 'append',
    ...(table.partitionBy && {
      // A history that is read whole by accident is a bill.
      partition: { column: table.partitionBy, requireFilter: true },
    }),
    ...(table.clusterBy && { clusterBy: clustering(table.name, table.clusterBy) }),
  };
}

function keyOf(table: Contract): Clustering {
  if (table.clusterBy && table.clusterBy.join() !== table.key.join()) {
    throw new DefectError(`table ${table.name} is upserted by key but clustered by something else`, {
      expected: table.key.join(', '),
      got: table.clusterBy.join(', '),
    });
  }
  return clustering(table.name, table.key);
}

function clustering(table: string, columns: readonly string[]): Clustering {
  if (isClustering(columns)) return columns;
  throw new DefectError(`clustering of table ${table}`, {
    expected: 'one to four columns',
    got: `${columns.length}: ${columns.join(', ')}`,
  });
}

function isClustering(columns: readonly string[]): columns is Clustering {
  return columns.length >= 1 && columns.length <= 4;
}
