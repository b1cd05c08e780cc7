import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Child } from '../../cli/child.ts';
import { crashPoints, killAt } from './crash-points.ts';
import { isShort } from './length.ts';
import { SmallWorld } from './small-world.ts';

const messages = 60;
const inTurn = [
  { source: 'client', workers: 1, points: crashPoints },
  { source: 'raw', workers: 1, points: crashPoints },
  { source: 'client', workers: 2, points: crashPoints },
];
/** The other source has but a few points of its own, and whether one worker dies or two is the same to them. */
const inShort = [
  { source: 'client', workers: 1, points: crashPoints },
  { source: 'raw', workers: 1, points: crashPoints.filter((_, index) => index % 4 === 1) },
];

describe.each(isShort ? inShort : inTurn)(
  '$workers workers that read by "$source"',
  ({ source, workers, points }) => {
    let world: SmallWorld;
    let alive: Child[] = [];
    beforeAll(async () => {
      world = await SmallWorld.start({ seed: workers * 10 + source.length });
    });
    afterAll(() => world.stop());

    async function start(count: number, words: readonly string[] = []): Promise<void> {
      const started = Array.from({ length: count }, () => world.startWorker(['--source', source, ...words]));
      await Promise.all(started.map((worker) => worker.firstLine()));
      alive = [...alive, ...started];
    }

    async function stop(): Promise<void> {
      for (const worker of alive) worker.kill('SIGTERM');
      await Promise.all(alive.map(({ ended }) => ended));
      alive = [];
    }

    test.each(points)('killed when $name: nothing is lost, nothing counts twice', async (point) => {
      if (point.words) await stop();
      await start(workers - alive.length, point.words);
      await killAt(point, world, alive, messages);
      alive = [];
      if (!point.mayBeDone) expect(world.backlog.unacked).toBeGreaterThan(0);
      await start(1);
      await world.settled();
      const verdict = await world.verify();
      expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    });
  },
);
