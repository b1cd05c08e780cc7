import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, servedOrRefusedByName } from '../world.ts';

export const subscriptions: Chapter = {
  name: 'Subscriptions',
  scenarios: [
    scenario('the defaults of the service are shown', async (world) => {
      const { subscription } = await world.pair();
      const [found] = await world.server.subscriber.getSubscription({ subscription });
      assert.equal(found.ackDeadlineSeconds, 10);
      assert.equal(Number(found.messageRetentionDuration?.seconds), 7 * 86_400);
      assert.equal(Number(found.expirationPolicy?.ttl?.seconds), 31 * 86_400);
    }),
    scenario(
      'an acknowledgement deadline below 10 or above 600 seconds is INVALID_ARGUMENT',
      async (world) => {
        const topic = await world.topic();
        for (const ackDeadlineSeconds of [9, 601])
          await refused(world.subscription(topic, { ackDeadlineSeconds }), codes.invalid);
      },
    ),
    scenario('retention below ten minutes or above 31 days is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      for (const seconds of [599, 31 * 86_400 + 1])
        await refused(world.subscription(topic, { messageRetentionDuration: { seconds } }), codes.invalid);
    }),
    scenario('a time to live below one day is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      const expirationPolicy = { ttl: { seconds: 86_399 } };
      await refused(world.subscription(topic, { expirationPolicy }), codes.invalid);
    }),
    scenario('lists are paged', async (world) => {
      const topic = await world.topic();
      const made = [await world.subscription(topic), await world.subscription(topic)];
      const options = { autoPaginate: false };
      const { publisher } = world.server;
      const request = { topic, pageSize: 1 };
      const [first, , response] = await publisher.listTopicSubscriptions(request, options);
      const pageToken = response?.nextPageToken ?? '';
      const [second] = await publisher.listTopicSubscriptions({ ...request, pageToken }, options);
      assert.deepEqual([...first, ...second].sort(), made.sort());
    }),
    scenario('a topic that does not exist is NOT_FOUND', async (world) => {
      await refused(world.subscription(world.name('topics')), codes.notFound);
    }),
    scenario('an update changes the fields of its mask alone', async (world) => {
      const { topic, subscription: name } = await world.pair({ labels: { a: '1' } });
      const [updated] = await world.server.subscriber.updateSubscription({
        subscription: { name, topic, ackDeadlineSeconds: 99, labels: { a: '2' } },
        updateMask: { paths: ['ack_deadline_seconds'] },
      });
      assert.equal(updated.ackDeadlineSeconds, 99);
      assert.deepEqual(updated.labels, { a: '1' });
    }),
    scenario('labels are updated', async (world) => {
      const { topic, subscription: name } = await world.pair();
      const [updated] = await world.server.subscriber.updateSubscription({
        subscription: { name, topic, labels: { a: '2' } },
        updateMask: { paths: ['labels'] },
      });
      assert.deepEqual(updated.labels, { a: '2' });
    }),
    scenario('its topic and its filter cannot be updated', async (world) => {
      const { topic, subscription: name } = await world.pair();
      for (const path of ['topic', 'filter', 'enable_message_ordering']) {
        const call = world.server.subscriber.updateSubscription({
          subscription: { name, topic, filter: 'attributes:a', enableMessageOrdering: true },
          updateMask: { paths: [path] },
        });
        await refused(call, codes.invalid);
      }
    }),
    scenario('detached it keeps its settings, loses its messages and cannot be pulled', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await world.server.publisher.detachSubscription({ subscription });
      const [found] = await world.server.subscriber.getSubscription({ subscription });
      assert.equal(found.detached, true);
      await refused(world.pullOnce(subscription), codes.precondition);
    }),
    scenario('deleted it is gone, and a new one of its name has nothing', async (world) => {
      const { topic, subscription: name } = await world.pair();
      await world.publish(topic, 'a');
      const { subscriber } = world.server;
      await subscriber.deleteSubscription({ subscription: name });
      await refused(subscriber.getSubscription({ subscription: name }), codes.notFound);
      await subscriber.createSubscription({ name, topic });
      await world.expectNothing(name);
    }),
    scenario('BigQuery and Cloud Storage subscriptions are refused by name or served', async (world) => {
      const topic = await world.topic();
      const bigquery = world.subscription(topic, { bigqueryConfig: { table: 'p.d.t' } });
      await servedOrRefusedByName(bigquery, 'bigquery_config');
      const storage = world.subscription(topic, { cloudStorageConfig: { bucket: 'a-bucket' } });
      await servedOrRefusedByName(storage, 'cloud_storage_config');
    }),
  ],
};
