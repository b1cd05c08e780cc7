import type { StoredMessage } from './message.ts';
import type { Subscription } from './subscription.ts';
import type { Topic } from './topic.ts';

/** Is told of every change before anybody else learns of it. */
export interface Recorder {
  topicChanged(topic: Topic): void;
  topicDeleted(topic: Topic): void;
  subscriptionChanged(subscription: Subscription): void;
  subscriptionDeleted(subscription: Subscription): void;
  published(topic: Topic, messages: readonly StoredMessage[]): void;
  settled(subscription: Subscription, message: StoredMessage): void;
}

export const forgetful: Recorder = {
  topicChanged() {},
  topicDeleted() {},
  subscriptionChanged() {},
  subscriptionDeleted() {},
  published() {},
  settled() {},
};
