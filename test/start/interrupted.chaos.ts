import { afterAll, expect, test } from 'vitest';
import { startFolder } from './start-process.ts';

const folder = startFolder();
afterAll(() => folder.remove());

test('Ctrl-C ends the shop, drains, runs the daily job and prints its KPIs', async () => {
  const run = folder.start('--rate', '300');
  await run.said(/iceberg [1-9]\d*\/s/);
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(run.err()).toContain('SUCCEEDED');
  expect(run.out()).toMatch(/order_date +orders +revenue/);
}, 120_000);
