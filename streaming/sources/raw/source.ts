import type { Instant, Received } from '../../../contracts/index.ts';
import { OrderlakeError } from '../../../runtime/index.ts';
import type { Delivery, Source, SourceEvents } from '../../source.ts';
import { type ReopeningTools, waitToReopen } from '../reopening.ts';
import { type AckId, type Lease, LeaseBook, type Lot } from './lease-book.ts';
import { type Arrival, openingBytes, PullResponse } from './messages.ts';
import { Settlements } from './settlements.ts';
import { openPull, type PullStream, pullError, type SubscriberClient } from './wire.ts';

export interface RawSourceOptions {
  readonly project: string;
  readonly subscription: string;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly ackBatchMillis: number;
  readonly closeSeconds: number;
  readonly leaseSeconds?: number;
}

export interface RawSourceTools extends ReopeningTools {
  /** For this source alone: it is closed with it. */
  readonly client: SubscriberClient;
}

/** 10 to 600. What a worker that died held is missed for so long; half of it must outlast a stall of the loop. */
const leaseSeconds = 20;
const lookEveryMillis = 5_000;
/** How long closing waits for what the service has sent and nobody has read. */
const lastWordsMillis = 1_000;

/**
 * One streaming pull with leases, acks and reconnecting of our own: a fifth of the high-level client's cost per
 * message.
 *
 * States: *closed* → open() → *pulling* (a stream is open; the service bounds what is out by `maxMessages` and
 * `maxBytes`) ⇄ *waiting* (the stream ended: after a while, short for what passes and long for what a person must
 * mend, the next is opened; leases are kept, since ack ids outlive their stream) → close() → *closing* (the stream
 * is asked to end; what still comes out of it is given back at once; what was handed out is settled, for
 * `closeSeconds` at most; the rest is given back) → *closed*.
 */
export class RawSource implements Source {
  readonly name: string;
  private readonly options: RawSourceOptions;
  private readonly tools: RawSourceTools;
  private readonly path: string;
  private readonly leases: LeaseBook;
  private readonly settlements: Settlements;
  private readonly ending = new AbortController();
  private stream: PullStream | undefined;
  private attempt = 0;
  private emptied: (() => void) | undefined;

