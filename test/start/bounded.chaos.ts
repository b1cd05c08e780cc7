import { afterAll, expect, test } from 'vitest';
import { startFolder } from './start-process.ts';

const folder = startFolder();
afterAll(() => folder.remove());

test('a bounded run walks every order through everything and proves it', async () => {
  const run = folder.start('--orders', '300', '--once', '--json');
  const code = await run.ended;
  expect(run.err()).not.toMatch(/error|Warning/);
  const verdict = JSON.parse(run.out());
  expect({ code, holds: verdict.holds }).toEqual({ code: 0, holds: true });
  const found = Object.fromEntries(
    verdict.comparisons.map(({ store, found }: { store: string; found: number }) => [store, found]),
  );
  expect(found['BigQuery orders']).toBeGreaterThan(280);
  expect(found['Iceberg orders']).toBe(found['BigQuery orders']);
  for (const table of ['customers', 'products', 'sellers', 'clickstream'])
    expect(found[`BigQuery ${table}`], table).toBeGreaterThan(200);
  expect(found['dead letters']).toBeGreaterThan(0);
}, 120_000);
