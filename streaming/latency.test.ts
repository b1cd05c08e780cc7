import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Latencies } from './latency.ts';

test('a quantile is within 9 % of the exact one', () => {
  const millis = fc.double({ min: 0.1, max: 600_000, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(millis, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.99),
      (values, share) => {
        const latencies = new Latencies();
        for (const value of values) latencies.record(value);
        const exact = values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1]!;
        const quantile = latencies.quantile(share)!;
        return quantile >= exact * 0.999 && quantile <= exact * 1.09;
      },
    ),
  );
});

test('nothing recorded has no quantile', () => {
  expect(new Latencies().quantile(0.5)).toBeNull();
});

test('counts what took at most so long, and sums it', () => {
  const latencies = new Latencies();
  for (const millis of [1, 9, 40, 2_000]) latencies.record(millis);
  expect([5, 10, 50, 1_000, 3_000].map((bound) => latencies.atMost(bound))).toEqual([1, 2, 3, 3, 4]);
  expect(latencies.sum).toBeCloseTo(2_050);
});

test('the first of many can be left out by another process', () => {
  const latencies = new Latencies();
  const slow = fc.sample(fc.double({ min: 500, max: 5_000, noNaN: true }), 20);
  for (const millis of slow) latencies.record(millis);
  const warm = JSON.parse(JSON.stringify(latencies.counts));
  for (const millis of [1, 2, 3]) latencies.record(millis);
  const since = Latencies.between(warm, JSON.parse(JSON.stringify(latencies.counts)));
  expect(since.count).toBe(3);
  expect(since.quantile(1)).toBeCloseTo(3, 0);
});
