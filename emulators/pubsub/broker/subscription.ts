import type { Clock } from '../../frame/index.ts';
import type { Deadlines } from './deadlines.ts';
import { type Consumer, Delivery } from './delivery.ts';
import { Fifo } from './fifo.ts';
import type { StoredMessage } from './message.ts';
import type { SubscriptionSettings } from './settings.ts';

export interface Backlog {
  /** Everything that is not acknowledged, delivered or not. */
  readonly unacked: number;
  /** Of these: delivered, and the deadline not passed. */
  readonly outstanding: number;
  readonly oldestAgeMs: number;
}

/** What a subscription asks of its surroundings. */
export interface SubscriptionHost {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  settled(subscription: Subscription, message: StoredMessage): void;
  /** Goes with its subscription, which is deleted as a whole. */
  dropped(message: StoredMessage): void;
  /** False: the dead-letter topic cannot take it; the message stays and is delivered again. */
  deadLetter(subscription: Subscription, delivery: Delivery): boolean;
}

const batchMessages = 1000;
const batchBytes = 1024 * 1024;

/**
 * The way of a message through one subscription:
 *
 *   fresh --deliver--> leased --ack--> settled
 *                       |  ^
 *      nack or deadline |  | deliver
 *                       v  |
 *       resting ------> again           (resting only with a retry policy, until its back-off has passed;
 *                                        with a dead-letter policy the last attempt leads to settled instead)
 *
 * An ack counts in every state but fresh, whichever delivery it answers: the work is done. A nack or an extension
 * counts only for the delivery that holds the lease now. Messages past the retention are dropped when their turn comes.
 * Deliveries are made in one go per turn of the event loop, so that one response carries many messages.
 */
export class Subscription {
  readonly number: number;
  settings: SubscriptionSettings;
  readonly #host: SubscriptionHost;
  readonly #fresh = new Fifo<StoredMessage>();
  readonly #again = new Fifo<Delivery>();
  /** All that was delivered at least once, in the order of the first delivery: the first is the oldest. */
  readonly #deliveries = new Map<number, Delivery>();
  readonly #consumers: Consumer[] = [];
  #outstanding = 0;
  #turn = 0;
  #pumpPlanned = false;
  /** When somebody last pulled, acknowledged or held a stream open; the expiration policy counts from here. */
  #lastUsed: number;

  constructor(number: number, settings: SubscriptionSettings, host: SubscriptionHost) {
    this.number = number;
    this.settings = settings;
    this.#host = host;
    this.#lastUsed = host.clock.now();
  }

  add(message: StoredMessage): void {
    message.holders += 1;
    this.#fresh.push(message);
    this.pumpSoon();
  }

  attach(consumer: Consumer): void {
    this.#consumers.push(consumer);
    this.#lastUsed = this.#host.clock.now();
    this.pumpSoon();
  }

  /** Its leases stay until they are settled or expire: the acks may still come by another call. */
  detach(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
    this.#lastUsed = this.#host.clock.now();
  }

  ack(messageId: number): boolean {
    const delivery = this.#deliveries.get(messageId);
    if (delivery === undefined) return false;
    this.#settle(delivery);
    this.pumpSoon();
    return true;
  }

  /** Zero seconds give the message back; a number above extends its lease from now on. */
  modifyDeadline(messageId: number, attempt: number, seconds: number): boolean {
    const delivery = this.#deliveries.get(messageId);
    if (delivery === undefined || delivery.holder === undefined || delivery.attempt !== attempt) return false;
    if (seconds === 0) this.#giveBack(delivery);
    else this.#host.deadlines.set(delivery, this.#host.clock.now() + seconds * 1000);
    return true;
  }

