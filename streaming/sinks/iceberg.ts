import { type Row, type Rows, type TableName, tables } from '../../contracts/index.ts';
import type { LakeTable } from '../../lake/index.ts';
import type { Sink } from '../sink.ts';
import type { Routed } from '../steps/route.ts';

/** The tables that the lake keeps: the history and the dead letters are BigQuery's alone. */
export const lakeTables = [
  'orders',
  'order_items',
  'order_payments',
] as const satisfies readonly (keyof Rows)[];
export type LakeTableName = (typeof lakeTables)[number];

export interface IcebergWriter {
  /** Names this worker in every snapshot, so that it recognises its own commits. */
  readonly writer: string;
  /** Grows from worker to worker, by the clock: one that was stopped and wakes up is refused. */
  readonly epoch: number;
  /** Of this run alone: two that began in the same millisecond would take each other's batches for their own. */
  readonly run: string;
}

/**
 * Appends a batch to each table as one snapshot. The three commits are not one: after a crash between them the
 * batch comes again and its rows stand twice in some tables, with the same key and version. Readers of
 * the current view keep the latest version per key, maintenance rewrites the files so.
 */
export async function icebergSink(
  open: Readonly<Record<LakeTableName, LakeTable>>,
  { writer, run, ...own }: IcebergWriter,
): Promise<Sink<Routed>> {
  const epoch = epochAfter(Object.values(open), own.epoch);
  // An empty commit claims the epoch: from now on a worker of before, should it wake up, is refused.
  await Promise.all(
    lakeTables.map((name) => open[name].append([], { writer, epoch, batchId: `${run}/start` })),
  );
  return {
    name: 'iceberg',
    async write(batch, batchId) {
      const token = { writer, epoch, batchId: `${run}/${batchId}` };
      await Promise.all(lakeTables.map((name) => open[name].append(rowsFor(name, batch), token)));
      return [];
    },
    async close() {},
  };
}

/** The clock of a machine before may have been ahead of ours: who starts last is the newest all the same. */
function epochAfter(tables: readonly LakeTable[], byTheClock: number): number {
  const epochs = tables.flatMap((table) =>
    table.snapshots().map(({ summary }) => Number(summary['orderlake.epoch'] ?? 0)),
  );
  return epochs.reduce((newest, epoch) => Math.max(newest, epoch + 1), byTheClock);
}

function rowsFor(name: LakeTableName, batch: readonly Routed[]): Row<TableName>[] {
  return batch.flatMap(({ rows }) => rows[name] as readonly Row<TableName>[]);
}

export function tableIdOf(namespace: string, name: LakeTableName): string {
  return `${namespace}.${tables[name].name}`;
}
