import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type Bench,
  publish,
  pull,
  startBench,
  subscriptionName,
  topicName,
  withSubscription,
} from './testing.ts';

let folder: string;
const open: Bench[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-'));
});
afterEach(async () => {
  for (const bench of open.splice(0)) await bench.stop();
  rmSync(folder, { recursive: true });
});

async function start(dataDirectory: string): Promise<Bench> {
  const bench = await startBench({ dataDirectory });
  open.push(bench);
  return bench;
}

/** What a killed process leaves: the files as they are now, while it goes on. Its claim would be a dead process's. */
function asLeftByKill(name: string): string {
  const copy = join(folder, name);
  cpSync(join(folder, 'data'), copy, { recursive: true });
  rmSync(join(copy, 'emulator.lock'));
  return copy;
}

const journalFiles = (path: string): string[] =>
  readdirSync(path).filter((name) => name.startsWith('journal-'));
const acknowledge = (bench: Bench, ackIds: string[]) =>
  bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds });

test('after a kill everything published is there, and what was acknowledged does not come back', async () => {
  const bench = await start(join(folder, 'data'));
  await withSubscription(bench, { ackDeadlineSeconds: 77, labels: { a: 'b' } });
  const ids = await publish(bench, 'a', 'b', 'c', 'd');
  const got = await pull(bench, 2);
  await acknowledge(bench, [got[0]!.ackId]);
  const acknowledged = got[0]!.text;
  // Acknowledgements are written some milliseconds later; until then they may come back.
  await vi.waitFor(async () => {
    const survivor = await startBench({ dataDirectory: asLeftByKill('killed') });
    try {
      const [settings] = await survivor.subscriber.getSubscription({ subscription: subscriptionName });
      expect(settings).toMatchObject({ topic: topicName, ackDeadlineSeconds: 77, labels: { a: 'b' } });
      const left = (await pull(survivor)).map(({ text }) => text);
      expect(left).toEqual(['a', 'b', 'c', 'd'].filter((text) => text !== acknowledged));
      const later = await publish(survivor, 'e');
      expect(Number(later[0])).toBeGreaterThan(Number(ids.at(-1)));
    } finally {
      await survivor.stop();
      rmSync(join(folder, 'killed'), { recursive: true });
    }
  });
});

test('an ack id from before the kill is honoured after it', async () => {
  const bench = await start(join(folder, 'data'));
  await withSubscription(bench);
  await publish(bench, 'a');
  const [{ ackId } = { ackId: '' }] = await pull(bench);
  const survivor = await start(asLeftByKill('killed'));
  await pull(survivor);
  await acknowledge(survivor, [ackId]);
  expect(survivor.emulator.backlog(subscriptionName).unacked).toBe(0);
});

test('a record cut short at the end is passed over; those before it count', async () => {
  const bench = await start(join(folder, 'data'));
  await withSubscription(bench);
  await publish(bench, 'whole');
  await publish(bench, 'torn');
  const killed = asLeftByKill('killed');
  const file = join(killed, journalFiles(killed).at(-1)!);
  truncateSync(file, statSync(file).size - 3);
  const survivor = await start(killed);
  expect((await pull(survivor)).map(({ text }) => text)).toEqual(['whole']);
});

test('bytes that were never written whole at the end do no harm', async () => {
  const bench = await start(join(folder, 'data'));
  await withSubscription(bench);
  await publish(bench, 'whole');
  const killed = asLeftByKill('killed');
  appendFileSync(join(killed, journalFiles(killed).at(-1)!), Buffer.alloc(64));
  const survivor = await start(killed);
  expect((await pull(survivor)).map(({ text }) => text)).toEqual(['whole']);
});

test('two subscriptions hold different messages of one call across several restarts', async () => {
  let bench = await startBench({ dataDirectory: join(folder, 'data') });
  await withSubscription(bench);
  const other = subscriptionName.replace('reader', 'second');
  await bench.subscriber.createSubscription({ name: other, topic: topicName });
  await publish(bench, 'a', 'b', 'c');
  const first = await pull(bench);
  await acknowledge(bench, [first[1]!.ackId]);
  const second = await pull(bench, 10, other);
  await bench.subscriber.acknowledge({ subscription: other, ackIds: [second[0]!.ackId] });
  for (let restart = 0; restart < 2; restart++) {
    await bench.stop();
    bench = await startBench({ dataDirectory: join(folder, 'data') });
  }
  open.push(bench);
  expect((await pull(bench)).map(({ text }) => text)).toEqual(['a', 'c']);
  expect((await pull(bench, 10, other)).map(({ text }) => text)).toEqual(['b', 'c']);
  expect(journalFiles(join(folder, 'data'))).toHaveLength(1);
});

test('a deleted topic and a deleted subscription stay deleted', async () => {
  let bench = await startBench({ dataDirectory: join(folder, 'data') });
  await withSubscription(bench);
  await publish(bench, 'a');
  await bench.subscriber.deleteSubscription({ subscription: subscriptionName });
  await bench.publisher.deleteTopic({ topic: topicName });
  await bench.stop();
  bench = await start(join(folder, 'data'));
  await expect(bench.publisher.getTopic({ topic: topicName })).rejects.toMatchObject({ code: 5 });
  await withSubscription(bench);
  expect(await pull(bench)).toEqual([]);
});

test('stop may be called twice, and frees the folder for the next emulator', async () => {
  const bench = await startBench({ dataDirectory: join(folder, 'data') });
  await bench.stop();
  const next = await start(join(folder, 'data'));
  await bench.emulator.stop();
  await expect(startBench({ dataDirectory: join(folder, 'data') })).rejects.toThrow('is in use by process');
  await withSubscription(next);
});

test('a folder in use is refused to a second emulator', async () => {
  await start(join(folder, 'data'));
  await expect(startBench({ dataDirectory: join(folder, 'data') })).rejects.toThrow('is in use by process');
});
