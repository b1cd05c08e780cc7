import type { Received } from '../contracts/index.ts';

/** One message as a source hands it over. Exactly one of `ack` and `nack` is called, once. */
export interface Delivery {
  /** May be made anew whenever it is asked for: what is out is many, and not all of it need be kept in this form. */
  readonly message: Received;
  /** How often this message was handed out, where the source counts it; otherwise 1. */
  readonly deliveryAttempt: number;
  ack(): void;
  nack(): void;
}

export interface SourceEvents {
  receive(delivery: Delivery): void;
  /** The source cannot go on by itself; the worker decides whether to wait or to end. */
  fail(error: unknown): void;
  /** Of a source that has an end: everything was handed out and acknowledged. */
  finished?(): void;
}

/** Where messages come from. It bounds what is out at once: an ack or a nack makes room for the next. */
export interface Source {
  readonly name: string;
  open(events: SourceEvents): void;
  /**
   * Stops the flow of new messages at once. Resolves when everything handed out was acknowledged or refused
   * and those acks were sent, or when waiting longer would outlast the time a shutdown may take.
   */
  close(): Promise<void>;
}
