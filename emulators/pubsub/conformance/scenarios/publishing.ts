import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused } from '../world.ts';

export const publishing: Chapter = {
  name: 'Publishing',
  scenarios: [
    scenario('ids are given in turn, and the message arrives with them', async (world) => {
      const { topic, subscription } = await world.pair();
      const ids = await world.publish(topic, { data: 'a', attributes: { n: '1' } }, 'b');
      assert.equal(new Set(ids).size, 2);
      const got = await world.pull(subscription, 2);
      assert.deepEqual(
        new Map(got.map(({ text, id }) => [text, id])),
        new Map([
          ['a', ids[0]],
          ['b', ids[1]],
        ]),
      );
      assert.deepEqual(got.find(({ text }) => text === 'a')?.attributes, { n: '1' });
    }),
    scenario('a message of attributes alone is taken', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, { attributes: { only: 'this' } });
      const [got] = await world.pull(subscription, 1);
      assert.deepEqual(got?.attributes, { only: 'this' });
    }),
    scenario('a message of nothing is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, {}), codes.invalid);
    }),
    scenario('a request of no messages is INVALID_ARGUMENT', async (world) => {
      await refused(world.publish(await world.topic()), codes.invalid);
    }),
    scenario('a request of more than 1,000 messages is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, ...Array.from({ length: 1001 }, () => 'x')), codes.invalid);
    }),
    scenario('a request of more than 10 MB is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, 'x'.repeat(10 * 1024 * 1024 + 1)), codes.invalid);
    }),
    scenario('an attribute key of more than 256 bytes is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, { attributes: { ['k'.repeat(257)]: 'v' } }), codes.invalid);
    }),
    scenario('an attribute value of more than 1,024 bytes is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, { attributes: { k: 'v'.repeat(1025) } }), codes.invalid);
    }),
    scenario('more than 100 attributes are INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      const attributes = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, 'v']));
      await refused(world.publish(topic, { attributes }), codes.invalid);
    }),
    scenario('the largest values that are allowed are taken', async (world) => {
      const { topic, subscription } = await world.pair();
      const attributes = Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`${i}`.padEnd(256, 'k'), 'v'.repeat(1024)]),
      );
      await world.publish(topic, { data: 'x', attributes, orderingKey: 'k'.repeat(1024) });
      const [got] = await world.pull(subscription, 1);
      assert.deepEqual(got?.attributes, attributes);
    }),
    scenario('an ordering key of more than 1,024 bytes is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, { data: 'x', orderingKey: 'k'.repeat(1025) }), codes.invalid);
    }),
    scenario('of a request that holds one wrong message nothing is published', async (world) => {
      const { topic, subscription } = await world.pair();
      await refused(world.publish(topic, 'a', {}, 'b'), codes.invalid);
      await world.expectNothing(subscription);
    }),
    scenario('an attribute key that begins with goog is INVALID_ARGUMENT', async (world) => {
      const topic = await world.topic();
      await refused(world.publish(topic, { attributes: { googkey: 'v' } }), codes.invalid);
    }),
    scenario('a topic that does not exist is NOT_FOUND', async (world) => {
      await refused(world.publish(world.name('topics'), 'x'), codes.notFound, 'Resource not found');
    }),
  ],
};
