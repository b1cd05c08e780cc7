import type { Received } from '../contracts/index.ts';
import type { Result } from './result.ts';

/**
 * A step is a named pure function: its name appears in the dead letter and in the metrics. It sees the
 * message it works on and never Pub/Sub, BigQuery, a clock or a counter.
 */
export type Step<I, O> = (input: I, message: Received) => Result<O>;

/** What became of a message, and which step said so. */
export interface Judged<T> {
  readonly step: string;
  readonly result: Result<T>;
}

/** Two steps as one: the second sees only what the first let through; corrections add up. */
export function inSequence<A, B, C>(first: Step<A, B>, second: Step<B, C>) {
  return function judge(input: A, message: Received): Judged<C> {
    const one = first(input, message);
    if (one.kind === 'dead' || one.kind === 'drop') return { step: first.name, result: one };
    const two = second(one.value, message);
    if (one.kind === 'ok' || two.kind === 'dead' || two.kind === 'drop') {
      return { step: second.name, result: two };
    }
    const corrections = two.kind === 'corrected' ? [...one.corrections, ...two.corrections] : one.corrections;
    return { step: second.name, result: { kind: 'corrected', value: two.value, corrections } };
  };
}