  get oldest(): StoredMessage | undefined {
    for (const delivery of this.#deliveries.values()) return delivery.message;
    return this.#fresh.peek();
  }

  get waiting(): number {
    return this.#fresh.length + this.#again.length;
  }

  get isIdle(): boolean {
    return this.#consumers.length === 0;
  }

  get lastUsed(): number {
    return this.isIdle ? this.#lastUsed : this.#host.clock.now();
  }

  backlog(): Backlog {
    this.#dropExpired();
    const oldest = this.oldest;
    const age = oldest === undefined ? 0 : this.#host.clock.now() - oldest.block.publishedAt;
    return {
      unacked: this.#fresh.length + this.#deliveries.size,
      outstanding: this.#outstanding,
      oldestAgeMs: Math.max(0, age),
    };
  }

  *unacked(): Iterable<StoredMessage> {
    for (const delivery of this.#deliveries.values()) yield delivery.message;
    yield* this.#fresh;
  }

  /** Ends every stream and forgets the backlog. */
  close(): void {
    for (const delivery of this.#deliveries.values()) this.#host.deadlines.cancel(delivery);
    for (const message of this.unacked()) this.#host.dropped(message);
    this.#deliveries.clear();
    this.#fresh.clear();
    this.#again.clear();
    for (const consumer of this.#consumers.splice(0)) consumer.end();
  }

  pumpSoon(): void {
    if (this.#pumpPlanned) return;
    this.#pumpPlanned = true;
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      this.#pump();
    });
  }

  /** Shares what waits among the consumers with room, beginning with another one each time. */
  #pump(): void {
    while (this.waiting > 0) {
      const ready = this.#consumers.filter((c) => c.roomMessages() > 0 && c.roomBytes() > 0);
      if (ready.length === 0) return;
      const share = Math.min(batchMessages, Math.ceil(this.waiting / ready.length));
      this.#turn += 1;
      for (let i = 0; i < ready.length; i++) {
        const consumer = ready[(i + this.#turn) % ready.length];
        if (consumer === undefined) continue;
        const batch = this.#take(consumer, share);
        if (batch.length > 0) consumer.deliver(batch);
      }
    }
  }

  #take(consumer: Consumer, share: number): Delivery[] {
    const batch: Delivery[] = [];
    const now = this.#host.clock.now();
    const limit = Math.min(share, consumer.roomMessages());
    let bytes = 0;
    while (batch.length < limit && bytes < batchBytes && consumer.roomBytes() > 0) {
      const delivery = this.#next(now);
      if (delivery === undefined) break;
      bytes += delivery.message.size;
      this.#lease(delivery, consumer, now);
      batch.push(delivery);
    }
    return batch;
  }

  /** What was given back goes first: it is older than everything fresh. */
  #next(now: number): Delivery | undefined {
    for (let delivery = this.#again.shift(); delivery !== undefined; delivery = this.#again.shift()) {
      if (delivery.settled) continue;
      if (!this.#isExpired(delivery.message, now)) return delivery;
      this.#settle(delivery);
    }
    this.#dropExpired();
    const message = this.#fresh.shift();
    if (message === undefined) return undefined;
    const delivery = new Delivery(message, this.#fallsDue);
    this.#deliveries.set(message.id, delivery);
    return delivery;
  }

  #lease(delivery: Delivery, consumer: Consumer, now: number): void {
    delivery.attempt += 1;
    delivery.holder = consumer;
    consumer.outstandingMessages += 1;
    consumer.outstandingBytes += delivery.message.size;
    this.#outstanding += 1;
    this.#host.deadlines.set(delivery, now + consumer.ackDeadlineMs);
  }

  #release(delivery: Delivery): void {
    this.#host.deadlines.cancel(delivery);
    if (delivery.holder === undefined) return;
    delivery.holder.outstandingMessages -= 1;
    delivery.holder.outstandingBytes -= delivery.message.size;
    delivery.holder = undefined;
    this.#outstanding -= 1;
  }

  #settle(delivery: Delivery): void {
    this.#release(delivery);
    delivery.settled = true;
    this.#deliveries.delete(delivery.message.id);
    this.#host.settled(this, delivery.message);
  }

  readonly #fallsDue = (delivery: Delivery): void => {
    if (delivery.holder !== undefined) {
      this.#giveBack(delivery);
      return;
    }
    this.#again.push(delivery);
    this.pumpSoon();
  };

  #giveBack(delivery: Delivery): void {
    this.#release(delivery);
    this.pumpSoon();
    const { deadLetter, retry } = this.settings;
    if (deadLetter !== undefined && delivery.attempt >= deadLetter.maxAttempts) {
      if (this.#host.deadLetter(this, delivery)) {
        this.#settle(delivery);
        return;
      }
    }
    if (retry === undefined) {
      this.#again.push(delivery);
      return;
    }
    const rest = Math.min(retry.maximumMs, retry.minimumMs * 2 ** (delivery.attempt - 1));
    this.#host.deadlines.set(delivery, this.#host.clock.now() + rest);
  }

  #isExpired(message: StoredMessage, now: number): boolean {
    return message.block.publishedAt + this.settings.retentionMs < now;
  }

  #dropExpired(): void {
    const now = this.#host.clock.now();
    for (let message = this.#fresh.peek(); message !== undefined; message = this.#fresh.peek()) {
      if (!this.#isExpired(message, now)) return;
      this.#fresh.shift();
      this.#host.settled(this, message);
    }
  }
}
