import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startLocalRun } from './local-run.ts';

test('counter-test: a worker that acknowledges before it has written is caught', async () => {
  const run = await startLocalRun();
  try {
    await run.publish(800);
    const published = await run.backlog();
    const first = run.startWorker({ file: join(import.meta.dirname, 'ack-before-append-worker.ts') });
    await run.backlogBelow(published * 0.6);
    first.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    const second = run.startWorker();
    await run.backlogBelow(0);
    second.kill('SIGTERM');
    await second.ended;
    const verdict = await run.verify();
    expect(verdict.holds).toBe(false);
    expect(verdict.comparisons.some(({ missing }) => missing.length > 0)).toBe(true);
  } finally {
    await run.stop();
  }
}, 120_000);
