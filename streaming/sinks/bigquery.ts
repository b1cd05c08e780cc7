import type { managedwriter } from '@google-cloud/bigquery-storage';
import { type Row, type Rows, rowEncoder, type TableName, tables } from '../../contracts/index.ts';
import type { OrderlakeError } from '../../runtime/index.ts';
import type { Refused, Sink } from '../sink.ts';
import type { Routed } from '../steps/route.ts';
import { openTableStream, type TableStream } from './table-stream.ts';

type EventTable = keyof Rows;
const eventTables = Object.keys(tables).filter((name): name is EventTable => name !== 'dead_letters');

export interface BigQueryPlace {
  readonly project: string;
  readonly dataset: string;
}

/** Rows of one table as the wire wants them, each with the event it belongs to. */
interface Encoded {
  readonly bytes: Uint8Array[];
  readonly owners: Routed[];
}

/**
 * Upserts by key over the default streams, one connection per table. A batch is durable when all its tables
 * took it; if one fails the whole batch is sent again, which upserts allow. An event with a refused row
 * is refused whole: its other rows may be there, but its dead letter says so and a replay heals it.
 */
export async function bigquerySink(
  client: managedwriter.WriterClient,
  place: BigQueryPlace,
): Promise<Sink<Routed>> {
  const streams = new Map<EventTable, TableStream>();
  for (const name of eventTables) streams.set(name, await openTableStream(client, tables[name], place));
  return {
    name: 'bigquery',
    async write(batch) {
      const refused = await Promise.all(
        [...streams].map(([name, stream]) => appendTable(stream, encodeTable(name, batch))),
      );
      return onePerEvent(refused.flat());
    },
    async close() {
      for (const stream of streams.values()) stream.close();
    },
  };
}

function encodeTable<T extends EventTable>(name: T, batch: readonly Routed[]): Encoded {
  const encode = rowEncoder(tables[name]);
  const upserts = tables[name].kind === 'upsert';
  const encoded: Encoded = { bytes: [], owners: [] };
  for (const event of batch) {
    const change = { type: 'UPSERT', sequence: event.sequence } as const;
    for (const row of event.rows[name] as readonly Row<TableName>[]) {
      encoded.bytes.push(upserts ? encode(row, change) : encode(row));
      encoded.owners.push(event);
    }
  }
  return encoded;
}

async function appendTable(stream: TableStream, { bytes, owners }: Encoded): Promise<Refused<Routed>[]> {
  if (bytes.length === 0) return [];
  const refusals = await stream.append(bytes);
  return refusals.flatMap(({ index, error }) => {
    const item = owners[index];
    return item ? [{ item, error }] : [];
  });
}

function onePerEvent(refused: readonly Refused<Routed>[]): readonly Refused<Routed>[] {
  const first = new Map<Routed, OrderlakeError>();
  for (const { item, error } of refused) if (!first.has(item)) first.set(item, error);
  return [...first].map(([item, error]) => ({ item, error }));
}
