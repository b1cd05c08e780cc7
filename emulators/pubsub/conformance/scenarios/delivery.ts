import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type Chapter, scenario } from '../scenario.ts';
import { codes, refused, sorted, texts, type World } from '../world.ts';

interface Stream {
  readonly got: { text: string; ackId: string }[];
  write(request: object): void;
  end(): Promise<unknown>;
  until(count: number): Promise<void>;
}

function open(world: World, subscription: string, limits: object = {}): Stream {
  const duplex = world.server.subscriber.streamingPull();
  const got: { text: string; ackId: string }[] = [];
  const failed = new Promise<never>((_, reject) => duplex.on('error', reject));
  failed.catch(() => {});
  duplex.on('data', ({ receivedMessages }) => {
    for (const { ackId, message } of receivedMessages)
      got.push({ text: Buffer.from(message.data).toString(), ackId });
  });
  duplex.write({ subscription, streamAckDeadlineSeconds: 60, ...limits });
  return {
    got,
    write: (request) => void duplex.write(request),
    async end() {
      const ended = Promise.race([once(duplex, 'end'), failed.catch(() => undefined)]);
      duplex.end();
      return ended;
    },
    async until(count) {
      const until = performance.now() + world.server.patienceMs;
      while (got.length < count) {
        assert.ok(performance.now() < until, `expected ${count} messages on the stream, got ${got.length}`);
        await Promise.race([once(duplex, 'data'), new Promise((resolve) => setTimeout(resolve, 50)), failed]);
      }
    },
  };
}

export const delivery: Chapter = {
  name: 'Delivery',
  scenarios: [
    scenario('every subscription of a topic gets every message', async (world) => {
      const { topic, subscription } = await world.pair();
      const other = await world.subscription(topic);
      await world.publish(topic, 'a', 'b');
      assert.deepEqual(sorted(await world.pull(subscription, 2)), ['a', 'b']);
      assert.deepEqual(sorted(await world.pull(other, 2)), ['a', 'b']);
    }),
    scenario('what is leased is given to nobody else', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await world.pull(subscription, 1);
      await world.expectNothing(subscription);
    }),
    scenario('what is acknowledged does not come again', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await world.acknowledge(subscription, ...(await world.pull(subscription, 1)));
      await world.passSeconds(11);
      await world.expectNothing(subscription);
    }),
    scenario('what is not acknowledged comes again after its deadline', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await world.pull(subscription, 1);
      await world.passSeconds(11);
      assert.deepEqual(texts(await world.pull(subscription, 1)), ['a']);
    }),
    scenario('an extended deadline counts from the extension', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await world.modify(subscription, 30, ...(await world.pull(subscription, 1)));
      await world.passSeconds(12);
      await world.expectNothing(subscription);
    }),
    scenario('a deadline of zero gives the message back at once', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await world.modify(subscription, 0, ...(await world.pull(subscription, 1)));
      assert.deepEqual(texts(await world.pull(subscription, 1)), ['a']);
    }),
    scenario('a deadline above 600 seconds is INVALID_ARGUMENT', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a');
      await refused(world.modify(subscription, 601, ...(await world.pull(subscription, 1))), codes.invalid);
    }),
    scenario('a pull of no messages is INVALID_ARGUMENT', async (world) => {
      const { subscription } = await world.pair();
      await refused(world.pullOnce(subscription, 0), codes.invalid);
    }),
    scenario('a pull gives no more than it was asked for', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, 'a', 'b', 'c');
      assert.ok((await world.pullOnce(subscription, 2)).length <= 2);
    }),
    scenario('a stream gets messages and acknowledges them', async (world) => {
      const { topic, subscription } = await world.pair();
      const stream = open(world, subscription);
      await world.publish(topic, 'a', 'b');
      await stream.until(2);
      stream.write({ ackIds: stream.got.map(({ ackId }) => ackId) });
      await stream.end();
      await world.passSeconds(61);
      await world.expectNothing(subscription);
    }),
    scenario('a stream holds no more messages than it asked for', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, ...Array.from({ length: 50 }, (_, i) => `m${i}`));
      const stream = open(world, subscription, { maxOutstandingMessages: 10 });
      await stream.until(10);
      await new Promise((resolve) => setTimeout(resolve, Math.min(500, world.server.patienceMs / 20)));
      assert.equal(stream.got.length, 10);
      stream.write({ ackIds: stream.got.slice(0, 5).map(({ ackId }) => ackId) });
      await stream.until(15);
      await stream.end();
    }),
    scenario('a stream holds no more bytes than it asked for', async (world) => {
      const { topic, subscription } = await world.pair();
      await world.publish(topic, ...['a', 'b', 'c'].map((text) => text.repeat(3_000)));
      const stream = open(world, subscription, { maxOutstandingBytes: 1_000 });
      await stream.until(1);
      await new Promise((resolve) => setTimeout(resolve, Math.min(500, world.server.patienceMs / 20)));
      assert.equal(stream.got.length, 1);
      await stream.end();
    }),
    scenario('several streams share the messages, none of which comes twice', async (world) => {
      const { topic, subscription } = await world.pair();
      const streams = [1, 2].map(() => open(world, subscription, { maxOutstandingMessages: 1 }));
      await world.publish(topic, 'a', 'b');
      await Promise.all(streams.map((stream) => stream.until(1)));
      assert.deepEqual(streams.flatMap(({ got }) => got.map(({ text }) => text)).sort(), ['a', 'b']);
      await Promise.all(streams.map((stream) => stream.end()));
    }),
    scenario('an acknowledgement of more than 512 KB is INVALID_ARGUMENT', async (world) => {
      const { subscription } = await world.pair();
      const ackIds = Array.from({ length: 6_000 }, () => 'x'.repeat(100));
      const { subscriber } = world.server;
      const text = 'Request payload size exceeds the limit';
      await refused(subscriber.acknowledge({ subscription, ackIds }), codes.invalid, text);
      const request = { subscription, ackIds, ackDeadlineSeconds: 10 };
      await refused(subscriber.modifyAckDeadline(request), codes.invalid, text);
    }),
    scenario('an ack id that was never given is INVALID_ARGUMENT', async (world) => {
      const { subscription } = await world.pair();
      const call = world.server.subscriber.acknowledge({ subscription, ackIds: ['never-given'] });
      await refused(call, codes.invalid);
    }),
    scenario('a stream names a subscription that exists, or ends with NOT_FOUND', async (world) => {
      const duplex = world.server.subscriber.streamingPull();
      const failure = once(duplex, 'error');
      duplex.write({ subscription: world.name('subscriptions'), streamAckDeadlineSeconds: 60 });
      const [error] = await failure;
      assert.equal(error.code, codes.notFound);
    }),
    scenario('a stream deadline below 10 seconds is INVALID_ARGUMENT', async (world) => {
      const { subscription } = await world.pair();
      const duplex = world.server.subscriber.streamingPull();
      const failure = once(duplex, 'error');
      duplex.write({ subscription, streamAckDeadlineSeconds: 5 });
      const [error] = await failure;
      assert.equal(error.code, codes.invalid);
    }),
    scenario('a nack on a stream gives the message back', async (world) => {
      const { topic, subscription } = await world.pair();
      const stream = open(world, subscription);
      await world.publish(topic, 'a');
      await stream.until(1);
      stream.write({ modifyDeadlineAckIds: [stream.got[0]?.ackId], modifyDeadlineSeconds: [0] });
      await stream.until(2);
      await stream.end();
    }),
  ],
};
