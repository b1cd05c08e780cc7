import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  type Bench,
  publish,
  pull,
  startBench,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let bench: Bench;
let server: Server;
let pushEndpoint: string;
let got: Got[];
/** What the endpoint answers, in turn; 204 when there is no more. */
let answers: number[];
beforeEach(() => {
  got = [];
  answers = [];
});
beforeAll(async () => {
  bench = await startBench();
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    got.push({ headers: request.headers, body });
    response.statusCode = answers.shift() ?? 204;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pushEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/push?a=b`;
});
afterEach(() => bench.emulator.reset());
afterAll(async () => {
  await bench.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const patience = { timeout: 10_000 };
const received = (count: number) => vi.waitFor(() => expect(got).toHaveLength(count), patience);
const unacked = (count: number) =>
  vi.waitFor(() => expect(bench.emulator.backlog(subscriptionName).unacked).toBe(count), patience);

test('a message is posted as JSON, and the answer acknowledges it', async () => {
  await withSubscription(bench, { pushConfig: { pushEndpoint }, enableMessageOrdering: true });
  const [{ messageIds }] = await bench.publisher.publish({
    topic: topicName,
    messages: [{ data: Buffer.from('hällo'), attributes: { a: '1' }, orderingKey: 'k' }],
  });
  await received(1);
  expect(got[0]!.headers['content-type']).toBe('application/json');
  const [messageId] = messageIds!;
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  expect(JSON.parse(got[0]!.body)).toEqual({
    message: {
      attributes: { a: '1' },
      data: Buffer.from('hällo').toString('base64'),
      messageId,
      message_id: messageId,
      publishTime: time,
      publish_time: time,
      orderingKey: 'k',
    },
    subscription: subscriptionName,
  });
  await unacked(0);
});

test('what the endpoint refuses is posted again, counted where there is a dead-letter policy', async () => {
  answers = [500, 301];
  const deadLetterPolicy = { deadLetterTopic: topicName, maxDeliveryAttempts: 5 };
  await withSubscription(bench, { pushConfig: { pushEndpoint }, deadLetterPolicy });
  await publish(bench, 'a');
  await received(3);
  expect(got.map(({ body }) => JSON.parse(body).deliveryAttempt)).toEqual([1, 2, 3]);
  await unacked(0);
});

test('without a wrapper the bytes are posted alone, the rest in headers', async () => {
  await withSubscription(bench, { pushConfig: { pushEndpoint, noWrapper: { writeMetadata: true } } });
  await bench.publisher.publish({
    topic: topicName,
    messages: [{ data: Buffer.from('plain'), attributes: { team: 'blue' } }],
  });
  await received(1);
  expect(got[0]!.body).toBe('plain');
  expect(got[0]!.headers).toMatchObject({
    team: 'blue',
    'x-goog-pubsub-subscription-name': subscriptionName,
  });
});

test('a subscription that pushes cannot be pulled from, until it is told to push no more', async () => {
  await withSubscription(bench, { pushConfig: { pushEndpoint } });
  await expect(pull(bench)).rejects.toMatchObject({ code: 9 });
  await bench.subscriber.modifyPushConfig({ subscription: subscriptionName, pushConfig: {} });
  await publish(bench, 'a');
  expect((await pull(bench)).map(({ text }) => text)).toEqual(['a']);
  expect(got).toEqual([]);
  await bench.subscriber.modifyPushConfig({ subscription: subscriptionName, pushConfig: { pushEndpoint } });
  await publish(bench, 'b');
  await received(1);
});

test('many messages reach an endpoint that takes them', async () => {
  await withSubscription(bench, { pushConfig: { pushEndpoint } });
  await publish(bench, ...Array.from({ length: 150 }, (_, i) => `m${i}`));
  await received(150);
  await unacked(0);
});
