import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Instant } from '../contracts/index.ts';
import { Shop } from './shop.ts';
import { Teller } from './teller.ts';
import { bytesOf, wireOf } from './wire.ts';

const epoch = (Date.parse('2017-01-02T00:00:00-03:00') * 1000) as Instant;
const shop = new Shop({ seed: 3, epoch, ordersPerDay: 900 });
const teller = new Teller(shop);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A sender of bytes must not be told from one that builds the object first. */
function compared(number: number, version: number): void {
  const kind = version === 1 ? 'placed' : 'status';
  const happening = { at: 0, kind, number, version, sending: 'first' } as const;
  expect(text(teller.bytes(happening))).toBe(text(bytesOf(wireOf(teller.tell(happening)))));
}

it('an order and each of its changes are written as JSON.stringify would', () => {
  fc.assert(
    fc.property(fc.nat(2_000_000), (number) => {
      const changes = teller.life(number).length;
      for (let version = 1; version <= changes + 1; version++) compared(number, version);
    }),
  );
});

it("so is the fraudster's order, the longest there is", () => {
  const [fraud] = Array.from({ length: 9 }, (_, day) => shop.calendar.day(day).fraud).flat();
  expect(shop.order(fraud!).lines.length).toBeGreaterThanOrEqual(6);
  compared(fraud!, 1);
});