  constructor(options: RawSourceOptions, tools: RawSourceTools) {
    this.name = options.subscription;
    this.options = options;
    this.tools = tools;
    this.path = tools.client.subscriptionPath(options.project, options.subscription);
    this.leases = new LeaseBook(this.leaseSeconds * 1_000);
    const { client } = tools;
    const { path: subscription } = this;
    this.settlements = new Settlements(
      {
        acknowledge: async (ackIds) => void (await client.acknowledge({ subscription, ackIds })),
        modifyDeadline: async (ackIds, ackDeadlineSeconds) =>
          void (await client.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds })),
      },
      options.ackBatchMillis,
      (error) => this.notSettled(error),
    );
  }

  open(events: SourceEvents): void {
    void this.keepPulling(events).catch((error: unknown) => events.fail(error));
    void this.keepLeases();
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all([this.readToTheEnd(), this.settled()]);
    for (const lease of this.leases.held()) this.settle(lease, 'nack');
    await this.settlements.flush();
    await this.tools.client.close();
  }

  /** What was sent and not read would be nobody's until its lease ends. */
  private async readToTheEnd(): Promise<void> {
    const { stream } = this;
    this.stream = undefined;
    if (!stream || stream.destroyed || stream.readableEnded) return;
    const enough = new AbortController();
    stream.once('close', () => enough.abort()).once('end', () => enough.abort());
    stream.end();
    await this.tools.clock.sleep(lastWordsMillis, enough.signal);
    stream.cancel();
  }

  private get leaseSeconds(): number {
    return this.options.leaseSeconds ?? leaseSeconds;
  }

  private async keepPulling(events: SourceEvents): Promise<void> {
    const { clock, random, waiting } = this.tools;
    while (!this.ending.signal.aborted) {
      const error = pullError(await this.pull(events), this.name);
      if (this.ending.signal.aborted) return;
      if (!(error instanceof OrderlakeError)) throw error;
      const wait = waitToReopen(error, ++this.attempt, random());
      waiting(error, wait);
      await clock.sleep(wait, this.ending.signal);
    }
  }

  /** Resolves with the reason when the stream has ended. */
  private async pull(events: SourceEvents): Promise<unknown> {
    const stream = await openPull(this.tools.client);
    if (this.ending.signal.aborted) return stream.cancel();
    this.stream = stream;
    const ended = new Promise<unknown>((resolve) => {
      stream.once('error', resolve);
      stream.once('end', () => resolve({ code: 14, details: 'the service ended the stream' }));
    });
    stream.on('data', (bytes: Buffer) => this.receive(bytes, events));
    stream.write(
      openingBytes({
        subscription: this.path,
        leaseSeconds: this.leaseSeconds,
        maxMessages: Math.max(1, this.options.maxMessages - this.leases.size),
        maxBytes: this.options.maxBytes,
      }),
    );
    return ended;
  }

  private receive(bytes: Buffer, events: SourceEvents): void {
    const now = this.tools.clock.now();
    const response = new PullResponse(bytes, (now * 1_000) as Instant);
    const arrivals = response.arrivals();
    if (this.ending.signal.aborted) {
      for (const { ackId } of arrivals) this.settlements.nack(ackId);
      return;
    }
    this.attempt = 0;
    const lot = this.leases.begin(now);
    const settle = (lease: Lease, how: 'ack' | 'nack') => this.settle(lease, how);
    const shared: Shared = { lot, response, settle };
    for (const arrival of arrivals) {
      const delivery = new RawDelivery(arrival, shared);
      this.leases.take(delivery);
      events.receive(delivery);
    }
  }

  private settle(lease: Lease, how: 'ack' | 'nack'): void {
    if (!this.leases.settle(lease)) return;
    this.settlements[how](lease.ackId);
    if (this.leases.size === 0) this.emptied?.();
  }

  /** Closing takes less time than the half of a lease that is always left. */
  private async keepLeases(): Promise<void> {
    const { clock } = this.tools;
    while (!this.ending.signal.aborted) {
      await clock.sleep(lookEveryMillis, this.ending.signal);
      const due = this.leases.extendDue(clock.now(), (this.leaseSeconds * 1_000) / 2);
      this.settlements.extend(due, this.leaseSeconds);
    }
  }

  /** Until everything handed out is settled, or it has taken too long. */
  private async settled(): Promise<void> {
    if (this.leases.size === 0) return;
    const enough = new AbortController();
    this.emptied = () => enough.abort();
    await this.tools.clock.sleep(this.options.closeSeconds * 1_000, enough.signal);
  }

  /** The message comes again when its lease ends; only somebody who looks for the cause needs to know. */
  private notSettled(error: unknown): void {
    const known = pullError(error, this.name);
    if (known instanceof OrderlakeError) this.tools.waiting(known, 0);
  }
}

/** What the deliveries of one response share. */
interface Shared {
  readonly lot: Lot;
  readonly response: PullResponse;
  readonly settle: (lease: Lease, how: 'ack' | 'nack') => void;
}

/** A class, so that its two acts are not made anew for every message. */
class RawDelivery implements Delivery, Lease {
  readonly ackId: AckId;
  isSettled = false;
  private readonly from: number;
  private readonly to: number;
  private readonly shared: Shared;

  constructor({ ackId, from, to }: Arrival, shared: Shared) {
    this.ackId = ackId;
    this.from = from;
    this.to = to;
    this.shared = shared;
  }

  get lot(): Lot {
    return this.shared.lot;
  }

  get message(): Received {
    return this.shared.response.message(this.from, this.to);
  }

  get deliveryAttempt(): number {
    return this.message.deliveryAttempt ?? 1;
  }

  ack(): void {
    this.shared.settle(this, 'ack');
  }

  nack(): void {
    this.shared.settle(this, 'nack');
  }
}
