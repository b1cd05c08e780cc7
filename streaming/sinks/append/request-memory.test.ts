import { expect, test } from 'vitest';
import { RequestMemory } from './request-memory.ts';

test('memory of an answered request serves the next that fits into it, and no two at a time', () => {
  const memory = new RequestMemory();
  const first = memory.take(1_000);
  const second = memory.take(1_000);
  expect([first.length, second.length]).toEqual([1_000, 1_000]);
  expect(second.buffer).not.toBe(first.buffer);
  memory.giveBack(first);
  const third = memory.take(2_000);
  expect(third.buffer).toBe(first.buffer);
  expect(third.length).toBe(2_000);
  expect(memory.take(3_000).buffer).not.toBe(first.buffer);
});

test('of much memory that is given back the largest is kept', () => {
  const memory = new RequestMemory();
  const requests = [10, 100_000, 200_000, 300_000, 400_000].map((bytes) => memory.take(bytes));
  for (const request of requests) memory.giveBack(request);
  const buffers = requests.map(({ buffer }) => buffer);
  expect(
    [400_000, 300_000, 200_000, 100_000].map((bytes) => buffers.indexOf(memory.take(bytes).buffer)),
  ).toEqual([4, 3, 2, 1]);
  expect(buffers).not.toContain(memory.take(10).buffer);
});

test('memory of a rare large request is not kept', () => {
  const memory = new RequestMemory();
  const large = memory.take(8_000_000);
  memory.giveBack(large);
  expect(memory.take(1_000).buffer).not.toBe(large.buffer);
});
