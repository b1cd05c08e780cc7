import { type Clock, ServiceError } from '../../frame/index.ts';
import type { Deadlines } from './deadlines.ts';
import type { Holdings } from './holdings.ts';
import type { StoredMessage } from './message.ts';
import { alreadyExists, resourceNotFound } from './not-found.ts';
import type { Recorder } from './recorder.ts';
import type { SnapshotMessage } from './settings.ts';
import { Snapshot } from './snapshot.ts';
import type { Subscription } from './subscription.ts';
import type { Topic } from './topic.ts';

const hour = 3_600_000;
/** A snapshot lives a week less the age of what it holds, and is refused when that is not at least an hour. */
const longestLife = 7 * 24 * hour;

interface Surroundings {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly holdings: Holdings;
  newNumber(): number;
  recorder(): Recorder;
  topic(name: string): Topic | undefined;
}

export class Snapshots {
  readonly all = new Map<string, Snapshot>();
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get(name: string): Snapshot {
    const snapshot = this.all.get(name);
    if (snapshot === undefined) throw resourceNotFound(name);
    return snapshot;
  }

  create(given: SnapshotMessage, subscription: Subscription, topic: Topic): Snapshot {
    const name = given.name ?? '';
    if (this.all.has(name)) throw alreadyExists(name);
    const messages = [...subscription.unacked()].sort((a, b) => a.id - b.id);
    const { clock } = this.#around;
    const age = clock.now() - (messages[0]?.block.publishedAt ?? clock.now());
    if (longestLife - age < hour) {
      throw new ServiceError(
        'FAILED_PRECONDITION',
        'The snapshot would expire in less than an hour: the backlog of the subscription is too old.',
      );
    }
    const expires = clock.now() + longestLife - age;
    const expireTime = { seconds: Math.floor(expires / 1000), nanos: Math.floor(expires % 1000) * 1_000_000 };
    const message = { ...given, topic: topic.message.name ?? '', expireTime };
    const snapshot = this.restore(this.#around.newNumber(), message);
    if (messages.length > 0) this.#around.recorder().taken(snapshot.number, subscription.number, messages);
    this.add(snapshot, messages);
    return snapshot;
  }

  restore(number: number, message: SnapshotMessage): Snapshot {
    const name = message.name ?? '';
    const snapshot = new Snapshot(number, message, () => this.delete(name));
    this.#around.recorder().snapshotChanged(snapshot);
    this.all.set(name, snapshot);
    this.#around.topic(snapshot.topicName)?.snapshots.add(snapshot);
    const { seconds, nanos } = message.expireTime ?? {};
    this.#around.deadlines.set(snapshot, Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1_000_000);
    return snapshot;
  }

  update(message: SnapshotMessage): Snapshot {
    const snapshot = this.get(message.name ?? '');
    snapshot.message = message;
    this.#around.recorder().snapshotChanged(snapshot);
    const { seconds, nanos } = message.expireTime ?? {};
    this.#around.deadlines.set(snapshot, Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1_000_000);
    return snapshot;
  }

  delete(name: string): void {
    const snapshot = this.get(name);
    this.#around.deadlines.cancel(snapshot);
    this.#around.recorder().snapshotDeleted(snapshot);
    this.all.delete(name);
    this.#around.topic(snapshot.topicName)?.snapshots.delete(snapshot);
    for (const message of snapshot.messages.values()) this.#around.holdings.letGo(message);
  }

  add(snapshot: Snapshot, messages: readonly StoredMessage[]): void {
    for (const message of messages) {
      if (snapshot.messages.has(message.id)) continue;
      snapshot.messages.set(message.id, message);
      this.#around.holdings.hold(message);
    }
  }
}
