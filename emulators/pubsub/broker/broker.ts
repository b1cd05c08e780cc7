import { type Clock, ServiceError } from '../../frame/index.ts';
import { deadLetterPayload } from '../wire/dead-letter.ts';
import { Deadlines } from './deadlines.ts';
import type { Delivery } from './delivery.ts';
import { Expiry } from './expiry.ts';
import { lowestId, type StoredMessage, seal } from './message.ts';
import { forgetful, type Recorder } from './recorder.ts';
import { deletedTopic, readSettings, type SubscriptionMessage, type TopicMessage } from './settings.ts';
import { Subscription, type SubscriptionHost } from './subscription.ts';
import type { Topic } from './topic.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  /** Beyond so many bytes of unacknowledged messages publishing is refused. */
  readonly maxBacklogBytes: number;
}

/** Topics, subscriptions and the messages between them. Knows neither gRPC nor files. */
export class Broker {
  readonly clock: Clock;
  readonly topics = new Map<string, Topic>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly #maxBacklogBytes: number;
  readonly #deadlines: Deadlines;
  readonly #host: SubscriptionHost;
  readonly #expiry: Expiry;
  #recorder: Recorder = forgetful;
  #lastNumber = 0;
  #nextId: number;
  #backlogBytes = 0;

  constructor(options: BrokerOptions) {
    this.clock = options.clock;
    this.#maxBacklogBytes = options.maxBacklogBytes;
    this.#deadlines = new Deadlines(options.clock);
    this.#expiry = new Expiry(options.clock, this.#deadlines, (name) => this.deleteSubscription(name));
    // From the clock, so that an emulator without a journal does not give out the ids of its last run again.
    this.#nextId = Math.max(lowestId, Math.floor(options.clock.now() / 1000) * 1_000_000);
    this.#host = {
      clock: options.clock,
      deadlines: this.#deadlines,
      settled: (subscription, message) => {
        this.#recorder.settled(subscription, message);
        this.#letGo(message);
      },
      dropped: (message) => this.#letGo(message),
      deadLetter: (subscription, delivery) => this.#deadLetter(subscription, delivery),
    };
  }

  /** From now on everything that changes is written down first. */
  recordTo(recorder: Recorder): void {
    this.#recorder = recorder;
  }

  get backlogBytes(): number {
    return this.#backlogBytes;
  }

  /** The last number given to a topic or subscription, and the id of the next message. */
  get counters(): { lastNumber: number; nextId: number } {
    return { lastNumber: this.#lastNumber, nextId: this.#nextId };
  }

  /** Continues the counts of an earlier process. */
  restore(lastNumber: number, nextId: number): void {
    this.#lastNumber = Math.max(this.#lastNumber, lastNumber);
    this.#nextId = Math.max(this.#nextId, nextId);
  }

  topic(name: string): Topic {
    return this.topics.get(name) ?? notFound(name);
  }

  subscription(name: string): Subscription {
    return this.subscriptions.get(name) ?? notFound(name);
  }

  createTopic(message: TopicMessage): Topic {
    const name = message.name ?? '';
    if (this.topics.has(name)) throw alreadyExists(name);
    return this.restoreTopic(this.#lastNumber + 1, { ...message, state: 'ACTIVE' });
  }

  restoreTopic(number: number, message: TopicMessage): Topic {
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const topic: Topic = { number, message, subscriptions: new Set() };
    this.#recorder.topicChanged(topic);
    this.topics.set(message.name ?? '', topic);
    return topic;
  }

  updateTopic(message: TopicMessage): Topic {
    const topic = this.topic(message.name ?? '');
    topic.message = { ...message, state: 'ACTIVE' };
    this.#recorder.topicChanged(topic);
    return topic;
  }

  /** Its subscriptions stay, with what they have, and show `_deleted_topic_`. */
  deleteTopic(name: string): void {
    const topic = this.topic(name);
    for (const subscription of topic.subscriptions) {
      this.#change(subscription, { ...subscription.settings.message, topic: deletedTopic });
    }
    this.#recorder.topicDeleted(topic);
    this.topics.delete(name);
  }

  createSubscription(message: SubscriptionMessage): Subscription {
    const name = message.name ?? '';
    if (this.subscriptions.has(name)) throw alreadyExists(name);
    this.topic(message.topic ?? '');
    const deadLetterTopic = message.deadLetterPolicy?.deadLetterTopic;
    if (deadLetterTopic) this.topic(deadLetterTopic);
    return this.restoreSubscription(this.#lastNumber + 1, message);
  }

  restoreSubscription(number: number, message: SubscriptionMessage): Subscription {
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const subscription = new Subscription(number, readSettings(message), this.#host);
    this.#recorder.subscriptionChanged(subscription);
    this.subscriptions.set(message.name ?? '', subscription);
    this.topics.get(message.topic ?? '')?.subscriptions.add(subscription);
    this.#expiry.watch(subscription);
    return subscription;
  }

  updateSubscription(message: SubscriptionMessage): Subscription {
    const subscription = this.subscription(message.name ?? '');
    const deadLetterTopic = message.deadLetterPolicy?.deadLetterTopic;
    if (deadLetterTopic) this.topic(deadLetterTopic);
    this.#change(subscription, message);
    this.#expiry.watch(subscription);
    return subscription;
  }

  deleteSubscription(name: string): void {
    const subscription = this.subscription(name);
    this.#expiry.forget(subscription);
    this.#recorder.subscriptionDeleted(subscription);
    this.subscriptions.delete(name);
    this.topics.get(subscription.settings.topicName)?.subscriptions.delete(subscription);
    subscription.close();
  }

  /** @param ranges start and end of each payload within `source`, in turn */
  publish(topic: Topic, source: Buffer, ranges: readonly number[]): readonly StoredMessage[] {
    const messages = seal(source, ranges, this.#nextId, this.clock.now());
    const size = messages[0]?.block.bytes.length ?? 0;
    if (topic.subscriptions.size > 0 && this.#backlogBytes + size > this.#maxBacklogBytes) {
      throw new ServiceError(
        'RESOURCE_EXHAUSTED',
        `The emulator holds ${this.#backlogBytes} bytes of unacknowledged messages; its bound is ${this.#maxBacklogBytes}.`,
      );
    }
    this.#nextId += messages.length;
    this.#recorder.published(topic, messages);
    this.deliver(topic.subscriptions, messages);
    return messages;
  }

  /** Hands sealed messages to subscriptions; the journal's reader begins here. */
  deliver(subscriptions: ReadonlySet<Subscription>, messages: readonly StoredMessage[]): void {
    for (const subscription of subscriptions) {
      for (const message of messages) {
        if (message.holders === 0) this.#backlogBytes += message.size;
        subscription.add(message);
      }
    }
    const last = messages.at(-1);
    if (last !== undefined) this.#nextId = Math.max(this.#nextId, last.id + 1);
  }

  stop(): void {
    this.#deadlines.stop();
  }

  #letGo(message: StoredMessage): void {
    message.holders -= 1;
    if (message.holders === 0) this.#backlogBytes -= message.size;
  }

  #change(subscription: Subscription, message: SubscriptionMessage): void {
    subscription.settings = readSettings(message);
    this.#recorder.subscriptionChanged(subscription);
  }

  #deadLetter(subscription: Subscription, delivery: Delivery): boolean {
    const topic = this.topics.get(subscription.settings.deadLetter?.topicName ?? '');
    if (topic === undefined) return false;
    const payload = deadLetterPayload(subscription.settings.name, delivery);
    try {
      this.publish(topic, payload, [0, payload.length]);
      return true;
    } catch (error) {
      // No room, or no disk: the message must not be lost for that.
      if (error instanceof ServiceError) return false;
      throw error;
    }
  }
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

function notFound(name: string): never {
  throw new ServiceError('NOT_FOUND', `Resource not found (resource=${shortName(name)}).`);
}

const alreadyExists = (name: string): ServiceError =>
  new ServiceError('ALREADY_EXISTS', `Resource already exists in the project (resource=${shortName(name)}).`);
