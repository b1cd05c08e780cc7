import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, sorted, type World } from '../world.ts';

/** The publish time the server gave, whose clock need not be ours. */
async function timeOf(world: World, subscription: string, count: number) {
  const { subscriber } = world.server;
  const got = [];
  while (got.length < count) {
    const [{ receivedMessages }] = await subscriber.pull({ subscription, maxMessages: count });
    got.push(...(receivedMessages ?? []));
  }
  await subscriber.acknowledge({ subscription, ackIds: got.map(({ ackId }) => ackId ?? '') });
  const times = got.map(({ message }) => Number(message?.publishTime?.seconds));
  return { seconds: Math.min(...times) };
}

export const seeking: Chapter = {
  name: 'Seek and snapshots',
  scenarios: [
    scenario('seeking ahead acknowledges everything', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a', 'b');
      const time = { seconds: Math.floor(Date.now() / 1000) + 3_600 };
      await world.server.subscriber.seek({ subscription, time });
      await world.expectNothing(subscription);
    }),
    scenario('seeking back brings again what a subscription retains', async (world) => {
      const { topic, subscription } = await world.pair({ retainAckedMessages: true });
      await world.publish(topic, 'a', 'b');
      const time = await timeOf(world, subscription, 2);
      await world.server.subscriber.seek({ subscription, time });
      assert.deepEqual(sorted(await world.pull(subscription, 2)), ['a', 'b']);
    }),
    scenario('seeking back brings again what the topic retains', async (world) => {
      const topic = await world.topic({ messageRetentionDuration: { seconds: 3_600 } });
      const subscription = await world.subscription(topic);
      await world.publish(topic, 'a', 'b');
      const time = await timeOf(world, subscription, 2);
      await world.server.subscriber.seek({ subscription, time });
      assert.deepEqual(sorted(await world.pull(subscription, 2)), ['a', 'b']);
    }),
    scenario('a snapshot brings back what was unacknowledged, and what came since', async (world) => {
      const { topic, subscription } = await world.pair();
      const { subscriber } = world.server;
      await world.publish(topic, 'a');
      const name = world.name('snapshots');
      const [snapshot] = await subscriber.createSnapshot({ name, subscription });
      assert.equal(snapshot.topic, topic);
      await world.publish(topic, 'b');
      await world.acknowledge(subscription, ...(await world.pull(subscription, 2)));
      await subscriber.seek({ subscription, snapshot: name });
      assert.deepEqual(sorted(await world.pull(subscription, 2)), ['a', 'b']);
    }),
    scenario('snapshots are listed, updated and deleted', async (world) => {
      const { topic, subscription } = await world.pair();
      const { publisher, subscriber, project } = world.server;
      const name = world.name('snapshots');
      await subscriber.createSnapshot({ name, subscription });
      assert.deepEqual((await publisher.listTopicSnapshots({ topic }))[0], [name]);
      const [all] = await subscriber.listSnapshots({ project });
      assert.ok(all.some((one) => one.name === name));
      const [updated] = await subscriber.updateSnapshot({
        snapshot: { name, labels: { a: 'b' } },
        updateMask: { paths: ['labels'] },
      });
      assert.deepEqual(updated.labels, { a: 'b' });
      await subscriber.deleteSnapshot({ snapshot: name });
      await refused(subscriber.getSnapshot({ snapshot: name }), codes.notFound);
    }),
    scenario('a snapshot that does not exist is NOT_FOUND', async (world) => {
      const { subscription } = await world.pair();
      const snapshot = world.name('snapshots');
      await refused(world.server.subscriber.seek({ subscription, snapshot }), codes.notFound);
    }),
  ],
};
