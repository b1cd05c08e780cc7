import type { Instant } from '../../../contracts/index.ts';
import { OrderlakeError } from '../../../runtime/index.ts';
import type { Delivery, Source, SourceEvents } from '../../source.ts';
import { type ReopeningTools, waitToReopen } from '../reopening.ts';
import { type AckId, LeaseBook } from './lease-book.ts';
import { Settlements } from './settlements.ts';
import {
  pullError,
  type ReceivedMessage,
  receivedOf,
  type StreamingPullResponse,
  type SubscriberClient,
} from './wire.ts';

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
  private stream: ReturnType<SubscriberClient['streamingPull']> | undefined;
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
    for (const ackId of this.leases.held()) this.settle(ackId, 'nack');
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
  private pull(events: SourceEvents): Promise<unknown> {
    const stream = this.tools.client.streamingPull();
    this.stream = stream;
    stream.write({
      subscription: this.path,
      streamAckDeadlineSeconds: this.leaseSeconds,
      maxOutstandingMessages: Math.max(1, this.options.maxMessages - this.leases.size),
      maxOutstandingBytes: this.options.maxBytes,
    });
    stream.on('data', (response: StreamingPullResponse) => this.receive(response, events));
    return new Promise((resolve) => {
      stream.once('error', resolve);
      stream.once('end', () => resolve({ code: 14, details: 'the service ended the stream' }));
    });
  }

  private receive({ receivedMessages }: StreamingPullResponse, events: SourceEvents): void {
    if (this.ending.signal.aborted) {
      this.giveBack(receivedMessages ?? []);
      return;
    }
    this.attempt = 0;
    const now = this.tools.clock.now();
    for (const message of receivedMessages ?? []) {
      if (!message.ackId) continue;
      this.leases.take(message.ackId, now);
      events.receive(this.deliveryOf(message, message.ackId, (now * 1_000) as Instant));
    }
  }

  private giveBack(messages: readonly ReceivedMessage[]): void {
    for (const { ackId } of messages) if (ackId) this.settlements.nack(ackId);
  }

  private deliveryOf(message: ReceivedMessage, ackId: AckId, receivedAt: Instant): Delivery {
    return {
      message: receivedOf(message, receivedAt),
      deliveryAttempt: Math.max(1, message.deliveryAttempt ?? 1),
      ack: () => this.settle(ackId, 'ack'),
      nack: () => this.settle(ackId, 'nack'),
    };
  }

  private settle(ackId: AckId, how: 'ack' | 'nack'): void {
    if (!this.leases.settle(ackId)) return;
    this.settlements[how](ackId);
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
