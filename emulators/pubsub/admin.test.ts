import { expect, test, vi } from 'vitest';
import {
  benchOfFile,
  project,
  publish,
  pull,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

const bench = benchOfFile();

const call = async (method: string, path: string, body?: object): Promise<unknown> => {
  const url = `http://${bench.emulator.environment.PUBSUB_EMULATOR_HOST}/_emulator/${path}`;
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return response.json();
};

test('over HTTP: the clock is pushed forward, and what is due then happens', async () => {
  await withSubscription(bench);
  await publish(bench, 'a');
  await pull(bench);
  expect(bench.emulator.backlog(subscriptionName).outstanding).toBe(1);
  await call('POST', 'clock', { advanceMilliseconds: 11_000 });
  expect(bench.emulator.backlog(subscriptionName).outstanding).toBe(0);
  expect((await pull(bench)).map(({ text }) => text)).toEqual(['a']);
});

test('over HTTP: a paused emulator answers nothing and delivers nothing until it goes on', async () => {
  await withSubscription(bench);
  const stream = bench.subscriber.streamingPull();
  const got: string[] = [];
  stream.on('data', ({ receivedMessages }) => {
    for (const { message } of receivedMessages) got.push(String(message.data));
  });
  stream.write({ subscription: subscriptionName, streamAckDeadlineSeconds: 60 });
  await new Promise((resolve) => stream.once('data', resolve));
  await call('POST', 'pause');
  let published = false;
  const publishing = publish(bench, 'a').then(() => {
    published = true;
  });
  expect(await call('GET', '')).toMatchObject({ paused: true });
  expect(published).toBe(false);
  await call('POST', 'resume');
  await publishing;
  await vi.waitFor(() => expect(got).toEqual(['a']));
  const ended = new Promise((resolve) => stream.once('end', resolve));
  stream.end();
  await ended;
});

test('over HTTP: the state is told whole, and reset leaves nothing of it', async () => {
  await withSubscription(bench, { labels: { a: 'b' } });
  await publish(bench, 'a');
  await bench.subscriber.createSnapshot({ name: `${project}/snapshots/one`, subscription: subscriptionName });
  expect(await call('GET', 'state')).toMatchObject({
    topics: [{ name: topicName }],
    subscriptions: [{ name: subscriptionName, labels: { a: 'b' }, unacked: 1 }],
    snapshots: [{ name: `${project}/snapshots/one`, messages: 1 }],
    schemas: [],
  });
  bench.emulator.faults.next('Publish', 1, { kind: 'hang' });
  await call('POST', 'reset');
  expect(await call('GET', 'state')).toEqual({
    backlogBytes: 0,
    paused: false,
    topics: [],
    subscriptions: [],
    snapshots: [],
    schemas: [],
  });
  await withSubscription(bench);
  await publish(bench, 'b');
  expect((await pull(bench)).map(({ text }) => text)).toEqual(['b']);
});

test.each([
  { kind: 'hang' },
  { kind: 'hang', landed: true },
  { kind: 'slow', milliseconds: 30 },
  { kind: 'drop' },
] as const)('a call that meets %j ends as planned, and the next one works', async (fault) => {
  await withSubscription(bench);
  bench.emulator.faults.next('Publish', 1, fault);
  const messages = [{ data: Buffer.from('a') }];
  const once = bench.publisher.publish({ topic: topicName, messages }, { timeout: 400, maxRetries: 0 });
  if (fault.kind === 'slow') await once;
  // The client tries again after a break of the connection, which it may not here.
  else await expect(once).rejects.toThrow(fault.kind === 'hang' ? 'DEADLINE_EXCEEDED' : 'retries');
  await publish(bench, 'b');
  const landed = fault.kind === 'slow' || ('landed' in fault && fault.landed);
  expect((await pull(bench)).map(({ text }) => text)).toEqual(landed ? ['a', 'b'] : ['b']);
});
