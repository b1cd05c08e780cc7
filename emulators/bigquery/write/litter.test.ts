import { expect, test } from 'vitest';
import { Litter } from './litter.ts';

test('what requests leave behind is swept once it is a few megabytes', () => {
  let sweeps = 0;
  const litter = new Litter(() => void sweeps++);
  for (let i = 0; i < 7; i++) litter.left(500_000);
  expect(sweeps).toBe(1);
  litter.left(20_000_000);
  expect(sweeps).toBe(2);
});

test('a sweep frees the bytes that nobody holds any more', () => {
  const litter = new Litter();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 64; i++) litter.left(Buffer.allocUnsafeSlow(1_000_000).length);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000);
});
