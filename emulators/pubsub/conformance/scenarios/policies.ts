import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, texts, type World } from '../world.ts';

async function withDeadLetters(world: World, settings: object = {}) {
  const dead = await world.topic();
  const deadReader = await world.subscription(dead);
  const deadLetterPolicy = { deadLetterTopic: dead, maxDeliveryAttempts: 5 };
  return { ...(await world.pair({ deadLetterPolicy, ...settings })), dead, deadReader };
}

export const policies: Chapter = {
  name: 'Dead letters and retries',
  scenarios: [
    scenario('delivery attempts are counted and told', async (world) => {
      const { topic, subscription } = await withDeadLetters(world);
      await world.publish(topic, 'a');
      for (let attempt = 1; attempt <= 3; attempt++) {
        const [got] = await world.pull(subscription, 1);
        assert.equal(got?.attempt, attempt);
        if (got) await world.modify(subscription, 0, got);
      }
    }),
    scenario(
      'after the last attempt the message goes to the dead-letter topic with its attributes',
      async (world) => {
        const { topic, subscription, deadReader } = await withDeadLetters(world);
        await world.publish(topic, { data: 'a', attributes: { own: 'x' } });
        for (let attempt = 1; attempt <= 5; attempt++)
          await world.modify(subscription, 0, ...(await world.pull(subscription, 1)));
        const [dead] = await world.pull(deadReader, 1);
        assert.equal(dead?.text, 'a');
        assert.equal(dead?.attributes.own, 'x');
        assert.equal(dead?.attributes.CloudPubSubDeadLetterSourceDeliveryCount, '5');
        assert.equal(
          dead?.attributes.CloudPubSubDeadLetterSourceSubscription,
          subscription.split('/').at(-1),
        );
        await world.expectNothing(subscription);
      },
    ),
    scenario('fewer than 5 or more than 100 attempts are INVALID_ARGUMENT', async (world) => {
      for (const maxDeliveryAttempts of [4, 101]) {
        const deadLetterPolicy = { deadLetterTopic: await world.topic(), maxDeliveryAttempts };
        await refused(world.pair({ deadLetterPolicy }), codes.invalid);
      }
    }),
    scenario('with a retry policy a nacked message waits for its back-off', async (world) => {
      const retryPolicy = { minimumBackoff: { seconds: 3 }, maximumBackoff: { seconds: 10 } };
      const { topic, subscription } = await world.pair({ retryPolicy });
      await world.publish(topic, 'a');
      await world.modify(subscription, 0, ...(await world.pull(subscription, 1)));
      await world.expectNothing(subscription);
      await world.passSeconds(5);
      assert.deepEqual(texts(await world.pull(subscription, 1)), ['a']);
    }),
    scenario('a back-off above 600 seconds is INVALID_ARGUMENT', async (world) => {
      await refused(world.pair({ retryPolicy: { minimumBackoff: { seconds: 601 } } }), codes.invalid);
    }),
  ],
};
