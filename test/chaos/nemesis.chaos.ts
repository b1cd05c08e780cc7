import { expect, test } from 'vitest';
import type { Ended } from '../../cli/child.ts';
import { Dice } from './dice.ts';
import { Keeper } from './keeper.ts';
import { askedSeeds, isShort } from './length.ts';
import { haunt } from './nemesis.ts';
import { SmallWorld } from './small-world.ts';

const seeds = askedSeeds ?? (isShort ? [1] : [1, 2, 3]);
const millis = isShort ? 10_000 : 45_000;

/**
 * Drained, left after eight seconds of draining, met what nobody understands, killed, or asked to stop once more when
 * it had drained and listened no longer: no worker ends otherwise.
 */
const lawfulEnds = ['0', '4', '70', 'SIGKILL', 'SIGTERM'];
const howItEnded = ({ code, signal }: Ended) => String(signal ?? code);

test.each(seeds)('whatever happens for a while, the ledger holds when it is over (seed %i)', async (seed) => {
  const world = await SmallWorld.start({ seed });
  try {
    const keepers = [new Keeper(world, 1, ['--source', 'client']), new Keeper(world, 1, ['--source', 'raw'])];
    await Promise.all(keepers.map(({ newest }) => newest.firstLine()));
    const done = await haunt(world, keepers, { dice: new Dice(seed), millis });
    const calmSince = performance.now();
    await world.settledInTime();
    const recoveryMillis = Math.round(performance.now() - calmSince);
    const last = await Promise.all(keepers.map((keeper) => keeper.close()));
    const verdict = await world.verify();
    const ends = Map.groupBy(
      keepers.flatMap((keeper) => keeper.ends),
      howItEnded,
    );
    const counted = Object.fromEntries([...ends].map(([how, those]) => [how, those.length]));
    console.log(JSON.stringify({ seed, done, ends: counted, recoveryMillis, verdict: verdict.lines[0] }));
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    expect([...ends.keys()].filter((how) => !lawfulEnds.includes(how))).toEqual([]);
    expect(last.flat()).toEqual(keepers.map(() => ({ code: 0, signal: null })));
  } finally {
    await world.stop();
  }
});
