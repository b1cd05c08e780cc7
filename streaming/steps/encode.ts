import {
  type Received,
  type Row,
  type RowChange,
  type Rows,
  type RowTape,
  rowTape,
  type TableName,
  tables,
} from '../../contracts/index.ts';
import { ok, type Result } from '../result.ts';
import type { RowRun } from '../row-run.ts';
import type { Decoded } from './decode.ts';
import { createRouteStep } from './route.ts';

export type EventTable = keyof Rows;

/** The tables that events become rows of; an encoded row names its own by its place here. */
export const eventTables = Object.keys(tables).filter((name): name is EventTable => name !== 'dead_letters');

/** Rows of one event and one table, and the place of the table in `eventTables`. */
export interface TableRun extends RowRun {
  readonly place: number;
}

/** An event as BigQuery takes it. */
export interface Encoded {
  readonly eventId: string;
  readonly runs: readonly TableRun[];
}

const tapes = eventTables.map((name) => ({
  name,
  tape: rowTape(tables[name]) as RowTape<Row<TableName>>,
  upserts: tables[name].kind === 'upsert',
}));

/**
 * Rows become bytes when they arrive, not when their batch is written: what the garbage collector finds while they
 * wait is a few numbers instead of a hundred objects and texts an event.
 */
export function createEncodeStep(workerVersion: string) {
  const routeEvent = createRouteStep(workerVersion);
  return function encodeEvent(decoded: Decoded, message: Received): Result<Encoded> {
    const routed = routeEvent(decoded, message);
    if (routed.kind !== 'ok') return routed as Result<never>;
    const { eventId, sequence, rows } = routed.value;
    const change = { type: 'UPSERT', sequence } as const;
    const runs: TableRun[] = [];
    for (let place = 0; place < tapes.length; place++) {
      const table = tapes[place];
      if (!table) continue;
      const ofTable = rows[table.name] as readonly Row<TableName>[];
      if (ofTable.length > 0) writeRun(ofTable, table.upserts ? change : undefined, table.tape, place, runs);
    }
    return ok({ eventId, runs });
  };
}

/** Nearly always one run; another where the slab ended. */
function writeRun(
  rows: readonly Row<TableName>[],
  change: RowChange | undefined,
  tape: RowTape<Row<TableName>>,
  place: number,
  runs: TableRun[],
): void {
  let slab: Uint8Array | undefined;
  let from = 0;
  let to = 0;
  for (let i = 0; i < rows.length; i++) {
    tape.write(rows[i] as Row<TableName>, change);
    if (slab !== tape.slab || to !== tape.from) {
      if (slab !== undefined) runs.push({ place, slab, from, to });
      slab = tape.slab;
      from = tape.from;
    }
    to = tape.to;
  }
  if (slab !== undefined) runs.push({ place, slab, from, to });
}
