import type { Death, Instant, Received } from '../contracts/index.ts';
import type { Logger, OrderlakeError } from '../runtime/index.ts';
import { earliest } from './batch.ts';
import { BatchedWriter, type WriterOptions } from './batched-writer.ts';
import { type DeadLetter, deadLetterOf, refusalOf } from './dead-letter.ts';
import type { LaneMeter } from './meter.ts';
import type { OutcomeKind, Result } from './result.ts';
import type { Refused, Sink } from './sink.ts';
import type { Delivery, Source } from './source.ts';
import type { Judged } from './step.ts';
import { traceOf } from './trace.ts';

/** Something on its way through a lane, with the delivery that must be settled when its way ends. */
export interface Carried<T> {
  readonly delivery: Delivery;
  readonly value: T;
  readonly publishedAt: Instant;
}

export interface LaneOptions<T> {
  readonly name: string;
  readonly source: Source;
  readonly judge: (input: Received, message: Received) => Judged<T>;
  readonly eventIdOf: (value: T) => string;
  readonly sink: Sink<T>;
  readonly writing: WriterOptions;
  readonly deadLetters: Sink<DeadLetter>;
  readonly deadLetterWriting: WriterOptions;
  /**
   * Every subscription sees every message, so what the contract calls dead would be reported once per sink.
   * The primary lane reports it; the others count and acknowledge it.
   */
  readonly primary: boolean;
  readonly meter: LaneMeter;
  /** Error messages may quote a value of somebody's order, so only codes, counts and event ids are logged. */
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly crashed: (error: unknown) => void;
  /** The source had an end, and everything before it is settled. */
  readonly finished?: () => void;
}

/** A delivery with its message, which is made once for all that is done when it arrives. */
interface Arrived {
  readonly delivery: Delivery;
  readonly message: Received;
}

/** One handler per outcome: a lane that forgets one does not compile. */
export type Wiring<T> = {
  readonly [K in OutcomeKind]: (
    result: Extract<Result<T>, { kind: K }>,
    arrived: Arrived,
    step: string,
  ) => void;
};

/**
 * The way from one subscription to one sink: the interpreter of what the steps said.
 *
 * A delivery is *judged* when it arrives, then either *written* (ok, corrected), *buried* (dead) or *dropped*.
 * It is acknowledged when, and only when, one of these holds: its rows are durable in the sink; its dead letter
 * is durable; a lane that is not primary counted it as dead; a step dropped it on purpose. When the sink or the
 * dead letters gave up, or the table of dead letters will not take its letter, it is refused (nack) and comes again.
 * Nothing else settles a delivery.
 *
 * States: *closed* → open() → *open* → stop() → *draining* (the source is closed, both writers empty
 * themselves, their acks go out) → *stopped*. A crash leaves everything unsettled: it all comes again.
 */
export class Lane<T> {
  readonly name: string;
  private readonly options: LaneOptions<T>;
  private readonly writer: BatchedWriter<Carried<T>>;
  private readonly burier: BatchedWriter<Carried<DeadLetter>>;
  private readonly wiring: Wiring<T>;

  constructor(options: LaneOptions<T>) {
    this.name = options.name;
    this.options = options;
    this.writer = new BatchedWriter(carrying(options.sink), options.writing, {
      written: (items, refused) => this.written(items, refused),
      gaveUp: (items, error) => this.gaveUp(items, error),
      retried: (error, wait) => this.retried(options.sink.name, error, wait),
      crashed: options.crashed,
    });
    this.burier = new BatchedWriter(carrying(options.deadLetters), options.deadLetterWriting, {
      written: (items, refused) => this.buried(items, refused),
      gaveUp: (items, error) => this.gaveUp(items, error),
      retried: (error, wait) => this.retried(options.deadLetters.name, error, wait),
      crashed: options.crashed,
    });
    this.wiring = {
      ok: (result, arrived) => this.write(arrived, result.value),
      corrected: (result, arrived) => this.write(arrived, result.value),
      dead: (result, arrived, step) => this.bury(arrived, step, result.death),
      drop: (_result, { delivery, message }) => this.acknowledge(delivery, message.publishedAt),
    };
  }

  open(): void {
    this.options.source.open({
      receive: (delivery) => this.receive(delivery),
      fail: (error) => this.options.crashed(error),
      finished: () => this.options.finished?.(),
    });
  }

  /** How many deliveries are neither acknowledged nor refused. */
  get unsettled(): number {
    return this.writer.pending + this.burier.pending;
  }

  /** When the oldest of these came, in milliseconds since the epoch. */
  get oldestAt(): number | undefined {
    return earliest([this.writer.oldestAt, this.burier.oldestAt]);
  }

  async stop(): Promise<void> {
    const closed = this.options.source.close();
    await this.writer.drain();
    await this.burier.drain();
    await closed;
    await this.options.sink.close();
  }

