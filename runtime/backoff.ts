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

/**
 * Runs `work` until it succeeds, fails for good, or its attempts are used up. How long to wait may depend on
 * the error: what a person must mend is asked for less often than what mends itself.
 */
export async function retrying<T>(
  work: () => Promise<T>,
  backoffFor: Backoff | ((error: OrderlakeError) => Backoff),
  tools: RetryTools,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OrderlakeError) || !error.retriable) throw error;
      const backoff = typeof backoffFor === 'function' ? backoffFor(error) : backoffFor;
      if (attempt >= backoff.attempts || tools.signal?.aborted) throw error;
      const wait = waitBefore(attempt, backoff, tools.random());
      tools.onRetry?.(error, attempt, wait);
      await tools.sleep(wait, tools.signal);
    }
  }
}
