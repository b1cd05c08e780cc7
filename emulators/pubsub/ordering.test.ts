import { expect, test } from 'vitest';
import { DrivenClock } from '../frame/index.ts';
import { benchOfFile, pull, receive, subscriptionName, topicName, withSubscription } from './testing.ts';

const clock = new DrivenClock();
const bench = benchOfFile({ clock });

const keyed = (orderingKey: string, ...texts: string[]) =>
  bench.publisher.publish({
    topic: topicName,
    messages: texts.map((text) => ({ data: Buffer.from(text), orderingKey })),
  });
const texts = (pulled: { text: string }[]) => pulled.map(({ text }) => text);
const modify = (ackIds: string[], ackDeadlineSeconds: number) =>
  bench.subscriber.modifyAckDeadline({ subscription: subscriptionName, ackIds, ackDeadlineSeconds });
const acknowledge = (ackIds: string[]) =>
  bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds });

test('while a key has messages out, nobody else gets more of it; other keys go on', async () => {
  await withSubscription(bench, { enableMessageOrdering: true });
  await keyed('k', 'k1', 'k2', 'k3');
  await keyed('l', 'l1');
  const first = await pull(bench, 2);
  expect(texts(first)).toEqual(['k1', 'k2']);
  expect(texts(await pull(bench))).toEqual(['l1']);
  await acknowledge(first.map(({ ackId }) => ackId));
  expect(texts(await pull(bench))).toEqual(['k3']);
});

test('when a message is given back, all later ones of its key come again behind it, acknowledged or not', async () => {
  await withSubscription(bench, { enableMessageOrdering: true });
  await keyed('k', 'k1', 'k2', 'k3');
  const [k1, k2] = await pull(bench);
  await acknowledge([k2!.ackId]);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(2);
  await modify([k1!.ackId], 0);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(3);
  const again = await pull(bench);
  expect(texts(again)).toEqual(['k1', 'k2', 'k3']);
  // The ack that k2 had before it came again does not count for the second time.
  await acknowledge([again[0]!.ackId]);
  await modify([again[1]!.ackId], 0);
  expect(texts(await pull(bench))).toEqual(['k2', 'k3']);
});

test('a deadline that passes counts as given back', async () => {
  await withSubscription(bench, { enableMessageOrdering: true });
  await keyed('k', 'k1', 'k2');
  const [, k2] = await pull(bench);
  await modify([k2!.ackId], 600);
  clock.advance(10_100);
  expect(texts(await pull(bench))).toEqual(['k1', 'k2']);
});

test('a key rests as a whole while one of its messages waits for its back-off', async () => {
  const retryPolicy = { minimumBackoff: { seconds: 5 }, maximumBackoff: { seconds: 60 } };
  await withSubscription(bench, { enableMessageOrdering: true, retryPolicy });
  await keyed('k', 'k1', 'k2');
  const [k1] = await pull(bench);
  await modify([k1!.ackId], 0);
  expect(await pull(bench)).toEqual([]);
  clock.advance(5_100);
  expect(texts(await pull(bench))).toEqual(['k1', 'k2']);
});

test('a message that has had all its attempts goes to the dead letters, and its key goes on', async () => {
  const dead = topicName.replace('events', 'dead');
  const deadReader = subscriptionName.replace('reader', 'dead-reader');
  await bench.publisher.createTopic({ name: dead });
  await bench.subscriber.createSubscription({ name: deadReader, topic: dead });
  const deadLetterPolicy = { deadLetterTopic: dead, maxDeliveryAttempts: 5 };
  await withSubscription(bench, { enableMessageOrdering: true, deadLetterPolicy });
  await keyed('k', 'bad', 'good');
  for (let attempt = 1; attempt <= 5; attempt++) {
    const [bad] = await pull(bench);
    expect(bad).toMatchObject({ text: 'bad', attempt });
    await modify([bad!.ackId], 0);
  }
  expect(texts(await pull(bench))).toEqual(['good']);
  expect(texts(await pull(bench, 10, deadReader))).toEqual(['bad']);
});

test('the client gets every key in the order it was published', async () => {
  const [topic] = await bench.pubsub.createTopic('events');
  const [subscription] = await topic.createSubscription('reader', { enableMessageOrdering: true });
  topic.setPublishOptions({ messageOrdering: true });
  const sent = Array.from({ length: 200 }, (_, i) => ({ orderingKey: `k${i % 5}`, text: `${i}` }));
  await Promise.all(
    sent.map(({ orderingKey, text }) => topic.publishMessage({ orderingKey, data: Buffer.from(text) })),
  );
  const got = await receive(
    subscription,
    (messages) => messages.length === sent.length,
    (message) => message.ack(),
  );
  for (let k = 0; k < 5; k++) {
    const ofKey = got.filter((message) => message.orderingKey === `k${k}`).map(({ data }) => Number(data));
    expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
    expect(ofKey).toHaveLength(40);
  }
  await subscription.close();
});
