import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription/index.js';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { Construct } from 'constructs';
import type { Subscription, Topic } from '../definition/index.ts';
import { addressed } from './address.ts';
import { found } from './found.ts';
import type { Services } from './services.ts';

export interface MessagingProps {
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
  readonly deletionProtection: boolean;
  readonly services: Services;
}

export class Messaging extends Construct {
  readonly topics = new Map<string, PubsubTopic>();
  readonly subscriptions = new Map<string, PubsubSubscription>();

  constructor(scope: Construct, id: string, props: MessagingProps) {
    super(scope, id);
    const dependsOn = props.services.needed('pubsub.googleapis.com');
    for (const topic of props.topics) {
      const made = new PubsubTopic(this, `topic-${topic.name}`, {
        name: topic.name,
        messageRetentionDuration: seconds(topic.retentionSeconds),
        dependsOn,
      });
      this.topics.set(topic.name, addressed(made, topic.name));
    }
    for (const subscription of props.subscriptions) this.#subscribe(subscription, props);
  }

  #subscribe(subscription: Subscription, props: MessagingProps): void {
    const made = new PubsubSubscription(this, `subscription-${subscription.name}`, {
      name: subscription.name,
      topic: found(this.topics, 'topic', subscription.topic).id,
      ackDeadlineSeconds: subscription.ackDeadlineSeconds,
      messageRetentionDuration: seconds(subscription.retentionSeconds),
      // An empty ttl means never. Without the block a subscription nobody read for 31 days is deleted.
      expirationPolicy: { ttl: '' },
      retryPolicy: {
        minimumBackoff: seconds(subscription.retry.minimumSeconds),
        maximumBackoff: seconds(subscription.retry.maximumSeconds),
      },
      // Pub/Sub has no deletion protection of its own, and a replaced subscription has lost its backlog.
      lifecycle: { preventDestroy: props.deletionProtection },
      dependsOn: props.services.needed('pubsub.googleapis.com'),
    });
    this.subscriptions.set(subscription.name, addressed(made, subscription.name));
  }
}

function seconds(count: number): string {
  return `${count}s`;
}
