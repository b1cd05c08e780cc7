import type { Order } from '../contracts/index.ts';
import type { Day } from './calendar.ts';
import type { Draft } from './draft.ts';
import { kilometresBetween } from './geography.ts';
import { Random } from './random.ts';

export type Status = Order['order_status'];

/** One change of an order. The first one makes version 2: version 1 is the order as it was placed. */
export interface Step {
  readonly status: Status;
  /** Microseconds. */
  readonly at: number;
}

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const lifeSeed = 0x6c696665;

const fraudNoticed = 0.35;
const cancelled = 0.014;
const unavailable = 0.006;
const lost = 0.004;
const returned = 0.011;
const giftReturned = 0.065;
const kilometresPerDay = 320;

/** No order changes later than this after its purchase: how far back a window must look for what falls into it. */
export const longestLife = 60 * day;

/** Tells lives; draws from a stream of its own, so that order and life do not depend on each other's draws. */
export class Lives {
  private readonly seed: number;
  private readonly random = new Random();

  constructor(seed: number) {
    this.seed = seed ^ lifeSeed;
  }

  /** All changes of an order, in the order of time. */
  of(order: Draft, today: Day): readonly Step[] {
    const random = this.random.restart(this.seed, order.number);
    const { purchase } = order;
    const approved = { status: 'approved', at: this.approval(order, random) } as const;
    if (random.chance(order.fraud ? fraudNoticed : cancelled)) {
      const at =
        purchase + (order.fraud ? random.between(10, 60) * minute : random.between(20, 900) * minute);
      return [...(approved.at < at ? [approved] : []), { status: 'canceled', at }];
    }
    if (random.chance(unavailable))
      return [approved, { status: 'unavailable', at: approved.at + random.between(2, 40) * hour }];
    const handled = {
      status: random.chance(0.5) ? 'invoiced' : 'processing',
      at: approved.at + random.between(20, 400) * minute,
    } as const;
    const daysToShip = today.slowCarriers ? 4 + random.fraction() * 5 : 1 + random.fraction() * 2;
    const shipped = { status: 'shipped', at: handled.at + wholeSeconds(daysToShip * day) } as const;
    if (random.chance(lost)) return [approved, handled, shipped];
    const delivered = {
      status: 'delivered',
      at: shipped.at + wholeSeconds(travelDays(order, random) * day),
    } as const;
    const steps = [approved, handled, shipped, delivered];
    const at = this.returnOf(order, delivered.at, random);
    // Olist has no status of its own for what is sent back: such an order ends canceled with a date of delivery.
    return at === undefined ? steps : [...steps, { status: 'canceled', at }];
  }

  /** A card within minutes, more rarely hours; a boleto is paid at a bank, by the next day. */
  private approval({ purchase, parts }: Draft, random: Random): number {
    if (parts[0]?.type === 'boleto') return purchase + random.between(10 * 60, 24 * 60) * minute;
    const seconds = random.chance(0.85) ? random.between(20, 1_200) : random.between(1_200, 80_000);
    return purchase + seconds * second;
  }

  private returnOf(order: Draft, delivered: number, random: Random): number | undefined {
    const bought = new Date(order.purchase / 1_000);
    const christmas = order.gift && bought.getUTCMonth() === 11;
    if (!random.chance(christmas ? giftReturned : returned)) return undefined;
    if (!christmas) return delivered + random.between(2 * 24, 10 * 24) * hour;
    const newYear = Date.UTC(bought.getUTCFullYear() + 1, 0, 2, 12) * 1_000;
    return Math.max(newYear, delivered) + random.between(1, 20 * 24) * hour;
  }
}

/** By the distance from the seller of the first line, and a good deal of chance. */
function travelDays({ lines, customer }: Draft, random: Random): number {
  const from = lines[0]?.product.seller.stateIndex ?? 0;
  return (
    1 +
    (kilometresBetween(from, customer.place.stateIndex) / kilometresPerDay) * (0.5 + random.fraction()) +
    random.fraction() * 4
  );
}

function wholeSeconds(micros: number): number {
  return Math.floor(micros / second) * second;
}
