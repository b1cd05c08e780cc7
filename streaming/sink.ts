import type { OrderlakeError } from '../runtime/index.ts';

/** A row that a sink will never take, with the sink's own words. */
export interface Refused<T> {
  readonly item: T;
  readonly error: OrderlakeError;
}

/**
 * Where events become durable. When `write` resolves, everything but the refused is durable and may be
 * acknowledged; when it rejects, nothing is known to be: a retriable error is tried again with the same
 * batch, any other ends the worker. `batchId` is the same on every try, so that a sink which can recognise
 * its own earlier write does.
 */
export interface Sink<T> {
  readonly name: string;
  write(batch: readonly T[], batchId: number): Promise<readonly Refused<T>[]>;
  close(): Promise<void>;
}
