import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DrivenClock } from '../frame/index.ts';
import {
  type Bench,
  project,
  publish,
  pull,
  startBench,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

const clock = new DrivenClock();
let bench: Bench;
beforeAll(async () => {
  bench = await startBench({ clock });
});
afterEach(() => bench.emulator.reset());
afterAll(() => bench.stop());

const other = subscriptionName.replace('reader', 'other');
const snapshot = `${project}/snapshots/moment`;
const seconds = () => ({ seconds: Math.floor(clock.now() / 1000), nanos: (clock.now() % 1000) * 1e6 });
const seek = (target: object) => bench.subscriber.seek({ subscription: subscriptionName, ...target });
const texts = async (subscription = subscriptionName) =>
  (await pull(bench, 100, subscription)).map(({ text }) => text);
const acknowledgeAll = async () =>
  bench.subscriber.acknowledge({
    subscription: subscriptionName,
    ackIds: (await pull(bench)).map(({ ackId }) => ackId),
  });

test('seeking ahead acknowledges what was published before', async () => {
  await withSubscription(bench);
  await publish(bench, 'a');
  clock.advance(1_000);
  const between = seconds();
  clock.advance(1_000);
  await publish(bench, 'b');
  await seek({ time: between });
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(1);
  expect(await texts()).toEqual(['b']);
});

test('seeking back brings acknowledged messages again only where they are retained', async () => {
  await withSubscription(bench, { retainAckedMessages: true });
  await bench.subscriber.createSubscription({ name: other, topic: topicName });
  const begin = seconds();
  await publish(bench, 'a', 'b');
  await acknowledgeAll();
  expect(await texts()).toEqual([]);
  await seek({ time: begin });
  expect(await texts()).toEqual(['a', 'b']);
  const ackIds = (await pull(bench, 10, other)).map(({ ackId }) => ackId);
  await bench.subscriber.acknowledge({ subscription: other, ackIds });
  await bench.subscriber.seek({ subscription: other, time: begin });
  expect(await texts(other)).toEqual([]);
});

test('a topic that retains lets a subscription made later go back before its own beginning', async () => {
  await bench.publisher.createTopic({ name: topicName, messageRetentionDuration: { seconds: 3_600 } });
  const begin = seconds();
  await publish(bench, 'a', 'b');
  clock.advance(1_000);
  const [made] = await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName });
  expect(Number(made.topicMessageRetentionDuration?.seconds)).toBe(3_600);
  expect(await texts()).toEqual([]);
  await seek({ time: begin });
  expect(await texts()).toEqual(['a', 'b']);
});

test('what is past the retention does not come back, and takes no memory', async () => {
  await bench.publisher.createTopic({ name: topicName, messageRetentionDuration: { seconds: 600 } });
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName });
  const begin = seconds();
  await publish(bench, 'old');
  await acknowledgeAll();
  clock.advance(599_000);
  await publish(bench, 'new');
  await acknowledgeAll();
  clock.advance(2_000);
  await seek({ time: begin });
  expect(await texts()).toEqual(['new']);
});

test('a snapshot keeps what was not acknowledged at its moment, and everything published since', async () => {
  await withSubscription(bench);
  await publish(bench, 'a', 'b');
  const [a] = await pull(bench);
  await bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds: [a!.ackId] });
  const [made] = await bench.subscriber.createSnapshot({
    name: snapshot,
    subscription: subscriptionName,
    labels: { why: 'test' },
  });
  expect(made).toMatchObject({ name: snapshot, topic: topicName, labels: { why: 'test' } });
  expect(Number(made.expireTime?.seconds)).toBe(Math.floor(clock.now() / 1000) + 7 * 86_400);
  await publish(bench, 'c');
  clock.advance(11_000);
  await acknowledgeAll();
  expect(await texts()).toEqual([]);
  await seek({ snapshot });
  expect(await texts()).toEqual(['b', 'c']);
});

