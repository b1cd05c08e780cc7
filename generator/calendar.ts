import type { Instant } from '../contracts/index.ts';

const dayMicros = 86_400_000_000;
const hourMicros = 3_600_000_000;
/** The shop lives by São Paulo's clock; an hour of summer time more or less does not show in the curve. */
const saoPauloMicros = -3 * hourMicros;

/** Share of a day's orders per local hour, in per mille: a trough from 2 to 6, a plateau from 14 to 21. */
const hours = [24, 12, 6, 4, 3, 3, 6, 14, 31, 48, 59, 62, 56, 61, 65, 64, 67, 62, 60, 61, 64, 66, 60, 42];
/** Sunday first. */
const weekdays = [1.12, 1.15, 1.06, 1.03, 0.99, 0.84, 0.81];

/** How busy a local day is, 1 being ordinary. */
function busyness(localDay: number): number {
  const date = new Date(localDay * 86_400_000);
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  const weekday = weekdays[date.getUTCDay()] ?? 1;
  if (month === 11 && day >= 23 && day <= 30 && isBlackWeekend(date)) return weekday * 2.5;
  if ((month === 12 && day >= 26) || (month === 1 && day <= 15)) return weekday * 0.65;
  return weekday;
}

/** From the fourth Friday of November on (the day after the fourth Thursday) to the Monday. */
function isBlackWeekend(date: Date): boolean {
  const daysSinceFriday = (date.getUTCDay() + 2) % 7;
  const friday = date.getUTCDate() - daysSinceFriday;
  return daysSinceFriday <= 3 && friday >= 23 && friday <= 29;
}

const hourBounds = cumulated(hours);

/**
 * Volume is a pure function of time: order N is bought when the shop has sold N orders since it opened. Sums
 * per day are kept in a list that grows as far as it is asked.
 */
export class Calendar {
  private readonly openingDay: number;
  private readonly ordersPerDay: number;
  private readonly soldBefore: number[] = [0];
  private day = 0;

  /** The shop opens at the first local midnight that is not before `opening`. */
  constructor(opening: Instant, ordersPerDay: number) {
    this.openingDay = Math.ceil((opening + saoPauloMicros) / dayMicros);
    this.ordersPerDay = ordersPerDay;
  }

  /** To the second. `fraction` says where between its neighbours the order falls. */
  purchaseOf(order: number, fraction: number): Instant {
    while (this.day > 0 && this.sold(this.day) > order) this.day--;
    while (this.sold(this.day + 1) <= order) this.day++;
    const before = this.sold(this.day);
    const share = (order + fraction - before) / (this.sold(this.day + 1) - before);
    const seconds = Math.floor(timeOfDay(share) / 1e6);
    return ((this.openingDay + this.day) * dayMicros - saoPauloMicros + seconds * 1e6) as Instant;
  }

  private sold(day: number): number {
    for (let next = this.soldBefore.length; next <= day; next++) {
      const orders = Math.max(1, Math.round(this.ordersPerDay * busyness(this.openingDay + next - 1)));
      this.soldBefore.push((this.soldBefore[next - 1] ?? 0) + orders);
    }
    return this.soldBefore[day] ?? 0;
  }
}

/** Microseconds after midnight at which this share of the day's orders is sold. */
function timeOfDay(share: number): number {
  const hour = hourBounds.findIndex((bound) => share < bound);
  const from = hourBounds[hour - 1] ?? 0;
  const to = hourBounds[hour] ?? 1;
  return (hour + (share - from) / (to - from)) * hourMicros;
}

function cumulated(shares: readonly number[]): readonly number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  return shares.map((share) => {
    sum += share;
    return sum / total;
  });
}
