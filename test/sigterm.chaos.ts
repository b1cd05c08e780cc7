import { expect, test } from 'vitest';
import type { WorkerLine } from '../cli/run-worker.ts';
import { startLocalRun } from './local-run.ts';

test.each(['client', 'raw'])(
  'SIGTERM under load drains within ten seconds, and what it left is taken by the next worker (%s)',
  async (source) => {
    const run = await startLocalRun();
    try {
      await run.publish(800);
      const published = await run.backlog();
      const first = run.startWorker({ words: ['--source', source] });
      await run.backlogBelow(published * 0.7);
      const asked = performance.now();
      first.kill('SIGTERM');
      expect(await first.ended).toEqual({ code: 0, signal: null });
      expect(performance.now() - asked).toBeLessThan(10_000);
      const { unsettled, lanes } = first.latest as WorkerLine;
      expect(unsettled).toBe(0);
      // What it had taken it also wrote: nothing that was acknowledged is only in its memory.
      for (const { received, acknowledged, refused } of lanes) expect(acknowledged + refused).toBe(received);
      const left = await run.backlog();
      expect(left).toBeGreaterThan(0);
      const second = run.startWorker({ words: ['--source', source] });
      await run.backlogBelow(0);
      second.kill('SIGTERM');
      await second.ended;
      const verdict = await run.verify();
      expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    } finally {
      await run.stop();
    }
  },
  120_000,
);
