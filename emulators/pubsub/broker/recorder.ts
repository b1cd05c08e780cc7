import type { StoredMessage } from './message.ts';
import type { SchemaRevisions } from './settings.ts';
import type { Snapshot } from './snapshot.ts';
import type { Subscription } from './subscription.ts';
import type { Topic } from './topic.ts';

/** Is told of every change before anybody else learns of it. Whoever holds messages is named by a number. */
export interface Recorder {
  topicChanged(topic: Topic): void;
  topicDeleted(topic: Topic): void;
  subscriptionChanged(subscription: Subscription): void;
  subscriptionDeleted(subscription: Subscription): void;
  snapshotChanged(snapshot: Snapshot): void;
  snapshotDeleted(snapshot: Snapshot): void;
  schemaChanged(schema: SchemaRevisions): void;
  schemaDeleted(schema: SchemaRevisions): void;
  published(holders: readonly number[], messages: readonly StoredMessage[]): void;
  /** These, which `from` holds, are held by `holder` too from now on. */
  taken(holder: number, from: number, messages: readonly StoredMessage[]): void;
  settled(holder: number, message: StoredMessage): void;
}

export const forgetful: Recorder = {
  topicChanged() {},
  topicDeleted() {},
  subscriptionChanged() {},
  subscriptionDeleted() {},
  snapshotChanged() {},
  snapshotDeleted() {},
  schemaChanged() {},
  schemaDeleted() {},
  published() {},
  taken() {},
  settled() {},
};

/** What a subscription keeps of its acknowledged messages is a holder beside the subscription itself. */
export const retainedNumber = (subscription: number): number => subscription + 0x8000_0000;
