import { afterAll, expect, test } from 'vitest';
import { childrenOf, startFolder } from './start-process.ts';

const folder = startFolder();
afterAll(() => folder.remove());

test('killed with every process at once, it goes on with the same flags and still proves it', async () => {
  const flags = ['--orders', '1500', '--once', '--json'];
  const run = folder.start(...flags);
  await run.said(/bigquery [1-9]\d*\/s/);
  for (const pid of [...childrenOf(run.child.pid!), run.child.pid!]) process.kill(pid, 'SIGKILL');
  await run.ended;
  const again = folder.start(...flags);
  const code = await again.ended;
  expect(again.err()).toContain('Going on where the run');
  const verdict = JSON.parse(again.out());
  expect({ code, holds: verdict.holds }, verdict.lines.join('\n')).toEqual({ code: 0, holds: true });
}, 180_000);
