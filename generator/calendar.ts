import type { Instant } from '../contracts/index.ts';
import { Random } from './random.ts';
import { Growth, type Season, seasonOf } from './season.ts';

const dayMicros = 86_400_000_000;
const hourMicros = 3_600_000_000;
/** The shop lives by São Paulo's clock; an hour of summer time more or less does not show in the curve. */
const saoPauloMicros = -3 * hourMicros;
const fraudSeed = 0x66726175;

/** Share of a day's orders per local hour, in per mille: a trough from 2 to 6, a plateau from 14 to 21. */
const hours = [24, 12, 6, 4, 3, 3, 6, 14, 31, 48, 59, 62, 56, 61, 65, 64, 67, 62, 60, 61, 64, 66, 60, 42];

/** One local day of the shop. */
export interface Day extends Season {
  /** Days since the opening. */
  readonly index: number;
  /** Its local midnight. */
  readonly midnight: Instant;
  readonly firstOrder: number;
  readonly orders: number;
  /** The orders of the day that a fraudster places, one to three. */
  readonly fraud: readonly number[];
}

/**
 * Volume is a pure function of time: order N is bought when the shop has sold N orders since it opened, so
 * history and live join without a seam. Days are kept in a list that grows as far as it is asked.
 */
export class Calendar {
  readonly openingDay: number;
  private readonly seed: number;
  private readonly ordersPerDay: number;
  private readonly growth: Growth;
  private readonly days: Day[] = [];
  private current: Day;

  /** The shop opens at the first local midnight that is not before `opening`. */
  constructor(opening: Instant, ordersPerDay: number, seed: number) {
    this.openingDay = Math.ceil((opening + saoPauloMicros) / dayMicros);
    this.ordersPerDay = ordersPerDay;
    this.seed = seed;
    this.growth = new Growth(seed, this.openingDay);
    this.current = this.day(0);
  }

  day(index: number): Day {
    for (let next = this.days.length; next <= index; next++) {
      const before = this.days[next - 1];
      this.days.push(this.madeDay(next, before === undefined ? 0 : before.firstOrder + before.orders));
    }
    return this.days[index] ?? this.current;
  }

  /** Stays on its day between calls, because orders are nearly always asked for one after another. */
  dayOfOrder(order: number): Day {
    let { current } = this;
    while (order < current.firstOrder) current = this.day(current.index - 1);
    while (order >= current.firstOrder + current.orders) current = this.day(current.index + 1);
    this.current = current;
    return current;
  }

  /** To the second. `fraction` says where between its neighbours the order falls. */
  purchaseOf(order: number, day: Day, fraction: number): Instant {
    const share = (order + fraction - day.firstOrder) / day.orders;
    const seconds = Math.floor(timeOfDay(share) / 1e6);
    return (day.midnight + seconds * 1e6) as Instant;
  }

  /** The first order that is not bought before this moment: no earlier one is bought later. */
  firstOrderFrom(moment: Instant): number {
    const { midnight } = this.day(0);
    if (moment <= midnight) return 0;
    const day = this.day(Math.floor((moment - midnight) / dayMicros));
    const share = shareSold(moment - day.midnight);
    // The slot that holds the moment may lie on either side of it.
    return day.firstOrder + Math.max(0, Math.floor(share * day.orders) - 1);
  }

  private madeDay(index: number, firstOrder: number): Day {
    const localDay = this.openingDay + index;
    const season = seasonOf(this.seed, localDay);
    const volume = this.ordersPerDay * season.volume * this.growth.factorOn(localDay);
    const orders = Math.max(1, Math.round(volume));
    const midnight = (localDay * dayMicros - saoPauloMicros) as Instant;
    return { ...season, index, midnight, firstOrder, orders, fraud: this.fraudOf(index, firstOrder, orders) };
  }

  /** Never more than one order in fifty, so that a small shop is not ruined. */
  private fraudOf(index: number, firstOrder: number, orders: number): readonly number[] {
    const random = new Random().restart(this.seed ^ fraudSeed, index);
    const bursts = Math.min(random.between(1, 3), Math.floor(orders / 50));
    return Array.from({ length: bursts }, () => firstOrder + random.between(0, orders - 1));
  }
}

const bounds = cumulated(hours);

/** Microseconds after midnight at which this share of the day's orders is sold. */
function timeOfDay(share: number): number {
  let hour = 0;
  while (hour < 23 && share >= (bounds[hour + 1] ?? 1)) hour++;
  const from = bounds[hour] ?? 0;
  const to = bounds[hour + 1] ?? 1;
  return (hour + (share - from) / (to - from)) * hourMicros;
}

/** The inverse of `timeOfDay`. */
function shareSold(micros: number): number {
  const hour = Math.min(23, Math.floor(micros / hourMicros));
  const from = bounds[hour] ?? 0;
  return from + ((bounds[hour + 1] ?? 1) - from) * (micros / hourMicros - hour);
}

function cumulated(shares: readonly number[]): Float64Array {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const sums = new Float64Array(shares.length + 1);
  for (const [index, share] of shares.entries()) sums[index + 1] = (sums[index] ?? 0) + share / total;
  return sums;
}
