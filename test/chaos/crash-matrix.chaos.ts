import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Child } from '../../cli/child.ts';
import { crashPoints, killAt } from './crash-points.ts';
import { isShort } from './length.ts';
import { SmallWorld } from './small-world.ts';

const messages = 60;
const all = [
  { source: 'client', workers: 1 },
  { source: 'raw', workers: 1 },
  { source: 'client', workers: 2 },
];

const inShort = (settings: (typeof all)[number], index: number) =>
  settings.workers === 1 && (settings.source === 'client' || index % 4 === 1);

describe.each(all)('$workers workers that read by "$source"', (setting) => {
  const { source, workers } = setting;
  const points = crashPoints.filter((_, index) => !isShort || inShort(setting, index));
  if (points.length === 0) return;
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
    await start(1);
    await world.settled();
    const verdict = await world.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
  });
});
