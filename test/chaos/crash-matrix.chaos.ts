import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Child } from '../../cli/child.ts';
import { crashPoints, killAt } from './crash-points.ts';
import { isShort } from './length.ts';
import { SmallWorld } from './small-world.ts';

const messages = 60;
const settings = [
  { source: 'client', workers: 1 },
  { source: 'raw', workers: 1 },
  { source: 'client', workers: 2 },
];

describe.each(isShort ? settings.slice(0, 2) : settings)(
  '$workers workers that read by "$source"',
  ({ source, workers }) => {
    let world: SmallWorld;
    let alive: Child[] = [];
    beforeAll(async () => {
      world = await SmallWorld.start({ seed: workers * 10 + source.length });
    });
    afterAll(() => world.stop());

    async function start(count: number): Promise<void> {
      const started = Array.from({ length: count }, () => world.startWorker(['--source', source]));
      await Promise.all(started.map((worker) => worker.firstLine()));
      alive = [...alive, ...started];
    }

    test.each(crashPoints)('killed when $name: nothing is lost, nothing counts twice', async (point) => {
      await start(workers - alive.length);
      await killAt(point, world, alive, messages);
      alive = [];
      await start(1);
      await world.settled();
      const verdict = await world.verify();
      expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    });
  },
);
