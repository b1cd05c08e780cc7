import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lease, LeaseBook, type Lot } from './lease-book.ts';

function lease(ackId: string, lot: Lot): Lease {
  return { ackId, lot, isSettled: false };
}

/** Each in a response of its own. */
function taken(book: LeaseBook, ackId: string, now: number): Lease {
  const one = lease(ackId, book.begin(now));
  book.take(one);
  return one;
}

test('a lease is extended before it ends, and only then', () => {
  const book = new LeaseBook(60_000);
  taken(book, 'a', 0);
  taken(book, 'b', 10_000);
  expect(book.extendDue(20_000, 30_000)).toEqual([]);
  expect(book.extendDue(30_000, 30_000)).toEqual(['a']);
  expect(book.extendDue(30_000, 30_000)).toEqual([]);
  expect(book.extendDue(40_000, 30_000)).toEqual(['b']);
  expect(book.extendDue(60_000, 30_000)).toEqual(['a']);
});

test('what is settled is never extended, and is settled once', () => {
  const book = new LeaseBook(60_000);
  const a = taken(book, 'a', 0);
  expect([book.settle(a), book.settle(a)]).toEqual([true, false]);
  expect(book.extendDue(100_000, 0)).toEqual([]);
});

test('of what came together, those are extended and held that are not settled, also when the first were at once', () => {
  const book = new LeaseBook(60_000);
  const lot = book.begin(0);
  const [a, b, c] = ['a', 'b', 'c'].map((ackId) => lease(ackId, lot)) as [Lease, Lease, Lease];
  book.take(a);
  book.settle(a);
  book.take(b);
  book.take(c);
  book.settle(b);
  expect(book.extendDue(40_000, 30_000)).toEqual(['c']);
  expect([book.held(), book.size]).toEqual([[c], 1]);
});

test('looked at often enough, no lease that is held ever ends', () => {
  const step = fc.record({
    wait: fc.integer({ min: 1, max: 20_000 }),
    take: fc.nat(3),
    settle: fc.nat(30),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const book = new LeaseBook(60_000);
      const endings = new Map<string, number>();
      const leases: Lease[] = [];
      let now = 0;
      for (const { wait, take, settle } of steps) {
        now += wait;
        for (const ackId of book.extendDue(now, 30_000)) endings.set(ackId, now + 60_000);
        const lot = book.begin(now);
        for (let i = 0; i < take; i++) {
          const one = lease(String(leases.length), lot);
          book.take(one);
          leases.push(one);
          endings.set(one.ackId, now + 60_000);
        }
        const settled = leases[settle];
        if (settled && book.settle(settled)) endings.delete(settled.ackId);
        for (const ending of endings.values()) expect(ending).toBeGreaterThan(now);
        expect(book.size).toBe(endings.size);
      }
    }),
  );
});
