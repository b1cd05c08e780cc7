import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, servedOrRefusedByName } from '../world.ts';

export const topics: Chapter = {
  name: 'Topics',
  scenarios: [
    scenario('create, get and delete', async (world) => {
      const { publisher } = world.server;
      const topic = await world.topic({ labels: { team: 'blue' } });
      const [found] = await publisher.getTopic({ topic });
      assert.equal(found.name, topic);
      assert.deepEqual(found.labels, { team: 'blue' });
      await publisher.deleteTopic({ topic });
      await refused(publisher.getTopic({ topic }), codes.notFound, 'Resource not found (resource=');
    }),
    scenario('a name that is taken is ALREADY_EXISTS', async (world) => {
      const name = await world.topic();
      await refused(
        world.server.publisher.createTopic({ name }),
        codes.exists,
        'Resource already exists in the project (resource=',
      );
    }),
    scenario('a malformed name is INVALID_ARGUMENT', async (world) => {
      const name = `${world.server.project}/topics/1a`;
      await refused(
        world.server.publisher.createTopic({ name }),
        codes.invalid,
        'Invalid resource name given',
      );
    }),
    scenario('labels are updated through a mask', async (world) => {
      const name = await world.topic({ labels: { a: '1' } });
      const [updated] = await world.server.publisher.updateTopic({
        topic: { name, labels: { b: '2' } },
        updateMask: { paths: ['labels'] },
      });
      assert.deepEqual(updated.labels, { b: '2' });
    }),
    scenario('an update without a mask is INVALID_ARGUMENT', async (world) => {
      const name = await world.topic();
      await refused(world.server.publisher.updateTopic({ topic: { name } }), codes.invalid);
    }),
    scenario('lists are paged', async (world) => {
      await Promise.all([world.topic(), world.topic(), world.topic()]);
      const { project, publisher } = world.server;
      const options = { autoPaginate: false };
      const [first, , response] = await publisher.listTopics({ project, pageSize: 2 }, options);
      assert.equal(first.length, 2);
      const pageToken = response?.nextPageToken ?? '';
      assert.notEqual(pageToken, '');
      const [second] = await publisher.listTopics({ project, pageSize: 2, pageToken }, options);
      assert.ok(second.every(({ name }) => !first.some((one) => one.name === name)));
    }),
    scenario('its subscriptions are listed, and outlive it as _deleted_topic_', async (world) => {
      const { topic, subscription } = await world.pair();
      const { publisher, subscriber } = world.server;
      assert.deepEqual((await publisher.listTopicSubscriptions({ topic }))[0], [subscription]);
      await publisher.deleteTopic({ topic });
      assert.equal((await subscriber.getSubscription({ subscription }))[0].topic, '_deleted_topic_');
    }),
    scenario('a name of fewer than 3 or more than 255 characters is INVALID_ARGUMENT', async (world) => {
      for (const id of ['ab', 'a'.repeat(256)]) {
        const name = `${world.server.project}/topics/${id}`;
        await refused(world.server.publisher.createTopic({ name }), codes.invalid);
      }
    }),
    scenario('more than 64 labels are INVALID_ARGUMENT', async (world) => {
      const labels = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 'v']));
      await refused(world.topic({ labels }), codes.invalid);
    }),
    scenario('a label key that is too long or holds capitals is INVALID_ARGUMENT', async (world) => {
      await refused(world.topic({ labels: { Team: 'blue' } }), codes.invalid);
      await refused(world.topic({ labels: { ['k'.repeat(64)]: 'v' } }), codes.invalid);
    }),
    scenario('a label value of more than 63 characters is INVALID_ARGUMENT', async (world) => {
      await refused(world.topic({ labels: { team: 'v'.repeat(64) } }), codes.invalid);
    }),
    scenario('IAM is served or refused by name', async (world) => {
      const topic = await world.topic();
      const { publisher } = world.server;
      // One after the other: where the first is neither, nobody would wait for what the others say.
      await servedOrRefusedByName(publisher.getIamPolicy({ resource: topic } as never), 'GetIamPolicy');
      await servedOrRefusedByName(
        publisher.setIamPolicy({ resource: topic, policy: { bindings: [] } } as never),
        'SetIamPolicy',
      );
      await servedOrRefusedByName(
        publisher.testIamPermissions({ resource: topic, permissions: [] } as never),
        'TestIamPermissions',
      );
    }),
    scenario('retention of a topic must be between ten minutes and 31 days', async (world) => {
      await refused(world.topic({ messageRetentionDuration: { seconds: 599 } }), codes.invalid);
      await refused(world.topic({ messageRetentionDuration: { seconds: 31 * 86_400 + 1 } }), codes.invalid);
    }),
  ],
};
