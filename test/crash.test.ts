import { expect, test } from 'vitest';
import { askNewest } from '../cli/newest-orders.ts';
import type { WorkerLine } from '../cli/run-worker.ts';
import { startLocalRun } from './local-run.ts';

test('a worker killed in the middle and one asked to leave in the middle lose nothing and count nothing twice', async () => {
  const run = await startLocalRun();
  try {
    await run.publish(800);
    const published = await run.backlog();
    const killed = run.startWorker();
    await run.backlogBelow(published * 0.8);
    killed.kill('SIGKILL');
    expect((await killed.ended).signal).toBe('SIGKILL');
    // Of what the first one left: until the second one works, it does not listen to SIGTERM either.
    const left = await run.backlog();
    const asked = run.startWorker({ words: ['--source', 'raw'] });
    await run.backlogBelow(left * 0.7);
    const since = performance.now();
    asked.kill('SIGTERM');
    expect(await asked.ended).toEqual({ code: 0, signal: null });
    expect(performance.now() - since).toBeLessThan(10_000);
    const { unsettled, lanes } = asked.latest as WorkerLine;
    expect(unsettled).toBe(0);
    // What it had taken it also wrote: nothing that was acknowledged is only in its memory.
    for (const { received, acknowledged, refused } of lanes) expect(acknowledged + refused).toBe(received);
    expect(await run.backlog()).toBeGreaterThan(0);
    const last = run.startWorker();
    await run.backlogBelow(0);
    last.kill('SIGTERM');
    expect(await last.ended).toEqual({ code: 0, signal: null });
    const verdict = await run.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    // What the terminal shows of it.
    const found = (what: string) => verdict.comparisons.find(({ store }) => store === what)?.found;
    const { orders, total, dead } = await askNewest(run.project);
    expect(total).toBe(found('BigQuery orders'));
    expect(dead.reduce((sum, { letters }) => sum + letters, 0)).toBe(found('dead letters'));
    expect(orders).toHaveLength(6);
    for (const { items, total: cost } of orders)
      expect([items > 0, cost]).toEqual([true, expect.stringMatching(/^\d+\.\d\d$/)]);
  } finally {
    await run.stop();
  }
}, 120_000);
