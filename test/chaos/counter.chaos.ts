import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Verdict } from '../../cli/verify.ts';
import { SmallWorld } from './small-world.ts';

const messages = 120;
const program = (name: string) => join(import.meta.dirname, name);

let world: SmallWorld;
beforeEach(async () => {
  world = await SmallWorld.start({ seed: 13 });
});
afterEach(() => world.stop());

const failing = ({ comparisons }: Verdict) =>
  comparisons.filter(({ missing }) => missing.length > 0).map(({ store }) => store);

test('a worker without a defect is found to have none', async () => {
  const worker = world.startWorker();
  await world.publish(messages);
  await world.settled();
  worker.kill('SIGTERM');
  expect(await worker.ended).toEqual({ code: 0, signal: null });
  expect((await world.verify()).holds).toBe(true);
});

test('one that acknowledges before it has written is caught when it is killed', async () => {
  const worker = world.startWorker([], program('../ack-before-append-worker.ts'));
  world.bigquery.faults.next('AppendRows', 1_000, { kind: 'hang' });
  await world.publish(messages);
  await world.settled();
  worker.kill('SIGKILL');
  await worker.ended;
  world.bigquery.faults.reset();
  world.endLeases();
  world.startWorker();
  await world.publish(messages);
  await world.settled();
  expect(failing(await world.verify())).toContain('BigQuery history');
});

test('one that acknowledges what is dead without keeping a letter is caught', async () => {
  const worker = world.startWorker([], program('dropping-worker.ts'));
  await world.publish(messages);
  await world.settled();
  worker.kill('SIGTERM');
  expect(await worker.ended).toEqual({ code: 0, signal: null });
  const verdict = await world.verify();
  expect(failing(verdict)).toEqual(['dead letters']);
  const letters = verdict.comparisons.find(({ store }) => store === 'dead letters');
  expect(letters?.found).toBe(0);
  expect(letters?.missing).toHaveLength(letters?.expected ?? 0);
});
