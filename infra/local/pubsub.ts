import type { PubSub, SubscriptionMetadata, TopicMetadata } from '@google-cloud/pubsub';
import { SetupError } from '../../runtime/index.ts';
import type { Archive, Subscription, Topic } from '../definition/index.ts';
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
    compare: async () => {
      const [there] = await handle.getMetadata();
      // A topic that was deleted and made anew is another topic: this subscription would wait for ever.
      if (!there.topic?.endsWith(`/topics/${subscription.topic}`)) {
        throw new SetupError(`subscription ${subscription.name} reads another topic`, {
          expected: subscription.topic,
          got: there.topic ?? 'no topic',
          action: `Run \`gcloud pubsub subscriptions delete ${subscription.name} --project ${pubsub.projectId}\`, which loses what is still in it, then \`orderlake infra apply\` (or \`cdktf deploy\`)`,
        });
      }
      return differences(changeable, there);
    },
    change: () => handle.setMetadata(changeable),
  };
}

/** Only the service itself writes to files: the embedded Pub/Sub says that it does not. */
export function makeArchive(archive: Archive, pubsub: PubSub): Making {
  const changeable = {
    ackDeadlineSeconds: archive.ackDeadlineSeconds,
    messageRetentionDuration: { seconds: archive.retentionSeconds },
    cloudStorageConfig: {
      bucket: archive.bucket,
      filenameSuffix: archive.suffix,
      maxDuration: { seconds: archive.fileSeconds },
      maxBytes: archive.fileBytes,
      avroConfig: { writeMetadata: true },
    },
  } satisfies SubscriptionMetadata;
  const handle = pubsub.subscription(archive.name);
  return {
    kind: 'subscription',
    name: archive.name,
    create: () =>
      pubsub.topic(archive.topic).createSubscription(archive.name, { ...changeable, expirationPolicy: {} }),
    compare: async () => differences(changeable, (await handle.getMetadata())[0]),
    change: () => handle.setMetadata(changeable),
  };
}
