import { rmSync } from 'node:fs';
import {
  claimDataFolder,
  type DataFolder,
  ServiceError,
  systemClock,
  type Timer,
} from '../../frame/index.ts';
import type { Broker } from '../broker/broker.ts';
import type { StoredMessage } from '../broker/message.ts';
import type { Recorder } from '../broker/recorder.ts';
import type {
  SchemaMessage,
  SchemaRevisions,
  SnapshotMessage,
  SubscriptionMessage,
  TopicMessage,
} from '../broker/settings.ts';
import type { Snapshot } from '../broker/snapshot.ts';
import type { Subscription } from '../broker/subscription.ts';
import type { Topic } from '../broker/topic.ts';
import type { Codec, PubSubProtos } from '../wire/protos.ts';
import { writeState } from './compact.ts';
import type { JournalRecord } from './records.ts';
import { type JournalState, replay } from './replay.ts';
import { listSegments, Segment } from './segments.ts';

interface Codecs {
  readonly topic: Codec<TopicMessage>;
  readonly subscription: Codec<SubscriptionMessage>;
  readonly snapshot: Codec<SnapshotMessage>;
  /** A schema is written as the list of its revisions. */
  readonly schema: Codec<{ schemas?: SchemaMessage[] }>;
}

const defaultSegmentBytes = 128 * 1024 * 1024;

/** Reads what the folder holds into the broker, writes it anew as one segment, and records from there on. */
export function openJournal(
  folder: string,
  broker: Broker,
  protos: PubSubProtos,
  segmentBytes: number = defaultSegmentBytes,
): Journal {
  const claim = claimDataFolder(folder);
  try {
    const codecs = {
      topic: protos.codec<TopicMessage>('Topic'),
      subscription: protos.codec<SubscriptionMessage>('Subscription'),
      snapshot: protos.codec<SnapshotMessage>('Snapshot'),
      schema: protos.codec<{ schemas?: SchemaMessage[] }>('ListSchemasResponse'),
    };
    const old = listSegments(folder);
    const state = replay(old);
    const segment = new Segment(folder, (old.at(-1)?.index ?? 0) + 1, { hidden: true });
    const kept = writeState(segment, state);
    segment.show();
    for (const { path } of old) rmSync(path);
    broker.restore(state.lastNumber, state.nextId);
    restoreThings(broker, codecs, state);
    for (const [number, messages] of kept) broker.restoreHeld(number, messages);
    const journal = new Journal(claim, broker, codecs, segment, segmentBytes);
    broker.recordTo(journal);
    return journal;
  } catch (error) {
    claim.release();
    throw error;
  }
}

function restoreThings(broker: Broker, codecs: Codecs, { things }: JournalState): void {
  for (const [number, bytes] of things.schema)
    broker.schemas.restore(number, codecs.schema.decode(bytes).schemas ?? []);
  for (const [number, bytes] of things.topic) broker.restoreTopic(number, codecs.topic.decode(bytes));
  for (const [number, bytes] of things.subscription)
    broker.restoreSubscription(number, codecs.subscription.decode(bytes));
  for (const [number, bytes] of things.snapshot)
    broker.snapshots.restore(number, codecs.snapshot.decode(bytes));
}

const settleDelayMs = 20;
const settleBatch = 4096;

/**
 * Everything published is handed to the operating system before the publisher hears of it: it outlives kill -9 (not
 * a power cut; that would take an fsync for each call). What is settled is gathered for some milliseconds: after a kill
 * the last of it comes back, which at-least-once allows.
 *
 * The journal is a row of segments. A segment begins with all settings, so that the oldest can be removed as soon as
 * none of its messages is held.
 */
export class Journal implements Recorder {
  readonly #claim: DataFolder;
  readonly #broker: Broker;
  readonly #codecs: Codecs;
  readonly #segmentBytes: number;
  #segment: Segment;
  #full: Segment[] = [];
  #settled = new Map<number, number[]>();
  #settledCount = 0;
  #timer: Timer | undefined;

  constructor(claim: DataFolder, broker: Broker, codecs: Codecs, segment: Segment, segmentBytes: number) {
    this.#claim = claim;
    this.#broker = broker;
    this.#codecs = codecs;
    this.#segment = segment;
    this.#segmentBytes = segmentBytes;
  }

  topicChanged(topic: Topic): void {
    this.#write(this.#topicRecord(topic));
  }

  topicDeleted({ number }: Topic): void {
    this.#write({ kind: 'topicDeleted', number });
  }

