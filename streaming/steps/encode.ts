import {
  type Received,
  type Row,
  type RowEncoder,
  type Rows,
  rowEncoder,
  type TableName,
  tables,
} from '../../contracts/index.ts';
import { ok, type Result } from '../result.ts';
import type { Decoded } from './decode.ts';
import { createRouteStep } from './route.ts';

export type EventTable = keyof Rows;

/** The tables that events become rows of; an encoded row names its own by its place here. */
export const eventTables = Object.keys(tables).filter((name): name is EventTable => name !== 'dead_letters');

/** An event as BigQuery takes it: each row as bytes, and beside it the place of its table in `eventTables`. */
export interface Encoded {
  readonly eventId: string;
  readonly rows: readonly Uint8Array[];
  readonly places: readonly number[];
}

const encoders = eventTables.map((name) => ({
  name,
  encode: rowEncoder(tables[name]) as RowEncoder<Row<TableName>>,
  upserts: tables[name].kind === 'upsert',
}));

/**
 * Rows become bytes when they arrive, not when their batch is written: what the garbage collector finds while they
 * wait is a few views instead of a hundred objects and texts an event.
 */
export function createEncodeStep(workerVersion: string) {
  const routeEvent = createRouteStep(workerVersion);
  return function encodeEvent(decoded: Decoded, message: Received): Result<Encoded> {
    const routed = routeEvent(decoded, message);
    if (routed.kind !== 'ok') return routed as Result<never>;
    const { eventId, sequence, rows: byTable } = routed.value;
    const change = { type: 'UPSERT', sequence } as const;
    const rows: Uint8Array[] = [];
    const places: number[] = [];
    for (let place = 0; place < encoders.length; place++) {
      const encoder = encoders[place];
      if (!encoder) continue;
      for (const row of byTable[encoder.name] as readonly Row<TableName>[]) {
        rows.push(encoder.upserts ? encoder.encode(row, change) : encoder.encode(row));
        places.push(place);
      }
    }
    return ok({ eventId, rows, places });
  };
}
