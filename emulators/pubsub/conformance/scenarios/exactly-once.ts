import assert from 'node:assert/strict';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused } from '../world.ts';

const settings = { enableExactlyOnceDelivery: true };

export const exactlyOnce: Chapter = {
  name: 'Exactly-once delivery',
  scenarios: [
    scenario('an ack in time succeeds, and the message does not come again', async (world) => {
      const { topic, subscription } = await world.pair(settings);
      await world.publish(topic, 'a');
      await world.acknowledge(subscription, ...(await world.pull(subscription, 1)));
      await world.passSeconds(11);
      await world.expectNothing(subscription);
    }),
    scenario('an ack after the deadline fails with PERMANENT_FAILURE_INVALID_ACK_ID', async (world) => {
      const { topic, subscription } = await world.pair(settings);
      await world.publish(topic, 'a');
      const [a] = await world.pull(subscription, 1);
      assert.ok(a);
      await world.passSeconds(11);
      await world.pull(subscription, 1);
      const failure: { code?: number; errorInfoMetadata?: Record<string, string> } = await world
        .acknowledge(subscription, a)
        .then(
          () => ({}),
          (error) => error,
        );
      assert.equal(failure.code, codes.precondition);
      assert.equal(failure.errorInfoMetadata?.[a.ackId], 'PERMANENT_FAILURE_INVALID_ACK_ID');
    }),
    scenario('a deadline cannot be extended after it has passed', async (world) => {
      const { topic, subscription } = await world.pair(settings);
      await world.publish(topic, 'a');
      const got = await world.pull(subscription, 1);
      await world.passSeconds(11);
      await world.pull(subscription, 1);
      await refused(world.modify(subscription, 30, ...got), codes.precondition);
    }),
    scenario('an ack that is repeated succeeds again', async (world) => {
      const { topic, subscription } = await world.pair(settings);
      await world.publish(topic, 'a');
      const got = await world.pull(subscription, 1);
      await world.acknowledge(subscription, ...got);
      await world.acknowledge(subscription, ...got);
    }),
    scenario('a nack brings the message again, and only its new id counts', async (world) => {
      const { topic, subscription } = await world.pair(settings);
      await world.publish(topic, 'a');
      const [first] = await world.pull(subscription, 1);
      assert.ok(first);
      await world.modify(subscription, 0, first);
      const again = await world.pull(subscription, 1);
      await refused(world.acknowledge(subscription, first), codes.precondition);
      await world.acknowledge(subscription, ...again);
    }),
    scenario('a stream tells that delivery is exactly-once, and confirms acks', async (world) => {
      const { topic, subscription } = await world.pair(settings);
      await world.publish(topic, 'a');
      const duplex = world.server.subscriber.streamingPull();
      let exactly = false;
      const confirmed = new Promise<string[]>((resolve, reject) => {
        duplex.on('error', reject);
        duplex.on('data', ({ receivedMessages, subscriptionProperties, acknowledgeConfirmation }) => {
          exactly ||= subscriptionProperties?.exactlyOnceDeliveryEnabled === true;
          const ackIds = receivedMessages.map(({ ackId }: { ackId: string }) => ackId);
          if (ackIds.length > 0) duplex.write({ ackIds });
          if (acknowledgeConfirmation) resolve(acknowledgeConfirmation.ackIds);
        });
      });
      duplex.write({ subscription, streamAckDeadlineSeconds: 60 });
      assert.equal((await confirmed).length, 1);
      assert.ok(exactly);
      const ended = new Promise((resolve) => duplex.once('end', resolve));
      duplex.end();
      await ended;
    }),
    scenario('it can be switched on later', async (world) => {
      const { topic, subscription: name } = await world.pair();
      const [updated] = await world.server.subscriber.updateSubscription({
        subscription: { name, topic, ...settings },
        updateMask: { paths: ['enable_exactly_once_delivery'] },
      });
      assert.equal(updated.enableExactlyOnceDelivery, true);
    }),
  ],
};
