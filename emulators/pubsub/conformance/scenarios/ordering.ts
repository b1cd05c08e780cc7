import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { texts, type World } from '../world.ts';

const ordered = async (world: World, settings: object = {}) =>
  world.pair({ enableMessageOrdering: true, ...settings });
const keyed = (orderingKey: string, ...data: string[]) => data.map((one) => ({ data: one, orderingKey }));

export const ordering: Chapter = {
  name: 'Ordering keys',
  scenarios: [
    scenario('messages of one key come in the order of publishing', async (world) => {
      const { topic, subscription } = await ordered(world);
      const sent = Array.from({ length: 20 }, (_, i) => `m${i}`);
      for (const text of sent) await world.publish(topic, ...keyed('k', text));
      const got: string[] = [];
      while (got.length < sent.length) {
        const batch = await world.pull(subscription, 1);
        got.push(...texts(batch));
        await world.acknowledge(subscription, ...batch);
      }
      assert.deepEqual(got, sent);
    }),
    scenario('a nack brings the later messages of the key again too', async (world) => {
      const { topic, subscription } = await ordered(world);
      await world.publish(topic, ...keyed('k', 'a', 'b', 'c'));
      const [a] = await world.pull(subscription, 3);
      assert.ok(a);
      await world.modify(subscription, 0, a);
      assert.deepEqual(texts(await world.pull(subscription, 3)), ['a', 'b', 'c']);
    }),
    scenario('a deadline that passes brings the later messages of the key again too', async (world) => {
      const { topic, subscription } = await ordered(world);
      await world.publish(topic, ...keyed('k', 'a', 'b'));
      const [, b] = await world.pull(subscription, 2);
      assert.ok(b);
      await world.modify(subscription, 600, b);
      await world.passSeconds(11);
      assert.deepEqual(texts(await world.pull(subscription, 2)), ['a', 'b']);
    }),
    scenario('one key that waits does not hold another', async (world) => {
      const { topic, subscription } = await ordered(world);
      await world.publish(topic, ...keyed('k', 'k1'));
      await world.pull(subscription, 1);
      await world.publish(topic, ...keyed('l', 'l1'));
      assert.deepEqual(texts(await world.pull(subscription, 1)), ['l1']);
    }),
    scenario('a key is passed on with its message', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, ...keyed('k', 'a'));
      const [{ receivedMessages }] = await world.server.subscriber.pull({ subscription, maxMessages: 1 });
      assert.equal(receivedMessages?.[0]?.message?.orderingKey, 'k');
    }),
  ],
};
