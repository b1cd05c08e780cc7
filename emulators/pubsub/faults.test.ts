import { request } from 'node:http';
import { expect, test } from 'vitest';
import { benchOfFile, publish, pull, receive, subscriptionName, withSubscription } from './testing.ts';

const bench = benchOfFile();

test('when publishing fails twice the client tries again, and everything arrives', async () => {
  await withSubscription(bench);
  bench.emulator.faults.next('Publish', 2, { kind: 'fail', code: 'UNAVAILABLE' });
  const topic = bench.pubsub.topic('events');
  await Promise.all(['a', 'b', 'c'].map((text) => topic.publishMessage({ data: Buffer.from(text) })));
  const subscription = bench.pubsub.subscription('reader');
  const got = await receive(
    subscription,
    (messages) => messages.length === 3,
    (message) => message.ack(),
  );
  expect(got.map((message) => message.data.toString()).sort()).toEqual(['a', 'b', 'c']);
  await subscription.close();
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
  expect(bench.emulator.faults.planned).toEqual([]);
});

test('when publishing lands and its answer is lost, the client publishes again: the same bytes under two ids', async () => {
  await withSubscription(bench);
  bench.emulator.faults.next('Publish', 1, { kind: 'fail', code: 'UNAVAILABLE', landed: true });
  await bench.pubsub.topic('events').publishMessage({ data: Buffer.from('twice') });
  expect((await pull(bench)).map(({ text }) => text)).toEqual(['twice', 'twice']);
});

test('a subscriber whose stream breaks opens another, and gets what it missed', async () => {
  await withSubscription(bench);
  bench.emulator.faults.next('StreamingPull', 1, { kind: 'drop' });
  await publish(bench, 'a');
  const subscription = bench.pubsub.subscription('reader', { streamingOptions: { maxStreams: 1 } });
  const got = await receive(
    subscription,
    (messages) => messages.length === 1,
    (message) => message.ack(),
  );
  expect(got).toHaveLength(1);
  await subscription.close();
});

test('the backlog and the faults are served over HTTP on the port that the client uses', async () => {
  await withSubscription(bench);
  await publish(bench, 'a', 'b');
  await pull(bench, 1);
  const origin = `http://${bench.emulator.environment.PUBSUB_EMULATOR_HOST}`;
  const read = async (path: string): Promise<object> =>
    (await (await fetch(`${origin}/_emulator/${path}`)).json()) as object;
  const backlog = await read(`backlog?subscription=${subscriptionName}`);
  expect(backlog).toMatchObject({ unacked: 2, outstanding: 1 });
  expect(Object.keys(await read('backlog'))).toEqual([subscriptionName]);
  expect(await read('')).toMatchObject({ name: 'pubsub', views: ['backlog', 'state'], faults: [] });
});

test('browsers and foreign host names are refused', async () => {
  const [host = '', port] = bench.emulator.environment.PUBSUB_EMULATOR_HOST.split(':');
  const status = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      request({ host, port: Number(port), path: '/_emulator/backlog', headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await status({})).toBe(200);
  expect(await status({ host: 'rebound.example' })).toBe(403);
  expect(await status({ origin: 'https://page.example' })).toBe(403);
});
