import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../../testing.ts';
import { entries } from './index.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

describe('every example in the catalogue has the answer that the documentation gives', () => {
  for (const entry of entries) {
    if (entry.examples.length === 0) continue;
    test(entry.name, async () => {
      for (const [expression, answer] of entry.examples) {
        const got = bench.value(`SELECT ${expression} AS x`);
        if (answer === 'error') await expect(got, expression).rejects.toThrow();
        else expect(await got, expression).toEqual(answer);
      }
    });
  }
});

test('every function has an example, or is a window or statistical function shown in the statements', () => {
  const bare = entries.filter(
    (e) => e.examples.length === 0 && e.kind === 'scalar' && !e.name.startsWith('$'),
  );
  expect(bare.map((e) => e.name)).toEqual([]);
});

test('no name is in the catalogue twice', () => {
  const names = entries.map((e) => e.name);
  expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
});
