import { type EventTable, eventWriter, type Received, type Rows, tables } from '../../contracts/index.ts';
import { ok, type Result } from '../result.ts';
import { type Growing, grown, type RowRun } from '../row-run.ts';
import type { Decoded } from './decode.ts';

/** The tables that events become rows of; an encoded row names its own by its place here. */
export const eventTables = Object.keys(tables).filter((name): name is keyof Rows => name !== 'dead_letters');

const placeOf = Object.fromEntries(eventTables.map((name, place) => [name, place])) as {
  readonly [T in EventTable]: number;
};

/** Rows of one event and one table, and the place of the table in `eventTables`. */
export interface TableRun extends RowRun {
  readonly place: number;
}

/** An event as BigQuery takes it. */
export interface Encoded {
  readonly eventId: string;
  readonly runs: readonly TableRun[];
}

/**
 * Rows become bytes when they arrive, not when their batch is written: what the garbage collector finds while they
 * wait is a few numbers instead of a hundred objects and texts an event.
 */
export function createEncodeStep(workerVersion: string) {
  const writeRows = eventWriter(workerVersion);
  return function encodeEvent({ event, corrections }: Decoded, message: Received): Result<Encoded> {
    const runs: Growing<TableRun>[] = [];
    writeRows(event, message, corrections, (table, tape) => {
      const place = placeOf[table];
      const last = runs.at(-1);
      // Nearly always the rows of a table are one run; another begins where a slab ended.
      if (last?.place === place && grown(last, tape)) return;
      const { slab, from, to } = tape;
      runs.push({ place, slab, from, to });
    });
    return ok({ eventId: event.eventId, runs });
  };
}
