import type { Place } from '../engine/metadata.ts';
import type { Destination } from './destination.ts';
import type { Parameters } from './session.ts';
import type { SessionWish } from './sessions.ts';

export interface QueryRequest {
  readonly query: string;
  readonly place: Place;
  readonly parameters: Parameters;
  /** The `configuration` that the job answers with. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly destination?: Destination;
  readonly maximumBytesBilled: number | undefined;
  /** The name of the zone that times without one stand in. */
  readonly timeZone?: string;
  readonly session?: SessionWish;
}
