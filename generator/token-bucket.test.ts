import { expect, it } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

it('gives its rate and no more, however often it is asked', () => {
  const bucket = new TokenBucket(1_000, 0);
  let taken = 0;
  for (let now = 0; now <= 10_000; now += 7) taken += bucket.take(500, now);
  expect(taken).toBeGreaterThanOrEqual(9_990);
  expect(taken).toBeLessThanOrEqual(10_000);
  expect(bucket.achievedRate(10_000)).toBeCloseTo(1_000, -1);
  expect(bucket.overruns).toBe(0);
});

it('does not make up for a stall with a burst, and says how much was lost', () => {
  const bucket = new TokenBucket(1_000, 0);
  expect(bucket.take(10_000, 5_000)).toBe(100);
  expect(bucket.overruns).toBe(4_900);
});

it('says how long to wait for the next token', () => {
  const bucket = new TokenBucket(10, 0);
  expect(bucket.waitFor(0)).toBe(100);
  expect(bucket.waitFor(60)).toBe(40);
  expect(bucket.waitFor(100)).toBe(0);
});

it('is not confused by a clock that steps back', () => {
  const bucket = new TokenBucket(1_000, 1_000);
  expect(bucket.take(10, 0)).toBe(0);
  expect(bucket.take(100, 1_050)).toBe(50);
});
