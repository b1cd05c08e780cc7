import { expect, test } from 'vitest';
import { DrivenClock } from '../frame/index.ts';
import {
  benchOfFile,
  project,
  publish,
  pull,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

const clock = new DrivenClock();
const bench = benchOfFile({ clock, maxBacklogBytes: 3_000 });

const graveyard = `${project}/topics/graveyard`;
const mourner = `${project}/subscriptions/mourner`;
const giveBack = (ackIds: string[]) =>
  bench.subscriber.modifyAckDeadline({ subscription: subscriptionName, ackIds, ackDeadlineSeconds: 0 });

test('after the last attempt a message goes to the dead-letter topic, with where it came from', async () => {
  await bench.publisher.createTopic({ name: graveyard });
  await bench.subscriber.createSubscription({ name: mourner, topic: graveyard });
  await withSubscription(bench, { deadLetterPolicy: { deadLetterTopic: graveyard, maxDeliveryAttempts: 5 } });
  await bench.publisher.publish({
    topic: topicName,
    messages: [{ data: Buffer.from('poison'), attributes: { kind: 'bad' } }],
  });
  for (let attempt = 1; attempt <= 5; attempt++) {
    const got = await pull(bench);
    expect(got.map((message) => message.attempt)).toEqual([attempt]);
    await giveBack(got.map(({ ackId }) => ackId));
  }
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
  const [{ receivedMessages }] = await bench.subscriber.pull({ subscription: mourner, maxMessages: 10 });
  expect(receivedMessages).toHaveLength(1);
  const { data, attributes } = receivedMessages![0]!.message!;
  expect(Buffer.from(data!).toString()).toBe('poison');
  expect(attributes).toEqual({
    kind: 'bad',
    CloudPubSubDeadLetterSourceDeliveryCount: '5',
    CloudPubSubDeadLetterSourceSubscription: 'reader',
    CloudPubSubDeadLetterSourceSubscriptionProject: 'test',
    CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test('while the dead-letter topic is missing a message is delivered on and on, never lost', async () => {
  await bench.publisher.createTopic({ name: graveyard });
  await withSubscription(bench, { deadLetterPolicy: { deadLetterTopic: graveyard, maxDeliveryAttempts: 5 } });
  await bench.publisher.deleteTopic({ topic: graveyard });
  await publish(bench, 'poison');
  for (let attempt = 1; attempt <= 7; attempt++)
    await giveBack((await pull(bench)).map(({ ackId }) => ackId));
  expect((await pull(bench)).map(({ attempt }) => attempt)).toEqual([8]);
});

test('without a dead-letter policy no delivery attempt is told', async () => {
  await withSubscription(bench);
  await publish(bench, 'a');
  expect((await pull(bench))[0]!.attempt).toBe(0);
});

test('a retry policy lets a message rest twice as long after each attempt, up to the maximum', async () => {
  await withSubscription(bench, {
    ackDeadlineSeconds: 600,
    retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 30 } },
  });
  await publish(bench, 'a');
  for (const restMs of [10_000, 20_000, 30_000, 30_000]) {
    await giveBack((await pull(bench)).map(({ ackId }) => ackId));
    clock.advance(restMs - 100);
    expect(await pull(bench)).toEqual([]);
    clock.advance(200);
  }
  expect(await pull(bench)).toHaveLength(1);
});

test('a message that rests can still be acknowledged', async () => {
  await withSubscription(bench, { retryPolicy: {} });
  await publish(bench, 'a');
  const ackIds = (await pull(bench)).map(({ ackId }) => ackId);
  await giveBack(ackIds);
  await bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds });
  clock.advance(20_000);
  expect(await pull(bench)).toEqual([]);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
});

test('a subscription that nobody uses for its time to live is deleted', async () => {
  const day = 86_400;
  await withSubscription(bench, { expirationPolicy: { ttl: { seconds: day } } });
  const kept = `${project}/subscriptions/kept`;
  await bench.subscriber.createSubscription({ name: kept, topic: topicName, expirationPolicy: {} });
  clock.advance(day * 999);
  await pull(bench);
  clock.advance(day * 1001);
  const [all] = await bench.subscriber.listSubscriptions({ project });
  expect(all.map(({ name }) => name)).toEqual([kept]);
});

test('one message that is left holds the memory of all that were published with it', async () => {
  await withSubscription(bench);
  await publish(bench, 'x'.repeat(1_000), 'y'.repeat(1_000));
  const [first, second] = await pull(bench);
  const more = () =>
    bench.publisher.publish(
      { topic: topicName, messages: [{ data: Buffer.alloc(2_000, 97) }] },
      { timeout: 5_000, retry: { retryCodes: [] } as never },
    );
  await bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds: [first!.ackId] });
  await expect(more()).rejects.toMatchObject({ code: 8 });
  await bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds: [second!.ackId] });
  await more();
});

test('beyond the bound of the backlog publishing is refused until something is acknowledged', async () => {
  await withSubscription(bench);
  await publish(bench, 'x'.repeat(2_000));
  // The client takes this refusal for one to wait out; here it is to be seen.
  const refused = bench.publisher.publish(
    { topic: topicName, messages: [{ data: Buffer.alloc(2_000, 97) }] },
    { maxRetries: 0, timeout: 5_000, retry: { retryCodes: [] } as never },
  );
  await expect(refused).rejects.toMatchObject({ code: 8 });
  await bench.subscriber.acknowledge({
    subscription: subscriptionName,
    ackIds: (await pull(bench)).map(({ ackId }) => ackId),
  });
  await publish(bench, 'y'.repeat(2_000));
});
