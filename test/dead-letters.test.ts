import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../cli/bigquery.ts';
import {
  countLetters,
  findLetters,
  type Letter,
  oneLetter,
  repairedPayload,
  replayLetters,
  saveRepair,
} from '../cli/dead-letters.ts';
import { readConfiguration } from '../cli/settings.ts';
import { verifyLedger } from '../cli/verify.ts';
import { exampleOrder } from '../contracts/index.ts';
import { pubsubClient } from '../runtime/google-clients.ts';
import { type LocalRun, startLocalRun } from './local-run.ts';

const project = 'orderlake-local';
const topic = 'olist_orders_topic';
let run: LocalRun;
let directory: string;

/** Three messages: one that lost its end, one whose payments miss a cent too many, and one that is no order at all. */
const sound = JSON.stringify(exampleOrder);
const bodies = {
  torn: sound.slice(0, 200),
  unpaid: JSON.stringify({ ...exampleOrder, event_id: 'unpaid-1', order_payments: [] }),
  nothing: '"hello"',
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'orderlake-letters-'));
  run = await startLocalRun();
  run.startWorker();
  const client = await pubsubClient(project);
  for (const data of Object.values(bodies)) {
    await client.topic(topic).publishMessage({ data: Buffer.from(data), attributes: { source: 'a test' } });
  }
  await client.close();
  await settled(3);
}, 120_000);
afterAll(async () => {
  await run.stop();
  rmSync(directory, { recursive: true });
});

async function settled(letters: number): Promise<Letter[]> {
  for (;;) {
    await run.backlogBelow(0);
    const found = await findLetters(project, {});
    if (found.length >= letters) return found;
    await wait(50);
  }
}

test('every dead letter waits, with its body, its attributes and why', async () => {
  const letters = await findLetters(project, {});
  expect(letters.map(({ payload }) => payload.toString()).toSorted()).toEqual(
    Object.values(bodies).toSorted(),
  );
  expect(new Set(letters.map(({ state }) => state))).toEqual(new Set(['waiting']));
  expect(letters[0]!.attributes).toEqual({ source: 'a test' });
  expect(await findLetters(project, { reason: letters[0]!.reason, limit: 1 })).toHaveLength(1);
  expect(await findLetters(project, { since: '2100-01-01' })).toEqual([]);
});

test('a dry run changes nothing', async () => {
  const { letters } = await replayLetters(project, { selection: {}, dryRun: true, rate: undefined });
  expect(letters).toHaveLength(3);
  expect(await run.backlog()).toBe(0);
  const tables = "SELECT table_name FROM ops.INFORMATION_SCHEMA.TABLES WHERE table_name LIKE 'dead_letter%'";
  expect(await ask(project, tables)).toEqual([]);
  expect((await countLetters(project)).every(({ state }) => state === 'waiting')).toBe(true);
});

test('what is repaired and replayed is taken, what is not is dead again, and nothing is replayed twice', async () => {
  const torn = (await findLetters(project, {})).find(({ payload }) => payload.length === 200)!;
  const file = join(directory, 'repaired.json');
  writeFileSync(file, sound);
  const edited = await saveRepair(project, torn, repairedPayload(torn, file));
  expect(edited).toEqual({ changed: true, verdict: 'would be taken (ok)' });
  expect((await oneLetter(project, torn.messageId)).payload.toString()).toBe(sound);

  const first = await replayLetters(project, { selection: {}, dryRun: false, rate: undefined });
  expect(first.letters).toHaveLength(3);
  const after = await settled(5);
  const stateOf = (text: string) =>
    after.find(({ payload, attributes }) => payload.toString() === text && !attributes.replay_of)?.state;
  expect(stateOf(sound)).toBe('taken');
  expect(stateOf(bodies.unpaid)).toBe('dead again');
  expect(stateOf(bodies.nothing)).toBe('dead again');
  const again = after.filter(({ attributes }) => attributes.replay_of);
  expect(again.map(({ attributes }) => attributes.replay)).toEqual([first.replay, first.replay]);

  const originals = { selection: { messageId: torn.messageId }, dryRun: false, rate: undefined };
  expect((await replayLetters(project, originals)).letters).toEqual([]);
}, 120_000);

test('what is proved of the tables knows of repairs, which no ledger can', async () => {
  const ledger = join(directory, 'ledger.jsonl');
  writeFileSync(ledger, '');
  const place = { ...readConfiguration({ sinks: 'bigquery' }, 'no-file.json').values };
  const { comparisons, lines } = await verifyLedger(place, ledger);
  expect(lines[0]).toMatch(/^0 messages in the ledger and 1 from repaired dead letters: NOT/);
  const [orders, history] = comparisons;
  expect(orders).toMatchObject({ store: 'BigQuery orders', expected: 1, found: 1, different: [] });
  expect(history).toMatchObject({ expected: 1, unexpected: [] });
  await expect(verifyLedger(place, join(directory, 'none.jsonl'))).rejects.toThrow(
    /ledger .* cannot be read/,
  );
});

test('an unknown message id says where to look', async () => {
  await expect(oneLetter(project, 'none')).rejects.toThrow(/orderlake dead-letters list/);
});
