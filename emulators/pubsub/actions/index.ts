import { acknowledge } from './acknowledge.ts';
import { commitSchema } from './commit-schema.ts';
import { createSchema } from './create-schema.ts';
import { createSnapshot } from './create-snapshot.ts';
import { createSubscription } from './create-subscription.ts';
import { createTopic } from './create-topic.ts';
import { deleteSchema } from './delete-schema.ts';
import { deleteSchemaRevision } from './delete-schema-revision.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { deleteSubscription } from './delete-subscription.ts';
import { deleteTopic } from './delete-topic.ts';
import { detachSubscription } from './detach-subscription.ts';
import { getSchema } from './get-schema.ts';
import { getSnapshot } from './get-snapshot.ts';
import { getSubscription } from './get-subscription.ts';
import { getTopic } from './get-topic.ts';
import { listSchemaRevisions } from './list-schema-revisions.ts';
import { listSchemas } from './list-schemas.ts';
import { listSnapshots } from './list-snapshots.ts';
import { listSubscriptions } from './list-subscriptions.ts';
import { listTopicSnapshots } from './list-topic-snapshots.ts';
import { listTopicSubscriptions } from './list-topic-subscriptions.ts';
import { listTopics } from './list-topics.ts';
import { modifyAckDeadline } from './modify-ack-deadline.ts';
import { modifyPushConfig } from './modify-push-config.ts';
import { publish } from './publish.ts';
import { pull } from './pull.ts';
import { rollbackSchema } from './rollback-schema.ts';
import type { Action } from './rpc.ts';
import { seek } from './seek.ts';
import { streamingPull } from './streaming-pull.ts';
import { updateSnapshot } from './update-snapshot.ts';
import { updateSubscription } from './update-subscription.ts';
import { updateTopic } from './update-topic.ts';
import { validateMessage } from './validate-message.ts';
import { validateSchema } from './validate-schema.ts';

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
  createSnapshot,
  deleteSnapshot,
  detachSubscription,
  getSnapshot,
  listSnapshots,
  listTopicSnapshots,
  modifyPushConfig,
  seek,
  updateSnapshot,
  createSchema,
  getSchema,
  listSchemas,
  listSchemaRevisions,
  commitSchema,
  rollbackSchema,
  deleteSchemaRevision,
  deleteSchema,
  validateSchema,
  validateMessage,
];