  /** No more waiting: what is not durable by now is refused and comes again. */
  hurry(): void {
    this.writer.stopRetrying();
    this.burier.stopRetrying();
  }

  private receive(delivery: Delivery): void {
    const { meter, judge } = this.options;
    const { message } = delivery;
    meter.received(message.bytes.length);
    const { step, result } = judge(message, message);
    meter.judged(result);
    // The compiler cannot see that handler and result carry the same kind; Wiring<T> guarantees it.
    const handle = this.wiring[result.kind] as (r: Result<T>, a: Arrived, s: string) => void;
    handle(result, { delivery, message }, step);
  }

  private write({ delivery, message }: Arrived, value: T): void {
    const { publishedAt, bytes } = message;
    this.writer.add({ delivery, value, publishedAt }, bytes.length);
  }

  private bury(arrived: Arrived, step: string, death: Death): void {
    if (this.options.primary) this.lay(arrived, death, step);
    else this.acknowledge(arrived.delivery, arrived.message.publishedAt);
  }

  private lay({ delivery, message }: Arrived, death: Death, step: string): void {
    const where = { step, sink: this.name, attempts: delivery.deliveryAttempt };
    const { publishedAt, bytes } = message;
    this.burier.add({ delivery, value: deadLetterOf(death, message, where), publishedAt }, bytes.length);
  }

  private written(items: readonly Carried<T>[], refused: readonly Refused<Carried<T>>[]): void {
    const errors = new Map(refused.map(({ item, error }) => [item, error]));
    for (const item of items) {
      const error = errors.size === 0 ? undefined : errors.get(item);
      if (error) this.refuse(item, error);
      else this.acknowledge(item.delivery, item.publishedAt);
    }
    this.options.meter.committed(items.length - refused.length);
    this.options.meter.wrote(this.options.sink.name);
  }

  private refuse({ delivery, value }: Carried<T>, error: OrderlakeError): void {
    const { message } = delivery;
    const death = refusalOf(this.options.eventIdOf(value), error);
    this.options.meter.judged({ kind: 'dead', death });
    const fields = { eventId: death.eventId, code: error.code, ...traceOf(message.attributes) };
    this.options.log.warn(fields, 'the sink refused an event');
    this.lay({ delivery, message }, death, 'write');
  }

  /**
   * A letter that its own table refuses has nowhere to go: its message stays in the subscription and comes again, loudly,
   * until somebody mends the table. To end the worker would hold back all the others as well.
   */
  private buried(
    items: readonly Carried<DeadLetter>[],
    refused: readonly Refused<Carried<DeadLetter>>[],
  ): void {
    const kept = new Set(items);
    for (const { item, error } of refused) {
      kept.delete(item);
      this.holdBack(item, error);
    }
    for (const { delivery, publishedAt } of kept) this.acknowledge(delivery, publishedAt);
    this.options.meter.wrote(this.options.deadLetters.name);
  }

  private holdBack({ delivery, value }: Carried<DeadLetter>, error: OrderlakeError): void {
    const { row, message } = value;
    const fields = { eventId: row.event_id, messageId: row.message_id, reason: row.reason, code: error.code };
    const traced = { ...fields, ...traceOf(message.attributes) };
    this.options.log.error(traced, 'a dead letter is refused by its own table; its message is held back');
    this.options.meter.heldBack();
    delivery.nack();
  }

  private retried(into: string, error: OrderlakeError, waitMillis: number): void {
    this.options.meter.retried(error.code, waitMillis, into);
    const { code, action } = error;
    this.options.log.warn({ into, code, action, waitMillis }, 'a write failed and is tried again');
  }

  private gaveUp(items: readonly Carried<unknown>[], error: OrderlakeError): void {
    this.options.meter.gaveUp(error, items.length);
    const fields = { code: error.code, messages: items.length };
    this.options.log.error(fields, 'retries are used up; the messages go back to the subscription');
    for (const { delivery } of items) delivery.nack();
  }

  private acknowledge(delivery: Delivery, publishedAt: Instant): void {
    delivery.ack();
    this.options.meter.acknowledged(publishedAt);
  }
}

/** A sink for what is carried, made from a sink for the thing itself. */
function carrying<T>(sink: Sink<T>): Sink<Carried<T>> {
  return {
    name: sink.name,
    write: async (batch, batchId) => {
      const refused = await sink.write(
        batch.map(({ value }) => value),
        batchId,
      );
      if (refused.length === 0) return [];
      const errors = new Map(refused.map(({ item, error }) => [item, error]));
      return batch.flatMap((item) => {
        const error = errors.get(item.value);
        return error ? [{ item, error }] : [];
      });
    },
    close: () => sink.close(),
  };
}
