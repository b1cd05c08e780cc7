import { changeSequence, type Received, type Rows, rowsOf } from '../../contracts/index.ts';
import { ok, type Result } from '../result.ts';
import type { Decoded } from './decode.ts';

/** An event as rows, with the sequence by which a store decides between two versions of a key. */
export interface Routed {
  readonly eventId: string;
  readonly sequence: string;
  readonly rows: Rows;
}

/** An event to the rows of its tables; the history names the worker by its version. */
export function createRouteStep(workerVersion: string) {
  return function routeEvent({ event, corrections }: Decoded, message: Received): Result<Routed> {
    return ok({
      eventId: event.eventId,
      sequence: changeSequence(event),
      rows: rowsOf(event, message, corrections, workerVersion),
    });
  };
}
