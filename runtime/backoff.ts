import { OrderlakeError } from './errors.ts';

export interface Backoff {
  readonly firstMillis: number;
  readonly longestMillis: number;
  readonly attempts: number;
}

/** Full jitter: any wait between nothing and the exponential bound, so that many callers spread out. */
export function waitBefore(attempt: number, { firstMillis, longestMillis }: Backoff, random: number): number {
  return Math.floor(random * Math.min(longestMillis, firstMillis * 2 ** (attempt - 1)));
}

export interface RetryTools {
  readonly random: () => number;
  readonly sleep: (millis: number, signal?: AbortSignal) => Promise<void>;
  readonly onRetry?: (error: OrderlakeError, attempt: number, waitMillis: number) => void;
  readonly signal?: AbortSignal;
}

/** Runs `work` until it succeeds, fails for good, or its attempts are used up. */
export async function retrying<T>(work: () => Promise<T>, backoff: Backoff, tools: RetryTools): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const retry = error instanceof OrderlakeError && error.retriable && attempt < backoff.attempts;
      if (!retry || tools.signal?.aborted) throw error;
      const wait = waitBefore(attempt, backoff, tools.random());
      tools.onRetry?.(error, attempt, wait);
      await tools.sleep(wait, tools.signal);
    }
  }
}
