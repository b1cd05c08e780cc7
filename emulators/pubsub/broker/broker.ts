import { type Clock, ServiceError } from '../../frame/index.ts';
import { deadLetterPayload } from '../wire/dead-letter.ts';
import { Deadlines } from './deadlines.ts';
import type { Delivery } from './delivery.ts';
import { Expiry } from './expiry.ts';
import { Holdings } from './holdings.ts';
import { lowestId, type StoredMessage, seal } from './message.ts';
import { alreadyExists, detachedError, resourceNotFound } from './not-found.ts';
import { forgetful, type Recorder, retainedNumber } from './recorder.ts';
import { Retained } from './retained.ts';
import { Schemas } from './schemas.ts';
import {
  deletedSchema,
  deletedTopic,
  milliseconds,
  readSettings,
  type SnapshotMessage,
  type SubscriptionMessage,
  type TopicMessage,
} from './settings.ts';
import { Snapshots } from './snapshots.ts';
import { Subscription, type SubscriptionHost } from './subscription.ts';
import type { Topic } from './topic.ts';

export interface BrokerOptions {
  readonly clock: Clock;
  /** Beyond so many bytes of messages that somebody holds publishing is refused. */
  readonly maxBacklogBytes: number;
}

/** Delivers without being asked. Told of every subscription that is made or changed; returns how to end it. */
export type Pusher = (subscription: Subscription) => () => void;

/** Topics, subscriptions and the messages between them. Knows neither gRPC nor files. */
export class Broker {
  readonly clock: Clock;
  readonly topics = new Map<string, Topic>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly schemas: Schemas;
  readonly snapshots: Snapshots;
  readonly #maxBacklogBytes: number;
  readonly #holdings = new Holdings();
  readonly #deadlines: Deadlines;
  readonly #host: SubscriptionHost;
  readonly #expiry: Expiry;
  readonly #pushes = new Map<Subscription, () => void>();
  #pusher: Pusher | undefined;
  #recorder: Recorder = forgetful;
  #lastNumber = 0;
  #nextId: number;
  #paused = false;

