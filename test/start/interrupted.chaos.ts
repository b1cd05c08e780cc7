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

test.each([
  ['generate', 'the shop'],
  ['emulators', 'the emulators'],
])(
  'when %s dies the run ends and says how it goes on, and it does',
  async (word, who) => {
    const flags = ['--orders', '3000', '--once', '--json'];
    const run = folder.start(...flags, '--fresh');
    await run.said(/ in [1-9]\d*\/s/);
    const victim = childrenOf(run.child.pid!).find((pid) => wordsOf(pid).includes(word));
    process.kill(victim!, 'SIGKILL');
    expect(await run.ended).toBe(4);
    expect(run.err()).toContain(`${who} ended before the run was done: got SIGKILL`);
    const again = folder.start(...flags);
    expect(await again.ended).toBe(0);
    expect(JSON.parse(again.out()).holds).toBe(true);
  },
  180_000,
);
