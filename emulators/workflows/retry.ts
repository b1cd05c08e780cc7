import { Raised } from './raised.ts';
import type { Value } from './value.ts';

interface Policy {
  readonly maxRetries: number;
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly multiplier: number;
}

/** Runs the whole body again while the predicate says so; then its last error goes on to `except`. */
export async function retrying<T>(
  body: () => Promise<T>,
  policy: Policy,
  isRetriable: (error: Value) => Promise<boolean>,
  host: { sleep(seconds: number): Promise<void> },
): Promise<T> {
  let delay = policy.initialDelay;
  for (let retry = 0; ; retry++) {
    try {
      return await body();
    } catch (error) {
      if (!(error instanceof Raised) || retry >= policy.maxRetries) throw error;
      if (!(await isRetriable(error.value))) throw error;
    }
    await host.sleep(Math.min(delay, policy.maxDelay));
    delay *= policy.multiplier;
  }
}
