import { expect, test } from 'vitest';
import { Dice } from './dice.ts';
import { Keeper } from './keeper.ts';
import { isShort } from './length.ts';
import { haunt } from './nemesis.ts';
import { SmallWorld } from './small-world.ts';

const seeds = isShort ? [1] : [1, 2, 3];
const millis = isShort ? 10_000 : 45_000;

test.each(seeds)('whatever happens for a while, the ledger holds when it is over (seed %i)', async (seed) => {
  const world = await SmallWorld.start({ seed });
  try {
    const keepers = [new Keeper(world, 1, ['--source', 'client']), new Keeper(world, 1, ['--source', 'raw'])];
    await Promise.all(keepers.map(({ newest }) => newest.firstLine()));
    const done = await haunt(world, keepers, { dice: new Dice(seed), millis });
    await world.settledInTime();
    const last = await Promise.all(keepers.map((keeper) => keeper.close()));
    const verdict = await world.verify();
    console.log(
      JSON.stringify({ seed, done, ends: keepers.flatMap(({ ends }) => ends), verdict: verdict.lines[0] }),
    );
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
    expect(last.flat()).toEqual(keepers.map(() => ({ code: 0, signal: null })));
  } finally {
    await world.stop();
  }
});
