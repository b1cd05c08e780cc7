import { expect, test } from 'vitest';
import { difference32, difference64, packDeltas } from './delta.ts';

const packed = (values: readonly number[], difference = difference64) =>
  Buffer.from(packDeltas(values, 0, values.length, difference)).toString('hex');

// Blocks of 128 in 4 miniblocks, then how many numbers; the two examples of the format's specification.
const header = (count: string) => `800104${count}`;

test('numbers that rise evenly are their first, their step and no bits', () => {
  expect(packed([1, 2, 3, 4, 5])).toBe(`${header('05')}02${'02'}00000000`);
});

test('other numbers are how much their steps exceed the smallest step', () => {
  const bits = 'c03f000000000000';
  expect(packed([7, 5, 3, 1, 2, 3, 4, 5])).toBe(`${header('08')}0e${'03'}02000000${bits}`);
});

test('a step over the end of 32 bits wraps around, for no reader takes more than 32 bits for it', () => {
  expect(packed([2 ** 31 - 1, -(2 ** 31)], difference32)).toBe(`${header('02')}feffffff0f${'02'}00000000`);
});

test('nothing and one number are a header alone', () => {
  expect(packed([])).toBe(`${header('00')}00`);
  expect(packed([-1])).toBe(`${header('01')}01`);
});
