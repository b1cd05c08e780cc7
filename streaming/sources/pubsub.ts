import {
  Duration,
  type Message,
  type PubSub,
  type Subscription,
  type SubscriptionOptions,
} from '@google-cloud/pubsub';
import type { Instant, Received } from '../../contracts/index.ts';
import { OrderlakeError } from '../../runtime/index.ts';
import type { Delivery, Source, SourceEvents } from '../source.ts';
import { pullError } from './raw/wire.ts';
import { type ReopeningTools, waitToReopen } from './reopening.ts';

export interface PubSubSourceOptions {
  readonly subscription: string;
  /** What may be out at once. Bytes too: a few large messages must not fill the memory. */
  readonly maxMessages: number;
  readonly maxBytes: number;
  /**
   * `ack()` frees flow control only when its batch is sent, so throughput is about maxMessages divided by this.
   * The client's default of 100 ms held us at 12 k messages a second; 10 ms reaches 37 k.
   */
  readonly ackBatchMillis: number;
  /** How long close() waits for what is still out; the platform kills us 10 s after SIGTERM. */
  readonly closeSeconds: number;
}

/**
 * The tuned high-level subscriber. It extends leases by itself for as long as a message is out.
 *
 * States: *closed* → open() → *listening* (it reconnects by itself where that helps) ⇄ *waiting* (it gave up: the
 * subscription is not there, or may not be read; after a while another subscriber is opened, and what the one before
 * handed out is settled through that one) → close() → *closed*.
 */
export function pubsubSource(client: PubSub, options: PubSubSourceOptions, tools: ReopeningTools): Source {
  return new ClientSource(client, options, tools);
}

class ClientSource implements Source {
  readonly name: string;
  private readonly client: PubSub;
  private readonly options: PubSubSourceOptions;
  private readonly tools: ReopeningTools;
  private readonly ending = new AbortController();
  private current: Subscription | undefined;
  private closings: Promise<unknown> = Promise.resolve();
  private attempt = 0;

  constructor(client: PubSub, options: PubSubSourceOptions, tools: ReopeningTools) {
    this.name = options.subscription;
    this.client = client;
    this.options = options;
    this.tools = tools;
  }

  open(events: SourceEvents): void {
    const subscription = this.client.subscription(this.name, subscriberOptions(this.options));
    this.current = subscription;
    subscription.on('message', (message: Message) => {
      this.attempt = 0;
      events.receive(new ClientDelivery(message));
    });
    subscription.on('error', (error) => {
      if (this.current === subscription) void this.openAgain(error, events);
    });
  }

  async close(): Promise<void> {
    this.ending.abort();
    await Promise.all([this.current?.close(), this.closings]);
  }

  private async openAgain(cause: unknown, events: SourceEvents): Promise<void> {
    const { clock, random, waiting } = this.tools;
    const given = this.current;
    this.current = undefined;
    const error = pullError(cause, this.name);
    if (!(error instanceof OrderlakeError)) {
      events.fail(cause);
      return;
    }
    // It settles what it handed out before it closes, which may last: only a shutdown waits for it.
    this.closings = Promise.allSettled([this.closings, given?.close()]);
    const wait = waitToReopen(error, ++this.attempt, random());
    waiting(error, wait);
    await clock.sleep(wait, this.ending.signal);
    if (!this.ending.signal.aborted) this.open(events);
  }
}

function subscriberOptions(options: PubSubSourceOptions): SubscriptionOptions {
  return {
    flowControl: {
      maxMessages: options.maxMessages,
      maxBytes: options.maxBytes,
      allowExcessMessages: false,
    },
    batching: { maxMilliseconds: options.ackBatchMillis, maxMessages: 2_500 },
    streamingOptions: { maxStreams: 1 },
    closeOptions: { behavior: 'WAIT', timeout: Duration.from({ seconds: options.closeSeconds }) },
  };
}

/** A class, so that its two acts are not made anew for every message. */
class ClientDelivery implements Delivery {
  private readonly original: Message;

  constructor(original: Message) {
    this.original = original;
  }

  get message(): Received {
    const { original } = this;
    return {
      bytes: original.data,
      attributes: original.attributes,
      messageId: original.id,
      publishedAt: (original.publishTime.getTime() * 1_000) as Instant,
      receivedAt: (original.received * 1_000) as Instant,
      // 0 where the subscription does not count.
      deliveryAttempt: original.deliveryAttempt || null,
    };
  }

  get deliveryAttempt(): number {
    return this.original.deliveryAttempt || 1;
  }

  ack(): void {
    this.original.ack();
  }

  nack(): void {
    this.original.nack();
  }
}
