import type { v1 } from '@google-cloud/bigquery-storage';
import { type Table, tables } from '../../contracts/index.ts';
import { type RowRun, RowRuns, rowsOf } from '../row-run.ts';
import type { Refused, Sink } from '../sink.ts';
import { type Encoded, eventTables } from '../steps/encode.ts';
import type { TableColumns } from './table-columns.ts';
import { openTableStream, type RowRefusal, type TableStream } from './table-stream.ts';

export interface BigQueryPlace {
  readonly project: string;
  readonly dataset: string;
}

/** Who adds to a table what it lacks of the contract. */
export type ColumnsOf = (table: Table) => TableColumns | undefined;

/**
 * Upserts by key over the default streams, one connection per table. A batch is durable when all its tables
 * took it; if one fails the whole batch is sent again, which upserts allow. An event with a refused row
 * is refused whole: its other rows may be there, but its dead letter says so and a replay heals it.
 */
export async function bigquerySink(
  client: v1.BigQueryWriteClient,
  place: BigQueryPlace,
  columnsOf: ColumnsOf = () => undefined,
): Promise<Sink<Encoded>> {
  const streams: TableStream[] = [];
  for (const name of eventTables) {
    const table = tables[name];
    streams.push(await openTableStream(client, table, place, { columns: columnsOf(table) }));
  }
  return {
    name: 'bigquery',
    async write(batch) {
      const byTable = runsByTable(batch);
      const refusals = await Promise.all(
        streams.map((stream, table) => appendRows(stream, byTable[table]?.list ?? [])),
      );
      return refusedEvents(batch, refusals);
    },
    async close() {
      for (const stream of streams) stream.close();
    },
  };
}

function appendRows(stream: TableStream, rows: readonly RowRun[]): Promise<readonly RowRefusal[]> {
  return rows.length === 0 ? Promise.resolve([]) : stream.append(rows);
}

function runsByTable(batch: readonly Encoded[]): RowRuns[] {
  const byTable = eventTables.map(() => new RowRuns());
  for (const { runs } of batch) for (const run of runs) byTable[run.place]?.add(run);
  return byTable;
}

/** Each event once, with the first thing that was said against one of its rows. */
function refusedEvents(
  batch: readonly Encoded[],
  refusals: readonly (readonly RowRefusal[])[],
): readonly Refused<Encoded>[] {
  if (refusals.every(({ length }) => length === 0)) return [];
  const refused = new Map<Encoded, Refused<Encoded>>();
  for (const [table, ofTable] of refusals.entries()) {
    const owners = ofTable.length === 0 ? [] : ownersOf(batch, table);
    for (const { index, error } of ofTable) {
      const item = owners[index];
      if (item && !refused.has(item)) refused.set(item, { item, error });
    }
  }
  return [...refused.values()];
}

/** Whose row stands at each place of what a table was sent. */
function ownersOf(batch: readonly Encoded[], table: number): Encoded[] {
  return batch.flatMap((event) => rowsOf(event.runs.filter(({ place }) => place === table)).map(() => event));
}
