import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeaseBook } from './lease-book.ts';

test('a lease is extended before it ends, and only then', () => {
  const book = new LeaseBook(60_000);
  book.take('a', 0);
  book.take('b', 10_000);
  expect(book.extendDue(20_000, 30_000)).toEqual([]);
  expect(book.extendDue(30_000, 30_000)).toEqual(['a']);
  expect(book.extendDue(30_000, 30_000)).toEqual([]);
  expect(book.extendDue(40_000, 30_000)).toEqual(['b']);
  expect(book.extendDue(60_000, 30_000)).toEqual(['a']);
});

test('what is settled is never extended, and is settled once', () => {
  const book = new LeaseBook(60_000);
  book.take('a', 0);
  expect([book.settle('a'), book.settle('a')]).toEqual([true, false]);
  expect(book.extendDue(100_000, 0)).toEqual([]);
});

test('looked at often enough, no lease that is held ever ends', () => {
  const step = fc.record({
    wait: fc.integer({ min: 1, max: 20_000 }),
    take: fc.boolean(),
    settle: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const book = new LeaseBook(60_000);
      const endings = new Map<string, number>();
      let now = 0;
      let next = 0;
      for (const { wait, take, settle } of steps) {
        now += wait;
        for (const ackId of book.extendDue(now, 30_000)) endings.set(ackId, now + 60_000);
        if (take) {
          book.take(String(next), now);
          endings.set(String(next++), now + 60_000);
        }
        if (book.settle(String(settle))) endings.delete(String(settle));
        for (const ending of endings.values()) expect(ending).toBeGreaterThan(now);
        expect(book.size).toBe(endings.size);
      }
    }),
  );
});
