import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mainFile } from '../cli/child.ts';
import { type LocalRun, startLocalRun } from './local-run.ts';

let run: LocalRun;
beforeAll(async () => {
  run = await startLocalRun();
}, 60_000);
afterAll(() => run.stop());

test('a worker whose figures nobody reads any more drains and ends, as when it is asked to', async () => {
  await run.publish(50);
  const worker = spawn(process.execPath, [mainFile, 'worker', '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  worker.stderr.setEncoding('utf8').on('data', (words: string) => (said += words));
  await once(worker.stdout, 'data');
  worker.stdout.destroy();
  const [code] = await once(worker, 'close');
  expect({ code, said }).toEqual({ code: 0, said: '' });
  const last = run.startWorker();
  await run.backlogBelow(0);
  last.kill('SIGTERM');
  expect((await run.verify()).holds).toBe(true);
}, 60_000);