test('snapshots are listed, updated and deleted, and go by themselves when they expire', async () => {
  await withSubscription(bench, { expirationPolicy: {} });
  await bench.subscriber.createSnapshot({ name: snapshot, subscription: subscriptionName });
  const [updated] = await bench.subscriber.updateSnapshot({
    snapshot: { name: snapshot, labels: { a: 'b' } },
    updateMask: { paths: ['labels'] },
  });
  expect(updated.labels).toEqual({ a: 'b' });
  expect((await bench.subscriber.listSnapshots({ project }))[0].map(({ name }) => name)).toEqual([snapshot]);
  expect((await bench.publisher.listTopicSnapshots({ topic: topicName }))[0]).toEqual([snapshot]);
  await bench.subscriber.deleteSnapshot({ snapshot });
  await expect(bench.subscriber.getSnapshot({ snapshot })).rejects.toMatchObject({ code: 5 });
  await bench.subscriber.createSnapshot({ name: snapshot, subscription: subscriptionName });
  clock.advance(7 * 86_400_000 + 100);
  await expect(seek({ snapshot })).rejects.toMatchObject({ code: 5 });
});

test('a snapshot that would live less than an hour, and one of another topic, are refused', async () => {
  await withSubscription(bench, { expirationPolicy: {} });
  await bench.publisher.createTopic({ name: `${project}/topics/elsewhere` });
  await bench.subscriber.createSubscription({ name: other, topic: `${project}/topics/elsewhere` });
  await bench.subscriber.createSnapshot({ name: snapshot, subscription: other });
  await expect(seek({ snapshot })).rejects.toMatchObject({ code: 9 });
  await publish(bench, 'old');
  clock.advance(7 * 86_400_000 - 3_599_000);
  const late = bench.subscriber.createSnapshot({
    name: `${project}/snapshots/late`,
    subscription: subscriptionName,
  });
  await expect(late).rejects.toMatchObject({ code: 9 });
});

test('a detached subscription keeps its settings, loses its messages and refuses to be read', async () => {
  await withSubscription(bench, { retainAckedMessages: true });
  await publish(bench, 'a');
  const waiting = bench.subscriber.streamingPull();
  const ended = new Promise<number>((resolve) =>
    waiting.on('error', (error: { code?: number }) => resolve(error.code ?? -1)),
  );
  waiting.write({ subscription: subscriptionName, streamAckDeadlineSeconds: 60 });
  await new Promise((resolve) => waiting.once('data', resolve));
  await bench.publisher.detachSubscription({ subscription: subscriptionName });
  expect(await ended).toBe(9);
  await expect(pull(bench)).rejects.toMatchObject({ code: 9 });
  const [found] = await bench.subscriber.getSubscription({ subscription: subscriptionName });
  expect(found).toMatchObject({ detached: true, topic: topicName });
  expect((await bench.publisher.listTopicSubscriptions({ topic: topicName }))[0]).toEqual([]);
});

test('snapshots, retained messages and seeks outlive a restart', async () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'pubsub-seek-'));
  const restart = async (): Promise<void> => {
    await bench.stop();
    bench = await startBench({ clock, dataDirectory });
  };
  await restart();
  await bench.publisher.createTopic({ name: topicName, messageRetentionDuration: { seconds: 3_600 } });
  await bench.subscriber.createSubscription({
    name: subscriptionName,
    topic: topicName,
    retainAckedMessages: true,
  });
  const begin = seconds();
  await publish(bench, 'a', 'b');
  await bench.subscriber.createSnapshot({ name: snapshot, subscription: subscriptionName });
  await acknowledgeAll();
  await publish(bench, 'c');
  await restart();
  expect(await texts()).toEqual(['c']);
  await seek({ snapshot });
  clock.advance(11_000);
  await acknowledgeAll();
  // Before the acknowledgements are written: they must not undo the seek that comes after them.
  await seek({ snapshot });
  await restart();
  expect(await texts()).toEqual(['a', 'b', 'c']);
  clock.advance(11_000);
  await acknowledgeAll();
  await bench.subscriber.deleteSnapshot({ snapshot });
  await bench.publisher.updateTopic({
    topic: { name: topicName },
    updateMask: { paths: ['message_retention_duration'] },
  });
  await restart();
  await seek({ time: begin });
  expect(await texts()).toEqual(['a', 'b', 'c']);
  rmSync(dataDirectory, { recursive: true });
});
