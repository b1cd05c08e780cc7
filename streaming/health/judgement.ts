import type { LaneFigures } from '../meter.ts';
import type { WorkerState } from '../worker.ts';

/** What the page is made of. */
export interface Vitals {
  readonly state: WorkerState;
  readonly lanes: readonly LaneFigures[];
  readonly unsettled: number;
  /** When the oldest of these came; nothing where there are none. */
  readonly oldestAt: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Judgement {
  readonly healthy: boolean;
  /** Why not, a sentence each. */
  readonly reasons: readonly string[];
}

/** One failed write is not news: the retry law expects it. */
const patienceMillis = 10_000;

/** What is held back comes again after ten minutes at most: so long it is still there. */
const heldBackMillis = 15 * 60_000;

/** Whether the process is worth keeping: restarting one that only waits for the other side would not help. */
export function isLive({ state }: Vitals): Judgement {
  return judged(state === 'crashed' ? ['the worker has crashed'] : []);
}

/** Whether it does its work. */
export function isReady({ state, lanes, now }: Vitals): Judgement {
  const stuck = lanes.flatMap(({ lane, failing }) =>
    failing && now - failing.since > patienceMillis
      ? [`writes to ${lane} fail (${failing.code}) for ${Math.round((now - failing.since) / 1_000)} s`]
      : [],
  );
  const held = lanes
    .filter(({ heldBackAt }) => heldBackAt !== null && now - heldBackAt < heldBackMillis)
    .map(
      ({ lane }) => `dead letters of ${lane} are refused by their own table: their messages are held back`,
    );
  return judged([...(state === 'running' ? [] : [`the worker is ${state}`]), ...stuck, ...held]);
}

function judged(reasons: readonly string[]): Judgement {
  return { healthy: reasons.length === 0, reasons };
}
