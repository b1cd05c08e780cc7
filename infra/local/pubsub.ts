import type { PubSub, SubscriptionMetadata, TopicMetadata } from '@google-cloud/pubsub';
import type { Subscription, Topic } from '../definition/index.ts';
import { differences } from './difference.ts';
import type { Making } from './making.ts';

export function makeTopic(topic: Topic, pubsub: PubSub): Making {
  const wanted: TopicMetadata = { messageRetentionDuration: { seconds: topic.retentionSeconds } };
  const handle = pubsub.topic(topic.name);
  return {
    kind: 'topic',
    name: topic.name,
    create: () => pubsub.createTopic({ name: topic.name, ...wanted }),
    compare: async () => differences(wanted, (await handle.getMetadata())[0]),
    change: () => handle.setMetadata(wanted),
  };
}

export function makeSubscription(subscription: Subscription, pubsub: PubSub): Making {
  const { minimumSeconds, maximumSeconds } = subscription.retry;
  const changeable: SubscriptionMetadata = {
    ackDeadlineSeconds: subscription.ackDeadlineSeconds,
    messageRetentionDuration: { seconds: subscription.retentionSeconds },
    retryPolicy: { minimumBackoff: { seconds: minimumSeconds }, maximumBackoff: { seconds: maximumSeconds } },
  };
  const handle = pubsub.subscription(subscription.name);
  return {
    kind: 'subscription',
    name: subscription.name,
    create: () =>
      // A policy that names no time to live is how the protocol says: never expires.
      pubsub
        .topic(subscription.topic)
        .createSubscription(subscription.name, { ...changeable, expirationPolicy: {} }),
    compare: async () => differences(changeable, (await handle.getMetadata())[0]),
    change: () => handle.setMetadata(changeable),
  };
}
