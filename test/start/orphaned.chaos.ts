import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, test } from 'vitest';
import { isAlive, startFolder } from './start-process.ts';

const folder = startFolder();
afterAll(() => folder.remove());

test('when the start is killed nothing of it is left running', async () => {
  const run = folder.start('--orders', '50', '--rate', '50');
  const [, first] = await run.said(/Worker (\d+) writes bigquery/);
  const [, second] = await run.said(/Worker (\d+) writes iceberg/);
  run.child.kill('SIGKILL');
  await run.ended;
  for (const pid of [first, second]) while (isAlive(Number(pid))) await wait(50);
}, 120_000);
