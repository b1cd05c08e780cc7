import { afterEach, expect, test } from 'vitest';
import {
  type Bench,
  publish,
  receive,
  startBench,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

let bench: Bench;
afterEach(() => bench.stop());

test('what is published with the real client is received once, with its attributes, and acknowledged', async () => {
  bench = await startBench();
  const [topic] = await bench.pubsub.createTopic('events');
  const [subscription] = await topic.createSubscription('reader');
  const ids = await Promise.all(
    Array.from({ length: 500 }, (_, i) =>
      topic.publishMessage({ data: Buffer.from(`m${i}`), attributes: { n: `${i}` } }),
    ),
  );
  const got = await receive(
    subscription,
    (messages) => messages.length === 500,
    (message) => message.ack(),
  );
  expect(new Set(got.map((message) => message.id))).toEqual(new Set(ids));
  for (const message of got) {
    expect(message.data.toString()).toBe(`m${message.attributes.n}`);
    expect(Math.abs(message.publishTime.getTime() - Date.now())).toBeLessThan(60_000);
  }
  await subscription.close();
  expect(bench.emulator.backlog(subscriptionName)).toEqual({ unacked: 0, outstanding: 0, oldestAgeMs: 0 });
});
