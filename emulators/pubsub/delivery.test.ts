import { expect, test, vi } from 'vitest';
import { DrivenClock } from '../frame/index.ts';
import {
  benchOfFile,
  publish,
  pull,
  receive,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

const clock = new DrivenClock();
const bench = benchOfFile({ clock });

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `m${i}`);
const acknowledge = (ackIds: string[], subscription = subscriptionName) =>
  bench.subscriber.acknowledge({ subscription, ackIds });
const modify = (ackIds: string[], ackDeadlineSeconds: number) =>
  bench.subscriber.modifyAckDeadline({ subscription: subscriptionName, ackIds, ackDeadlineSeconds });

test('what the client publishes is received once, with its attributes, and acknowledged', async () => {
  const [topic] = await bench.pubsub.createTopic('events');
  const [subscription] = await topic.createSubscription('reader');
  const ids = await Promise.all(
    texts(500).map((text, i) => topic.publishMessage({ data: Buffer.from(text), attributes: { n: `${i}` } })),
  );
  const got = await receive(
    subscription,
    (messages) => messages.length === 500,
    (message) => message.ack(),
  );
  expect(new Set(got.map((message) => message.id))).toEqual(new Set(ids));
  for (const message of got) {
    expect(message.data.toString()).toBe(`m${message.attributes.n}`);
    expect(message.publishTime.getTime()).toBe(clock.now());
  }
  await subscription.close();
  expect(bench.emulator.backlog(subscriptionName)).toEqual({ unacked: 0, outstanding: 0, oldestAgeMs: 0 });
});

test('a message that the client nacks comes again', async () => {
  await withSubscription(bench);
  await publish(bench, 'once more');
  let refused = false;
  const subscription = bench.pubsub.subscription('reader');
  const got = await receive(
    subscription,
    (messages) => messages.length === 2,
    (message) => {
      if (refused) message.ack();
      else message.nack();
      refused = true;
    },
  );
  expect(got.map((message) => message.data.toString())).toEqual(['once more', 'once more']);
  expect(got[0]!.id).toBe(got[1]!.id);
  await subscription.close();
});

test('a message comes again when its deadline has passed, and not before', async () => {
  await withSubscription(bench, { ackDeadlineSeconds: 20 });
  await publish(bench, 'slow');
  expect(await pull(bench)).toHaveLength(1);
  clock.advance(19_900);
  expect(bench.emulator.backlog(subscriptionName)).toEqual({
    unacked: 1,
    outstanding: 1,
    oldestAgeMs: 19_900,
  });
  clock.advance(200);
  expect(bench.emulator.backlog(subscriptionName)).toMatchObject({ unacked: 1, outstanding: 0 });
  expect(await pull(bench)).toHaveLength(1);
});

test('an extended deadline counts from the moment of the extension', async () => {
  await withSubscription(bench, { ackDeadlineSeconds: 10 });
  await publish(bench, 'slow');
  const [first] = await pull(bench);
  clock.advance(8_000);
  await modify([first!.ackId], 60);
  clock.advance(59_000);
  expect(bench.emulator.backlog(subscriptionName).outstanding).toBe(1);
  clock.advance(1_100);
  expect(bench.emulator.backlog(subscriptionName).outstanding).toBe(0);
});

test('an ack counts even after the deadline; a nack of an earlier delivery does not touch the present one', async () => {
  await withSubscription(bench);
  await publish(bench, 'a');
  const [first] = await pull(bench);
  clock.advance(11_000);
  const [second] = await pull(bench);
  expect(second!.ackId).not.toBe(first!.ackId);
  await modify([first!.ackId], 0);
  expect(bench.emulator.backlog(subscriptionName).outstanding).toBe(1);
  await acknowledge([first!.ackId]);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
});

test('each of two subscriptions gets everything, and an ack on one means nothing to the other', async () => {
  await withSubscription(bench);
  const other = subscriptionName.replace('reader', 'second');
  await bench.subscriber.createSubscription({ name: other, topic: topicName });
  await publish(bench, 'a', 'b');
  const ackIds = (await pull(bench)).map(({ ackId }) => ackId);
  expect((await pull(bench, 100, other)).map(({ text }) => text).sort()).toEqual(['a', 'b']);
  await acknowledge(ackIds);
  await acknowledge(ackIds, other);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
  expect(bench.emulator.backlog(other).unacked).toBe(2);
});

test('a message that was given back and then acknowledged after all is not delivered again', async () => {
  await withSubscription(bench);
  await publish(bench, 'a');
  const ackIds = (await pull(bench)).map(({ ackId }) => ackId);
  await modify(ackIds, 0);
  await acknowledge(ackIds);
  expect(await pull(bench)).toEqual([]);
});

interface Streaming {
  readonly got: string[];
  readonly ackIds: string[];
  write(request: object): void;
  pause(): void;
  resume(): void;
  end(): void;
  readonly closed: Promise<number>;
}

function stream(limits: object = {}): Streaming {
  const duplex = bench.subscriber.streamingPull();
  const got: string[] = [];
  const ackIds: string[] = [];
  duplex.on('data', (response) => {
    for (const { ackId, message } of response.receivedMessages) {
      got.push(Buffer.from(message.data).toString());
      ackIds.push(ackId);
    }
  });
  const closed = new Promise<number>((resolve) => {
    duplex.on('error', (error: { code?: number }) => resolve(error.code ?? -1));
    duplex.on('end', () => resolve(0));
  });
  duplex.write({ subscription: subscriptionName, streamAckDeadlineSeconds: 60, ...limits });
  return {
    got,
    ackIds,
    write: (request) => void duplex.write(request),
    pause: () => void duplex.pause(),
    resume: () => void duplex.resume(),
    end: () => void duplex.end(),
    closed,
  };
}

