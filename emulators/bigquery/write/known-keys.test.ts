import fc from 'fast-check';
import { expect, test } from 'vitest';
import { combineParts, hashBytes, hashNumber, KnownKeys } from './known-keys.ts';

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

test('a key is new exactly once, however many there are', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.oneof(half, fc.constantFrom(0, 1)), fc.oneof(half, fc.constant(0)))),
      (keys) => {
        const known = new KnownKeys();
        const seen = new Set<string>();
        for (const [low, high] of keys) {
          // Two zeros are kept as another hash: they may look known when they are new, never the other way.
          const name = low === 0 && high === 0 ? '1/0' : `${low}/${high}`;
          expect(known.add(low, high)).toBe(!seen.has(name));
          seen.add(name);
        }
        expect(known.size).toBe(seen.size);
      },
    ),
  );
});

test('a hundred thousand keys that differ in little have no hash in common', () => {
  const known = new KnownKeys();
  const parts = new Int32Array(4);
  const hash = new Int32Array(2);
  for (let i = 0; i < 100_000; i++) {
    const bytes = Buffer.from(`order-${i >> 2}`);
    parts.set([0, 0, 1, 0]);
    hashBytes(bytes, 0, bytes.length, parts, 0);
    hashNumber(i & 3, 0, parts, 2);
    combineParts(parts, hash, 0);
    known.add(hash[0] as number, hash[1] as number);
  }
  expect(known.size).toBe(100_000);
});
