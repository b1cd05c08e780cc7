import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../cli/bigquery.ts';
import type { Child } from '../../cli/child.ts';
import { findLetters, type Letter, replayLetters } from '../../cli/dead-letters.ts';
import type { Verdict } from '../../cli/verify.ts';
import { project, SmallWorld } from './small-world.ts';

/** Good for the contract, too long for this table: São Paulo fits, Rio de Janeiro does not. */
const longestCity = '9';
const ofTheSink = { reason: 'refused_by_sink' };

let world: SmallWorld;
let worker: Child;
beforeAll(async () => {
  world = await SmallWorld.start({
    seed: 3,
    tables: (deployed) =>
      deployed.map((table) =>
        table.name === 'orders'
          ? {
              ...table,
              columns: table.columns.map((column) =>
                column.name === 'customer_city' ? { ...column, maxLength: longestCity } : column,
              ),
            }
          : table,
      ),
  });
  worker = world.startWorker();
});
afterAll(() => world.stop());

const letters = () => findLetters(project, ofTheSink);
const fresh = (found: readonly Letter[]) =>
  found.filter(({ attributes }) => attributes.replay_of === undefined);
const failing = ({ comparisons }: Verdict) =>
  comparisons
    .filter(({ missing, different, twice }) => missing.length + different.length + twice.length > 0)
    .map(({ store }) => store);

test('what the sink alone refuses becomes a dead letter with its words, and everything else is written', async () => {
  await world.publish(200);
  await world.settled();
  const found = await letters();
  expect(found.length).toBeGreaterThan(20);
  for (const { sink, step, got } of found) {
    expect({ sink, step }).toEqual({ sink: 'bigquery', step: 'write' });
    expect(got).toMatch(/customer_city/);
  }
  const cities = await ask(
    project,
    'SELECT MAX(LENGTH(customer_city)) AS longest, COUNT(*) AS n FROM raw.orders',
  );
  expect(Number(cities[0]?.longest)).toBeLessThanOrEqual(9);
  expect(Number(cities[0]?.n)).toBeGreaterThan(10);
  expect(failing(await world.verify())).toContain('BigQuery orders');
});

test('a replay before the table is mended changes nothing but the letters’ state', async () => {
  const before = fresh(await letters());
  const { letters: replayed } = await replayLetters(project, {
    selection: ofTheSink,
    dryRun: false,
    rate: undefined,
  });
  expect(replayed).toHaveLength(before.length);
  await world.settled();
  const after = await letters();
  expect(after).toHaveLength(2 * before.length);
  expect(new Set(fresh(after).map(({ state }) => state))).toEqual(new Set(['dead again']));
  expect(failing(await world.verify())).toContain('BigQuery orders');
});

test('with a wider column the table takes what is replayed, without a restart, and the ledger holds', async () => {
  await ask(project, 'ALTER TABLE raw.orders DROP COLUMN customer_city');
  await ask(project, 'ALTER TABLE raw.orders ADD COLUMN customer_city STRING');
  await replayLetters(project, { selection: ofTheSink, dryRun: false, rate: undefined });
  await world.settled();
  const verdict = await world.verify();
  expect(failing(verdict), verdict.lines.join('\n')).toEqual([]);
});

test('a second replay finds nothing to do, and the same messages once more change nothing', async () => {
  const { letters: again } = await replayLetters(project, {
    selection: ofTheSink,
    dryRun: false,
    rate: undefined,
  });
  expect(again).toEqual([]);
  const before = await everyRow();
  for (const { payload, attributes } of fresh(await letters())) await world.send(payload, attributes);
  await world.settled();
  expect(await everyRow()).toEqual(before);
  worker.kill('SIGTERM');
  expect(await worker.ended).toEqual({ code: 0, signal: null });
});

/** What the upsert tables hold, to the last cell but the marks of when it was written. */
async function everyRow(): Promise<unknown> {
  const tables = ['orders', 'order_items', 'order_payments'];
  return Promise.all(
    tables.map((table) => ask(project, `SELECT * FROM raw.${table} ORDER BY TO_JSON_STRING(${table})`)),
  );
}
