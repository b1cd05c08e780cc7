import { expect, test } from 'vitest';
import { bytesOf, type RowRun, RowRuns, rowsOf } from './row-run.ts';

const slab = new Uint8Array(400);
/** Rows of 3, 0 and 200 bytes, the last with a length of two. */
slab.set([0x0a, 3, 1, 2, 3, 0x0a, 0, 0x0a, 0xc8, 0x01]);

test('what begins where the last run ends in the same slab becomes part of it', () => {
  const runs = new RowRuns();
  for (const run of [
    { slab, from: 0, to: 5 },
    { slab, from: 5, to: 7 },
    { slab: slab.slice(), from: 7, to: 210 },
    { slab, from: 7, to: 210 },
  ])
    runs.add(run);
  expect(runs.list.map(({ from, to }) => [from, to])).toEqual([
    [0, 7],
    [7, 210],
    [7, 210],
  ]);
  expect(bytesOf(runs.list)).toBe(7 + 203 + 203);
});

test('a run added is not changed by what is added behind it, for it is sent again as it is', () => {
  const first: RowRun = { slab, from: 0, to: 5 };
  const runs = new RowRuns();
  runs.add(first);
  runs.add({ slab, from: 5, to: 7 });
  expect(first.to).toBe(5);
});

test('every row of a run is found, whatever its length', () => {
  const rows = rowsOf([{ slab, from: 0, to: 210 }]);
  expect(rows.map(({ from, to }) => [from, to])).toEqual([
    [0, 5],
    [5, 7],
    [7, 210],
  ]);
});