  subscriptionChanged(subscription: Subscription): void {
    this.#write(this.#subscriptionRecord(subscription));
  }

  subscriptionDeleted({ number }: Subscription): void {
    this.#write({ kind: 'subscriptionDeleted', number });
  }

  snapshotChanged(snapshot: Snapshot): void {
    this.#write(this.#snapshotRecord(snapshot));
  }

  snapshotDeleted({ number }: Snapshot): void {
    this.#write({ kind: 'snapshotDeleted', number });
  }

  schemaChanged(schema: SchemaRevisions): void {
    this.#write(this.#schemaRecord(schema));
  }

  schemaDeleted({ number }: SchemaRevisions): void {
    this.#write({ kind: 'schemaDeleted', number });
  }

  published(holders: readonly number[], messages: readonly StoredMessage[]): void {
    // Before, not behind: nobody holds these yet, and a full segment that nobody holds anything of is removed.
    if (this.#segment.size > this.#segmentBytes) this.#nextSegment();
    this.#write({ kind: 'published', holders, messages });
  }

  /** At once, and behind what was settled before: read the other way round it would settle what was taken back. */
  taken(number: number, from: number, messages: readonly StoredMessage[]): void {
    this.flush();
    this.#write({ kind: 'taken', number, from, messageIds: messages.map(({ id }) => id) });
  }

  settled(number: number, message: StoredMessage): void {
    const ids = this.#settled.get(number);
    if (ids === undefined) this.#settled.set(number, [message.id]);
    else ids.push(message.id);
    this.#settledCount += 1;
    if (this.#settledCount >= settleBatch) this.flush();
    else this.#timer ??= systemClock.setTimer(settleDelayMs, () => this.flush());
  }

  close(): void {
    this.flush();
    this.#segment.close();
    this.#claim.release();
  }

  #topicRecord({ number, message }: Topic): JournalRecord {
    return { kind: 'topic', number, message: this.#codecs.topic.encode(message) };
  }

  #subscriptionRecord({ number, settings }: Subscription): JournalRecord {
    return { kind: 'subscription', number, message: this.#codecs.subscription.encode(settings.message) };
  }

  #snapshotRecord({ number, message }: Snapshot): JournalRecord {
    return { kind: 'snapshot', number, message: this.#codecs.snapshot.encode(message) };
  }

  #schemaRecord({ number, revisions }: SchemaRevisions): JournalRecord {
    return { kind: 'schema', number, message: this.#codecs.schema.encode({ schemas: [...revisions] }) };
  }

  #write(record: JournalRecord): void {
    try {
      this.#segment.append(record);
    } catch (error) {
      throw new ServiceError('UNAVAILABLE', `The emulator could not write its journal: ${String(error)}`);
    }
  }

  /** What cannot be written now stays gathered; the next publish meets the same disk and tells its caller. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    try {
      for (const [number, messageIds] of this.#settled) {
        this.#segment.append({ kind: 'settled', number, messageIds });
        this.#settled.delete(number);
      }
      this.#settledCount = 0;
    } catch {
      return;
    }
    this.#removeSettledSegments();
  }

  #nextSegment(): void {
    const { folder, broker } = { folder: this.#claim.path, broker: this.#broker };
    const next = new Segment(folder, this.#segment.index + 1, { hidden: true });
    next.append({ kind: 'begin', alone: false, ...broker.counters });
    for (const topic of broker.topics.values()) next.append(this.#topicRecord(topic));
    for (const subscription of broker.subscriptions.values())
      next.append(this.#subscriptionRecord(subscription));
    for (const snapshot of broker.snapshots.all.values()) next.append(this.#snapshotRecord(snapshot));
    for (const schema of broker.schemas.all.values()) next.append(this.#schemaRecord(schema));
    next.show();
    this.#segment.close();
    this.#full.push(this.#segment);
    this.#segment = next;
    this.#removeSettledSegments();
  }

  /** From the oldest on, without a gap: a later one may hold what settles messages of an earlier. */
  #removeSettledSegments(): void {
    if (this.#full.length === 0) return;
    let lowestHeld = Number.POSITIVE_INFINITY;
    for (const id of this.#broker.lowestHeld()) lowestHeld = Math.min(lowestHeld, id);
    for (
      let first = this.#full[0];
      first !== undefined && first.highestId < lowestHeld;
      first = this.#full[0]
    ) {
      first.remove();
      this.#full.shift();
    }
  }
}
