import { expect } from 'vitest';
import type { Verdict } from '../cli/verify.ts';
import { startLocalRun } from './local-run.ts';

const orders = 800;

/** Kills a worker while it is in the middle, lets another finish, and says what the tables hold then. */
export async function killInTheMiddle(workerFile?: string): Promise<Verdict> {
  const run = await startLocalRun();
  try {
    await run.publish(orders);
    const published = await run.backlog();
    const first = run.startWorker({ file: workerFile });
    await run.backlogBelow(published * 0.6);
    first.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    expect(await run.backlog()).toBeGreaterThan(0);
    const second = run.startWorker();
    await run.backlogBelow(0);
    second.kill('SIGTERM');
    expect(await second.ended).toEqual({ code: 0, signal: null });
    return await run.verify();
  } finally {
    await run.stop();
  }
}