  constructor(options: BrokerOptions) {
    this.clock = options.clock;
    this.#maxBacklogBytes = options.maxBacklogBytes;
    this.#deadlines = new Deadlines(options.clock);
    this.#expiry = new Expiry(options.clock, this.#deadlines, (name) => this.deleteSubscription(name));
    // From the clock, so that an emulator without a journal does not give out the ids of its last run again.
    this.#nextId = Math.max(lowestId, Math.floor(options.clock.now() / 1000) * 1_000_000);
    const isPaused = (): boolean => this.#paused;
    this.#host = {
      clock: options.clock,
      deadlines: this.#deadlines,
      get paused() {
        return isPaused();
      },
      settled: (subscription, message) => this.#settled(subscription, message),
      dropped: (message) => this.#holdings.letGo(message),
      deadLetter: (subscription, delivery) => this.#deadLetter(subscription, delivery),
    };
    this.schemas = new Schemas(
      () => this.#newNumber(),
      () => this.clock.now(),
      forgetful,
    );
    this.snapshots = new Snapshots({
      clock: options.clock,
      deadlines: this.#deadlines,
      holdings: this.#holdings,
      newNumber: () => this.#newNumber(),
      recorder: () => this.#recorder,
      topic: (name) => this.topics.get(name),
    });
  }

  /** From now on everything that changes is written down first. */
  recordTo(recorder: Recorder): void {
    this.#recorder = recorder;
    this.schemas.recorder = recorder;
  }

  pushWith(pusher: Pusher): void {
    this.#pusher = pusher;
    for (const subscription of this.subscriptions.values()) this.#push(subscription);
  }

  get backlogBytes(): number {
    return this.#holdings.bytes;
  }

  /** The last number given to a topic or subscription, and the id of the next message. */
  get counters(): { lastNumber: number; nextId: number } {
    return { lastNumber: this.#lastNumber, nextId: this.#nextId };
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** While paused nothing is delivered; what is published waits. */
  set paused(paused: boolean) {
    this.#paused = paused;
    if (!paused) for (const subscription of this.subscriptions.values()) subscription.pumpSoon();
  }

  /** Continues the counts of an earlier process. */
  restore(lastNumber: number, nextId: number): void {
    this.#lastNumber = Math.max(this.#lastNumber, lastNumber);
    this.#nextId = Math.max(this.#nextId, nextId);
  }

  topic(name: string): Topic {
    const topic = this.topics.get(name);
    if (topic === undefined) throw resourceNotFound(name);
    return topic;
  }

  subscription(name: string): Subscription {
    const subscription = this.subscriptions.get(name);
    if (subscription === undefined) throw resourceNotFound(name);
    return subscription;
  }

  /** One that can be read from. */
  attachedSubscription(name: string): Subscription {
    const subscription = this.subscription(name);
    if (subscription.settings.detached) throw detachedError(name);
    return subscription;
  }

  createTopic(message: TopicMessage): Topic {
    const name = message.name ?? '';
    if (this.topics.has(name)) throw alreadyExists(name);
    this.#checkSchemaOf(message);
    return this.restoreTopic(this.#newNumber(), { ...message, state: 'ACTIVE' });
  }

  restoreTopic(number: number, message: TopicMessage): Topic {
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const topic: Topic = {
      number,
      message,
      subscriptions: new Set(),
      snapshots: new Set(),
      retained: undefined,
    };
    this.#recorder.topicChanged(topic);
    this.topics.set(message.name ?? '', topic);
    this.#retainOnTopic(topic);
    return topic;
  }

  updateTopic(message: TopicMessage): Topic {
    const topic = this.topic(message.name ?? '');
    this.#checkSchemaOf(message);
    this.#recorder.topicChanged({ ...topic, message: { ...message, state: 'ACTIVE' } });
    topic.message = { ...message, state: 'ACTIVE' };
    this.#retainOnTopic(topic);
    return topic;
  }

  /** Its subscriptions stay, with what they have, and show `_deleted_topic_`. */
  deleteTopic(name: string): void {
    const topic = this.topic(name);
    for (const subscription of topic.subscriptions) {
      this.#change(subscription, { ...subscription.settings.message, topic: deletedTopic });
      subscription.topicRetentionMs = 0;
    }
    topic.retained?.clear();
    this.#recorder.topicDeleted(topic);
    this.topics.delete(name);
  }

  createSubscription(message: SubscriptionMessage): Subscription {
    const name = message.name ?? '';
    if (this.subscriptions.has(name)) throw alreadyExists(name);
    this.topic(message.topic ?? '');
    const deadLetterTopic = message.deadLetterPolicy?.deadLetterTopic;
    if (deadLetterTopic) this.topic(deadLetterTopic);
    return this.restoreSubscription(this.#newNumber(), message);
  }

  restoreSubscription(number: number, message: SubscriptionMessage): Subscription {
    this.#lastNumber = Math.max(this.#lastNumber, number);
    const subscription = new Subscription(number, readSettings(message), this.#host);
    this.#recorder.subscriptionChanged(subscription);
    this.subscriptions.set(message.name ?? '', subscription);
    const topic = this.topics.get(message.topic ?? '');
    if (!subscription.settings.detached) topic?.subscriptions.add(subscription);
    if (topic !== undefined) this.#tellTopicRetention(topic, subscription);
    this.#settingsChanged(subscription);
    return subscription;
  }

  updateSubscription(message: SubscriptionMessage): Subscription {
    const subscription = this.subscription(message.name ?? '');
    const deadLetterTopic = message.deadLetterPolicy?.deadLetterTopic;
    if (deadLetterTopic) this.topic(deadLetterTopic);
    this.#change(subscription, message);
    this.#settingsChanged(subscription);
    return subscription;
  }

  deleteSubscription(name: string): void {
    const subscription = this.subscription(name);
    this.#expiry.forget(subscription);
    this.#endPush(subscription);
    this.#recorder.subscriptionDeleted(subscription);
    this.subscriptions.delete(name);
    this.topics.get(subscription.settings.topicName)?.subscriptions.delete(subscription);
    subscription.retained?.clear();
    subscription.close(resourceNotFound(name));
  }

  /** It stays with its settings, gets nothing more and loses what it had. */
  detachSubscription(name: string): void {
    const subscription = this.attachedSubscription(name);
    this.#change(subscription, { ...subscription.settings.message, detached: true });
    this.topics.get(subscription.settings.topicName)?.subscriptions.delete(subscription);
    this.#endPush(subscription);
    for (const message of subscription.unacked()) this.#recorder.settled(subscription.number, message);
    subscription.retained?.clear();
    subscription.close(detachedError(name));
  }

  deleteSchema(name: string): void {
    this.schemas.delete(name);
    for (const topic of this.topics.values()) {
      if (topic.message.schemaSettings?.schema !== name) continue;
      topic.message = {
        ...topic.message,
        schemaSettings: { ...topic.message.schemaSettings, schema: deletedSchema },
      };
      this.#recorder.topicChanged(topic);
    }
  }

  createSnapshot(message: SnapshotMessage, subscriptionName: string): SnapshotMessage {
    const subscription = this.attachedSubscription(subscriptionName);
    return this.snapshots.create(message, subscription, this.topic(subscription.settings.topicName)).message;
  }

  /** Everything published before is acknowledged, everything kept since is not. */
  seekToTime(subscription: Subscription, milliseconds: number): void {
    const kept = this.topics.get(subscription.settings.topicName)?.retained;
    const sources = [subscription.retained, kept].filter((source) => source !== undefined);
    this.#seek(subscription, sources, ({ block }) => block.publishedAt >= milliseconds);
  }

  /** What the snapshot holds is unacknowledged, everything else is acknowledged. */
  seekToSnapshot(subscription: Subscription, name: string): void {
    const snapshot = this.snapshots.get(name);
    if (snapshot.topicName !== subscription.settings.topicName) {
      throw new ServiceError(
        'FAILED_PRECONDITION',
        'The snapshot and the subscription must belong to the same topic.',
      );
    }
    this.#seek(subscription, [snapshot], ({ id }) => snapshot.messages.has(id));
  }

  /** @param ranges start and end of each payload within `source`, in turn */
  publish(topic: Topic, source: Buffer, ranges: readonly number[]): readonly StoredMessage[] {
    const messages = seal(source, ranges, this.#nextId, this.clock.now());
    const holders = holdersOf(topic);
    const size = messages[0]?.block.bytes.length ?? 0;
    if (holders.length > 0 && this.backlogBytes + size > this.#maxBacklogBytes) {
      throw new ServiceError(
        'RESOURCE_EXHAUSTED',
        `The emulator holds ${this.backlogBytes} bytes of unacknowledged or retained messages; its bound is ${this.#maxBacklogBytes}.`,
      );
    }
    this.#nextId += messages.length;
    if (holders.length > 0) this.#recorder.published(holders, messages);
    if (topic.retained !== undefined) this.#keep(topic.retained, messages);
    for (const snapshot of topic.snapshots) this.snapshots.add(snapshot, messages);
    this.#deliver(topic.subscriptions, messages);
    return messages;
  }

  /** Gives messages back to whom the journal says they belong. */
  restoreHeld(holder: number, messages: readonly StoredMessage[]): void {
    const last = messages.at(-1);
    if (last !== undefined) this.#nextId = Math.max(this.#nextId, last.id + 1);
    for (const subscription of this.subscriptions.values()) {
      if (subscription.number === holder) this.#deliver([subscription], messages);
      else if (retainedNumber(subscription.number) === holder && subscription.retained !== undefined)
        this.#keep(subscription.retained, messages);
    }
    for (const topic of this.topics.values())
      if (topic.number === holder && topic.retained !== undefined) this.#keep(topic.retained, messages);
    for (const snapshot of this.snapshots.all.values())
      if (snapshot.number === holder) this.snapshots.add(snapshot, messages);
  }

  /** The lowest ids that are held: what the journal has below all of them may go. */
  *lowestHeld(): Iterable<number> {
    for (const { oldest, retained } of this.subscriptions.values()) {
      if (oldest !== undefined) yield oldest.id;
      // In the order of their acks, which need not be that of their ids.
      if (retained !== undefined) yield* retained.messages.keys();
    }
    for (const { retained } of this.topics.values()) yield* firstKey(retained?.messages);
    for (const { messages } of this.snapshots.all.values()) yield* firstKey(messages);
  }

  /** Forgets everything, as a new emulator; what was ever counted goes on. */
  reset(): void {
    for (const name of [...this.subscriptions.keys()]) this.deleteSubscription(name);
    for (const name of [...this.snapshots.all.keys()]) this.snapshots.delete(name);
    for (const name of [...this.topics.keys()]) this.deleteTopic(name);
    for (const name of [...this.schemas.all.keys()]) this.deleteSchema(name);
    this.paused = false;
  }

  stop(): void {
    for (const end of this.#pushes.values()) end();
    this.#pushes.clear();
    this.#deadlines.stop();
  }

  #checkSchemaOf({ schemaSettings }: TopicMessage): void {
    const name = schemaSettings?.schema;
    if (!name || name === deletedSchema) return;
    for (const id of [schemaSettings.firstRevisionId, schemaSettings.lastRevisionId])
      this.schemas.revision(id ? `${name}@${id}` : name);
  }

  #newNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #deliver(subscriptions: Iterable<Subscription>, messages: readonly StoredMessage[]): void {
    for (const subscription of subscriptions) {
      for (const message of messages) {
        if (subscription.settings.filter !== undefined && !subscription.wants(message)) {
          this.#recorder.settled(subscription.number, message);
          continue;
        }
        this.#holdings.hold(message);
        subscription.add(message);
      }
    }
  }

  #keep(retained: Retained, messages: readonly StoredMessage[]): void {
    for (const message of messages) if (retained.add(message)) this.#holdings.hold(message);
  }

  #settled(subscription: Subscription, message: StoredMessage): void {
    const { retained } = subscription;
    if (retained?.add(message) === true) {
      this.#holdings.hold(message);
      this.#recorder.taken(retained.number, subscription.number, [message]);
    }
    this.#recorder.settled(subscription.number, message);
    this.#holdings.letGo(message);
  }

  #seek(
    subscription: Subscription,
    sources: readonly { readonly number: number; readonly messages: ReadonlyMap<number, StoredMessage> }[],
    isWanted: (message: StoredMessage) => boolean,
  ): void {
    const held = new Map([...subscription.unacked()].map((message) => [message.id, message]));
    const wanted = new Map([...held].filter(([, message]) => isWanted(message)));
    for (const { number, messages } of sources) {
      const brought = [...messages.values()].filter(
        (message) => !wanted.has(message.id) && isWanted(message) && subscription.wants(message),
      );
      if (brought.length > 0) this.#recorder.taken(subscription.number, number, brought);
      for (const message of brought) {
        this.#holdings.hold(message);
        wanted.set(message.id, message);
      }
    }
    for (const [id, message] of held) if (!wanted.has(id)) this.#settled(subscription, message);
    subscription.reset([...wanted.values()].sort((a, b) => a.id - b.id));
  }

  #change(subscription: Subscription, message: SubscriptionMessage): void {
    subscription.settings = readSettings(message);
    this.#recorder.subscriptionChanged(subscription);
  }

  #settingsChanged(subscription: Subscription): void {
    this.#expiry.watch(subscription);
    const { retainsAcked, retentionMs } = subscription.settings;
    if (!retainsAcked) {
      subscription.retained?.clear();
      subscription.retained = undefined;
    } else if (subscription.retained === undefined) {
      subscription.retained = this.#newRetained(retainedNumber(subscription.number), retentionMs);
    } else subscription.retained.retentionMs = retentionMs;
    this.#push(subscription);
  }

  #retainOnTopic(topic: Topic): void {
    const duration = topic.message.messageRetentionDuration;
    if (duration == null) {
      topic.retained?.clear();
      topic.retained = undefined;
    } else if (topic.retained === undefined) {
      topic.retained = this.#newRetained(topic.number, milliseconds(duration));
    } else topic.retained.retentionMs = milliseconds(duration);
    for (const subscription of topic.subscriptions) this.#tellTopicRetention(topic, subscription);
  }

  #tellTopicRetention(topic: Topic, subscription: Subscription): void {
    const { settings } = subscription;
    subscription.topicRetentionMs = topic.retained?.retentionMs ?? 0;
    const { topicMessageRetentionDuration: _, ...message } = settings.message;
    const shown = topic.message.messageRetentionDuration;
    subscription.settings = {
      ...settings,
      message: shown == null ? message : { ...message, topicMessageRetentionDuration: shown },
    };
  }

  #newRetained(number: number, retentionMs: number): Retained {
    return new Retained(number, retentionMs, { clock: this.clock, deadlines: this.#deadlines }, (message) => {
      this.#recorder.settled(number, message);
      this.#holdings.letGo(message);
    });
  }

  #push(subscription: Subscription): void {
    this.#endPush(subscription);
    const { push, detached } = subscription.settings;
    if (push === undefined || detached || this.#pusher === undefined) return;
    this.#pushes.set(subscription, this.#pusher(subscription));
  }

  #endPush(subscription: Subscription): void {
    this.#pushes.get(subscription)?.();
    this.#pushes.delete(subscription);
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

function holdersOf(topic: Topic): number[] {
  const holders: number[] = [];
  for (const { number } of topic.subscriptions) holders.push(number);
  for (const { number } of topic.snapshots) holders.push(number);
  if (topic.retained !== undefined) holders.push(topic.number);
  return holders;
}

function* firstKey(messages: ReadonlyMap<number, StoredMessage> | undefined): Iterable<number> {
  for (const id of messages?.keys() ?? []) {
    yield id;
    return;
  }
}
