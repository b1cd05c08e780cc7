import type { Clock, ServiceError } from '../../frame/index.ts';
import { attributesOf, orderingKeyOf } from '../wire/stored.ts';
import type { Deadlines } from './deadlines.ts';
import { type Consumer, Delivery } from './delivery.ts';
import { Fifo } from './fifo.ts';
import { Lanes } from './lanes.ts';
import type { StoredMessage } from './message.ts';
import type { Retained } from './retained.ts';
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
  /** While true nothing is delivered. */
  readonly paused: boolean;
  settled(subscription: Subscription, message: StoredMessage): void;
  /** Goes with its subscription, which is deleted as a whole. */
  dropped(message: StoredMessage): void;
  /** False: the dead-letter topic cannot take it; the message stays and is delivered again. */
  deadLetter(subscription: Subscription, delivery: Delivery): boolean;
}

/** `invalid`: the id stands for no delivery that can be acknowledged; `unordered`: an earlier one must be first. */
export type AckOutcome = 'done' | 'invalid' | 'unordered';

const batchMessages = 1000;
/** As much as the memory next to a core holds twice: a batch is written once and then read by the connection. */
const batchBytes = 256 * 1024;
/** With exactly-once, an ack that is repeated because its answer was lost must succeed again. */
const rememberedAcks = 100_000;

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
 * counts only for the delivery that holds the lease now, and so does an ack with exactly-once delivery. Messages past
 * the retention are dropped when their turn comes. Deliveries are made in one go per turn of the event loop, so that
 * one response carries many messages. Where ordering is on, messages with a key wait in lanes instead (lanes.ts).
 */
export class Subscription {
  readonly number: number;
  settings: SubscriptionSettings;
  /** Of its topic: what is kept there may be older than this subscription keeps. */
  topicRetentionMs = 0;
  /** Acknowledged messages, when the settings ask to keep them. */
  retained: Retained | undefined;
  readonly #host: SubscriptionHost;
  readonly #fresh = new Fifo<StoredMessage>();
  readonly #again = new Fifo<Delivery>();
  readonly #lanes = new Lanes();
  /** All that was delivered at least once, in the order of the first delivery: the first is the oldest. */
  readonly #deliveries = new Map<number, Delivery>();
  /** Keys of that map are counted from here: small numbers are found without making an object of each. */
  #firstId: number | undefined;
  readonly #consumers: Consumer[] = [];
  readonly #acked = new Map<number, number>();
  #outstanding = 0;
  /** False once a later message may have been delivered before an earlier one; the oldest must then be looked for. */
  #isInTurn = true;
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

  /** False: the filter leaves it out, as if it were acknowledged at once. */
  wants(message: StoredMessage): boolean {
    const { filter } = this.settings;
    return filter === undefined || filter(attributesOf(message));
  }