test('two streams share the messages of one subscription', async () => {
  await withSubscription(bench);
  const streams = [stream({ maxOutstandingMessages: 1 }), stream({ maxOutstandingMessages: 1 })] as const;
  // Both are known to be open when each holds one.
  await publish(bench, 'x', 'y');
  await vi.waitFor(() => expect(streams.map(({ got }) => got.length)).toEqual([1, 1]));
  for (const { write, ackIds } of streams) write({ ackIds });
  const wide = [stream(), stream()] as const;
  await publish(bench, ...texts(400));
  await vi.waitFor(() => expect(wide[0].got.length + wide[1].got.length).toBeGreaterThan(390));
  const all = [...streams, ...wide].flatMap(({ got }) => got);
  expect(new Set(all).size).toBe(all.length);
  for (const one of [...streams, ...wide]) one.end();
});

test('a stream never holds more than the messages it asked for, and acks on it make room', async () => {
  await withSubscription(bench);
  await publish(bench, ...texts(50));
  const one = stream({ maxOutstandingMessages: 10 });
  await vi.waitFor(() => expect(one.got.length).toBe(10));
  // Another pull is answered after everything the stream could be given was given.
  expect(await pull(bench, 1)).toHaveLength(1);
  expect(one.got.length).toBe(10);
  one.write({ ackIds: one.ackIds.slice(0, 4) });
  await vi.waitFor(() => expect(one.got.length).toBe(14));
  expect(bench.emulator.backlog(subscriptionName).outstanding).toBe(11);
  one.end();
});

test('a stream holds no more bytes than it asked for, but always at least one message', async () => {
  await withSubscription(bench);
  await publish(bench, 'a'.repeat(3_000), 'b'.repeat(3_000), 'c'.repeat(3_000));
  const one = stream({ maxOutstandingBytes: 1_000 });
  await vi.waitFor(() => expect(one.got.length).toBe(1));
  expect(await pull(bench, 1)).toHaveLength(1);
  expect(one.got.length).toBe(1);
  one.end();
});

test('what waits for slow readers reaches them as it was published', async () => {
  await withSubscription(bench);
  const long = (i: number): string => `${i} `.padEnd(4_000, String(i % 10));
  const sent = Array.from({ length: 900 }, (_, i) => long(i));
  const slow = [stream(), stream()];
  for (const one of slow) one.pause();
  for (let i = 0; i < sent.length; i += 300) await publish(bench, ...sent.slice(i, i + 300));
  await publish(bench, 'last');
  for (const one of slow) one.resume();
  const got = () => slow.flatMap((one) => one.got);
  await vi.waitFor(() => expect(got()).toHaveLength(sent.length + 1), { timeout: 10_000 });
  expect(got().sort()).toEqual([...sent, 'last'].sort());
  for (const one of slow) one.end();
});

test('modified deadlines on a stream: zero gives a message back to it', async () => {
  await withSubscription(bench);
  await publish(bench, 'a');
  const one = stream();
  await vi.waitFor(() => expect(one.got.length).toBe(1));
  one.write({ modifyDeadlineAckIds: [one.ackIds[0]], modifyDeadlineSeconds: [0] });
  await vi.waitFor(() => expect(one.got).toEqual(['a', 'a']));
  one.end();
});

test('a stream ends with OK when the client has nothing more to say, and with NOT_FOUND when its subscription goes', async () => {
  await withSubscription(bench);
  const [polite, abandoned] = [stream(), stream()];
  polite.end();
  expect(await polite.closed).toBe(0);
  await publish(bench, 'a');
  await vi.waitFor(() => expect(abandoned.got.length).toBe(1));
  await bench.subscriber.deleteSubscription({ subscription: subscriptionName });
  expect(await abandoned.closed).toBe(5);
});

test('a pull waits for a message that is published later', async () => {
  await withSubscription(bench);
  const waiting = bench.subscriber.pull({ subscription: subscriptionName, maxMessages: 10 });
  await publish(bench, 'late');
  const [{ receivedMessages }] = await waiting;
  expect(receivedMessages).toHaveLength(1);
});

test('a message id and publish time of the publisher are replaced by those of the service', async () => {
  await withSubscription(bench);
  const [{ messageIds }] = await bench.publisher.publish({
    topic: topicName,
    messages: [{ data: Buffer.from('x'), messageId: 'mine', publishTime: { seconds: 1, nanos: 1 } }],
  });
  const [{ receivedMessages }] = await bench.subscriber.pull({
    subscription: subscriptionName,
    maxMessages: 1,
  });
  expect(receivedMessages![0]!.message!.messageId).toBe(messageIds![0]);
  expect(Number(receivedMessages![0]!.message!.publishTime!.seconds)).toBeGreaterThan(1_000_000_000);
});

test('a message past the retention of the subscription is not delivered any more', async () => {
  await withSubscription(bench, { messageRetentionDuration: { seconds: 600 }, expirationPolicy: {} });
  await publish(bench, 'old');
  clock.advance(599_000);
  await publish(bench, 'new');
  clock.advance(2_000);
  expect((await pull(bench)).map(({ text }) => text)).toEqual(['new']);
});
