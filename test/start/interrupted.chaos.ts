import { afterAll, expect, test } from 'vitest';
import { childrenOf, startFolder, wordsOf } from './start-process.ts';

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

test('a shop that dies ends the run and says how it goes on, and it does', async () => {
  const flags = ['--orders', '3000', '--once', '--json', '--fresh'];
  const run = folder.start(...flags);
  await run.said(/ in [1-9]\d*\/s/);
  const shop = childrenOf(run.child.pid!).find((pid) => wordsOf(pid).includes('generate'));
  process.kill(shop!, 'SIGKILL');
  expect(await run.ended).toBe(4);
  expect(run.err()).toContain('the shop ended before it was done: got SIGKILL');
  const again = folder.start(...flags.slice(0, -1));
  expect(await again.ended).toBe(0);
  expect(JSON.parse(again.out()).holds).toBe(true);
}, 180_000);
