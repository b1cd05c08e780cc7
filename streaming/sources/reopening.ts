import {
  type Backoff,
  type Clock,
  type OrderlakeError,
  SetupError,
  waitBefore,
} from '../../runtime/index.ts';

const transient: Backoff = { firstMillis: 100, longestMillis: 10_000, attempts: Number.POSITIVE_INFINITY };
const setup: Backoff = { firstMillis: 2_000, longestMillis: 60_000, attempts: Number.POSITIVE_INFINITY };

/** What a source needs to wait with before it opens its stream again. */
export interface ReopeningTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly waiting: (error: OrderlakeError, waitMillis: number) => void;
}

/** Short for what passes, long for what a person must mend, without end for both: a source has nowhere else to go. */
export function waitToReopen(error: OrderlakeError, attempt: number, random: number): number {
  return waitBefore(attempt, error instanceof SetupError ? setup : transient, random);
}
