import { acknowledge } from './acknowledge.ts';
import { createSubscription } from './create-subscription.ts';
import { createTopic } from './create-topic.ts';
import { deleteSubscription } from './delete-subscription.ts';
import { deleteTopic } from './delete-topic.ts';
import { getSubscription } from './get-subscription.ts';
import { getTopic } from './get-topic.ts';
import { listSubscriptions } from './list-subscriptions.ts';
import { listTopicSubscriptions } from './list-topic-subscriptions.ts';
import { listTopics } from './list-topics.ts';
import { modifyAckDeadline } from './modify-ack-deadline.ts';
import { publish } from './publish.ts';
import { pull } from './pull.ts';
import type { Action } from './rpc.ts';
import { streamingPull } from './streaming-pull.ts';
import { updateSubscription } from './update-subscription.ts';
import { updateTopic } from './update-topic.ts';

/** Everything that is served. A method that is not in this list answers UNIMPLEMENTED with its name. */
export const actions: readonly Action[] = [
  createTopic,
  getTopic,
  updateTopic,
  deleteTopic,
  listTopics,
  listTopicSubscriptions,
  publish,
  createSubscription,
  getSubscription,
  updateSubscription,
  deleteSubscription,
  listSubscriptions,
  acknowledge,
  modifyAckDeadline,
  pull,
  streamingPull,
];
