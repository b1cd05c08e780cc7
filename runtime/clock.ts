import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance, passed in so that tests own them. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(millis: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  /** An abort ends the sleep early and quietly: whoever sleeps looks at the signal next. */
  sleep: (millis, signal) =>
    wait(millis, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      if (!signal?.aborted) throw error;
    }),
};
