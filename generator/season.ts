import { Random } from './random.ts';

/** Sunday first: Sunday and Monday are busy, Friday and Saturday quiet. */
const weekdays = [1.12, 1.15, 1.06, 1.03, 0.99, 0.84, 0.81];

/** A shop that has grown for three years is as large as it gets; without an end, ten years would be ×90,000. */
const monthsOfGrowth = 36;
const dayMillis = 86_400_000;
const promotionSeed = 0x70726f6d;
const growthSeed = 0x67726f77;

/** What the calendar says of one local day, before growth. */
export interface Season {
  /** How busy, 1 being ordinary. */
  readonly volume: number;
  /** Share taken off every list price. */
  readonly discount: number;
  readonly promotion: boolean;
  /** 0 is January. */
  readonly month: number;
  /** From 20 November to 24 December parcels wait. */
  readonly slowCarriers: boolean;
  /** Half of what is bought before Christmas is for somebody else. */
  readonly giftShare: number;
}

export function seasonOf(seed: number, localDay: number): Season {
  const date = new Date(localDay * dayMillis);
  const month = date.getUTCMonth();
  const day = date.getUTCDate();
  const random = new Random().restart(seed ^ promotionSeed, localDay);
  const black = isBlackWeekend(date);
  const promotion = black || random.chance(0.07);
  const weekday = weekdays[date.getUTCDay()] ?? 1;
  const quiet = (month === 11 && day >= 26) || (month === 0 && day <= 15);
  return {
    volume: weekday * (black ? 2.5 : quiet ? 0.65 : 1) * (promotion && !black ? 1.25 : 1),
    discount: promotion ? 0.3 + random.between(0, 3) * 0.05 : 0.05,
    promotion,
    month,
    slowCarriers: (month === 10 && day >= 20) || (month === 11 && day <= 24),
    giftShare: month === 11 && day <= 24 ? 0.5 : 0.04,
  };
}

/** From the day after the fourth Thursday of November to the Monday. */
function isBlackWeekend(date: Date): boolean {
  const daysSinceFriday = (date.getUTCDay() + 2) % 7;
  if (daysSinceFriday > 3) return false;
  const friday = new Date(date.getTime() - daysSinceFriday * dayMillis);
  return friday.getUTCMonth() === 10 && friday.getUTCDate() >= 23 && friday.getUTCDate() <= 29;
}

/** How much larger the shop is than when it opened: a curve without steps, a pure function of the day. */
export class Growth {
  private readonly seed: number;
  private readonly openingMonth: number;
  private readonly factors: number[] = [1];

  constructor(seed: number, openingDay: number) {
    this.seed = seed ^ growthSeed;
    this.openingMonth = monthOf(new Date(openingDay * dayMillis));
  }

  factorOn(localDay: number): number {
    const date = new Date(localDay * dayMillis);
    const month = monthOf(date) - this.openingMonth;
    const from = this.factor(month);
    return from + (this.factor(month + 1) - from) * ((date.getUTCDate() - 1) / 31);
  }

  private factor(month: number): number {
    const { factors } = this;
    for (let next = factors.length; next <= month; next++)
      factors.push((factors[next - 1] ?? 1) * this.step(next - 1));
    return factors[Math.max(0, month)] ?? 1;
  }

  /** One month of each year makes a leap of 20 %; all twelve together come to 10 % a month. */
  private step(month: number): number {
    if (month >= monthsOfGrowth) return 1;
    const random = new Random().restart(this.seed, Math.floor(month / 12));
    if (random.between(0, 11) === month % 12) return 1.2;
    return 0.95 + random.restart(this.seed, 1_000 + month).fraction() * 0.282;
  }
}

function monthOf(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