  add(message: StoredMessage, attempt = 0): void {
    const key = this.settings.ordered ? orderingKeyOf(message) : '';
    if (key === '' && attempt === 0) this.#fresh.push(message);
    else {
      const delivery = new Delivery(message, this.#fallsDue);
      delivery.attempt = attempt;
      if (attempt > 0) this.#deliveries.set(this.#key(message.id), delivery);
      if (key === '') this.#again.push(delivery);
      else this.#lanes.add(key, delivery);
      this.#isInTurn = false;
    }
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

  ack(messageId: number, attempt = 0): AckOutcome {
    const delivery = this.#deliveries.get(this.#key(messageId));
    const { exactlyOnce } = this.settings;
    if (delivery === undefined) {
      return exactlyOnce && this.#acked.get(messageId) === attempt ? 'done' : 'invalid';
    }
    const holds = delivery.holder !== undefined && delivery.attempt === attempt;
    if (exactlyOnce && !holds) return delivery.acked && delivery.attempt === attempt ? 'done' : 'invalid';
    if (delivery.lane !== undefined) return this.#ackOrdered(delivery);
    this.#settle(delivery);
    if (exactlyOnce) this.#remember(messageId, attempt);
    this.pumpSoon();
    return 'done';
  }

  /** Zero seconds give the message back; a number above extends its lease from now on. */
  modifyDeadline(
    messageId: number,
    attempt: number,
    seconds: number,
    now: number = this.#host.clock.now(),
  ): AckOutcome {
    const delivery = this.#deliveries.get(this.#key(messageId));
    if (delivery === undefined || delivery.holder === undefined || delivery.attempt !== attempt)
      return 'invalid';
    if (seconds === 0) this.#giveBack(delivery);
    else this.#host.deadlines.set(delivery, now + seconds * 1000);
    return 'done';
  }

  get oldest(): StoredMessage | undefined {
    if (this.#isInTurn) {
      for (const { message } of this.#deliveries.values()) return message;
      return this.#fresh.peek();
    }
    let oldest: StoredMessage | undefined;
    for (const message of this.unacked()) {
      if (oldest === undefined || message.id < oldest.id) oldest = message;
    }
    return oldest;
  }

  get waiting(): number {
    return this.#fresh.length + this.#again.length + (this.#lanes.isReady ? 1 : 0);
  }

  get isIdle(): boolean {
    return this.#consumers.length === 0;
  }

  get lastUsed(): number {
    return this.isIdle ? this.#lastUsed : this.#host.clock.now();
  }

  backlog(): Backlog {
    this.#dropExpired(this.#host.clock.now());
    const oldest = this.oldest;
    const age = oldest === undefined ? 0 : this.#host.clock.now() - oldest.block.publishedAt;
    const { undelivered, ackedEarly } = this.#lanes;
    return {
      unacked: this.#fresh.length + this.#deliveries.size + undelivered - ackedEarly,
      outstanding: this.#outstanding,
      oldestAgeMs: Math.max(0, age),
    };
  }

  *unacked(): Iterable<StoredMessage> {
    for (const delivery of this.#deliveries.values()) yield delivery.message;
    yield* this.#fresh;
    for (const delivery of this.#lanes.waiting()) yield delivery.message;
  }

  /** Begins anew with these messages and no others; how often each was delivered is not forgotten. */
  reset(messages: readonly StoredMessage[]): void {
    const attempts = new Map(
      [...this.#deliveries.values()].map(({ message, attempt }) => [message.id, attempt]),
    );
    this.#clear();
    for (const message of messages) this.add(message, attempts.get(message.id));
  }

  /** Ends every stream and forgets the backlog. */
  close(reason: ServiceError): void {
    for (const message of this.unacked()) this.#host.dropped(message);
    this.#clear();
    for (const consumer of this.#consumers.splice(0)) consumer.end(reason);
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
    for (let progress = true; progress && this.waiting > 0 && !this.#host.paused; ) {
      const ready = this.#consumers.filter((c) => c.roomMessages() > 0 && c.roomBytes() > 0);
      if (ready.length === 0) return;
      const share = Math.min(batchMessages, Math.ceil(this.waiting / ready.length));
      this.#turn += 1;
      progress = false;
      for (let i = 0; i < ready.length; i++) {
        const consumer = ready[(i + this.#turn) % ready.length];
        if (consumer === undefined) continue;
        const batch = this.#take(consumer, this.#lanes.isReady ? batchMessages : share);
        if (batch.length === 0) continue;
        progress = true;
        consumer.deliver(batch);
      }
    }
  }

  #take(consumer: Consumer, share: number): Delivery[] {
    const batch: Delivery[] = [];
    const now = this.#host.clock.now();
    const limit = Math.min(share, consumer.roomMessages());
    let bytes = 0;
    while (batch.length < limit && bytes < batchBytes && consumer.roomBytes() > 0) {
      const delivery = this.#next(consumer, now);
      if (delivery === undefined) break;
      bytes += delivery.message.size;
      this.#lease(delivery, consumer, now);
      batch.push(delivery);
    }
    return batch;
  }

  /** What was given back goes first: it is older than everything fresh. */
  #next(consumer: Consumer, now: number): Delivery | undefined {
    for (let delivery = this.#again.shift(); delivery !== undefined; delivery = this.#again.shift()) {
      if (delivery.settled) continue;
      if (!this.#isExpired(delivery.message, now)) return delivery;
      this.#settle(delivery);
    }
    this.#dropExpired(now);
    const message = this.#fresh.shift();
    if (message === undefined) return this.#lanes.isReady ? this.#nextInLanes(consumer, now) : undefined;
    const delivery = new Delivery(message, this.#fallsDue);
    this.#deliveries.set(this.#key(message.id), delivery);
    return delivery;
  }

  #nextInLanes(consumer: Consumer, now: number): Delivery | undefined {
    for (;;) {
      const delivery = this.#lanes.next(consumer);
      if (delivery === undefined) return undefined;
      this.#deliveries.set(this.#key(delivery.message.id), delivery);
      if (!this.#isExpired(delivery.message, now)) return delivery;
      this.#lanes.released(delivery);
      for (const settled of this.#lanes.acked(delivery)) this.#forget(settled);
    }
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
    if (delivery.lane !== undefined) this.#lanes.released(delivery);
  }

  #settle(delivery: Delivery): void {
    this.#release(delivery);
    this.#forget(delivery);
  }

  #forget(delivery: Delivery): void {
    delivery.settled = true;
    this.#deliveries.delete(this.#key(delivery.message.id));
    this.#host.settled(this, delivery.message);
  }

  /** After a rewind the ack of an earlier delivery counts only at the head of its lane: before the others' turn it would break the order. */
  #ackOrdered(delivery: Delivery): AckOutcome {
    const isFirst = this.#lanes.isFirst(delivery);
    if (this.settings.exactlyOnce && !isFirst) return 'unordered';
    if (delivery.acked || (delivery.holder === undefined && !isFirst)) return 'done';
    this.#settleOrdered(delivery);
    if (this.settings.exactlyOnce) this.#remember(delivery.message.id, delivery.attempt);
    this.pumpSoon();
    return 'done';
  }

  #settleOrdered(delivery: Delivery): void {
    if (delivery.holder === undefined && delivery.slot !== undefined) this.#lanes.rest(delivery, false);
    this.#release(delivery);
    for (const settled of this.#lanes.acked(delivery)) this.#forget(settled);
  }

  #remember(messageId: number, attempt: number): void {
    this.#acked.set(messageId, attempt);
    if (this.#acked.size <= rememberedAcks) return;
    for (const oldest of this.#acked.keys()) {
      this.#acked.delete(oldest);
      break;
    }
  }

  readonly #fallsDue = (delivery: Delivery): void => {
    if (delivery.holder !== undefined) {
      this.#giveBack(delivery);
      return;
    }
    if (delivery.lane === undefined) this.#again.push(delivery);
    else this.#lanes.rest(delivery, false);
    this.pumpSoon();
  };

  #giveBack(delivery: Delivery): void {
    const attempt = delivery.attempt;
    this.#release(delivery);
    this.pumpSoon();
    if (delivery.lane !== undefined) {
      for (const later of this.#lanes.rewind(delivery)) this.#release(later);
    }
    const { deadLetter, retry } = this.settings;
    if (deadLetter !== undefined && attempt >= deadLetter.maxAttempts) {
      if (this.#host.deadLetter(this, delivery)) {
        if (delivery.lane === undefined) this.#settle(delivery);
        else this.#settleOrdered(delivery);
        return;
      }
    }
    this.#lanes.rest(delivery, retry !== undefined);
    if (retry === undefined) {
      if (delivery.lane === undefined) this.#again.push(delivery);
      return;
    }
    const rest = Math.min(retry.maximumMs, retry.minimumMs * 2 ** (attempt - 1));
    this.#host.deadlines.set(delivery, this.#host.clock.now() + rest);
  }

  #key(messageId: number): number {
    this.#firstId ??= messageId;
    return messageId - this.#firstId;
  }

  #isExpired(message: StoredMessage, now: number): boolean {
    const kept = Math.max(this.settings.retentionMs, this.topicRetentionMs);
    return message.block.publishedAt + kept < now;
  }

  #dropExpired(now: number): void {
    for (let message = this.#fresh.peek(); message !== undefined; message = this.#fresh.peek()) {
      if (!this.#isExpired(message, now)) return;
      this.#fresh.shift();
      this.#host.settled(this, message);
    }
  }

  #clear(): void {
    for (const delivery of this.#deliveries.values()) {
      this.#release(delivery);
      delivery.settled = true;
    }
    this.#deliveries.clear();
    this.#fresh.clear();
    this.#again.clear();
    this.#lanes.clear();
  }
}
