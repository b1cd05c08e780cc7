import type { Instant } from '../contracts/index.ts';
import { Calendar, type Day } from './calendar.ts';
import { Catalogue } from './catalogue.ts';
import { type Customer, Customers } from './customers.ts';
import type { Draft, Line, Part } from './draft.ts';
import { kilometresBetween } from './geography.ts';
import { type Id, Random, scrambled } from './random.ts';
import { Towns } from './towns.ts';
import { Weighted } from './weighted.ts';

const hour = 3_600_000_000;
const day = 24 * hour;

const lineCounts = new Weighted([
  [1, 34],
  [2, 28],
  [3, 18],
  [4, 12],
  [5, 8],
]);
const paymentTypes = new Weighted([
  ['credit_card', 74],
  ['boleto', 19],
  ['voucher', 5.5],
  ['debit_card', 1.5],
] as const);
const instalments = new Weighted([
  [1, 48],
  [2, 12],
  [3, 11],
  [4, 8],
  [5, 6],
  [10, 6],
  [8, 5],
  [6, 4],
]);

export interface ShopOptions {
  readonly seed: number;
  readonly epoch: Instant;
  readonly ordersPerDay: number;
}

/** The shop of one seed. Order N is a pure function of seed and N: nothing is remembered between orders. */
export class Shop {
  readonly seed: number;
  readonly calendar: Calendar;
  readonly catalogue: Catalogue;
  readonly customers: Customers;
  private readonly random = new Random();

  constructor({ seed, epoch, ordersPerDay }: ShopOptions) {
    this.seed = seed;
    const towns = new Towns(seed);
    this.calendar = new Calendar(epoch, ordersPerDay, seed);
    this.catalogue = new Catalogue(seed, towns);
    this.customers = new Customers(seed, towns);
  }

  /** When order N is bought: the first draw of its stream, so the rest need not be drawn to know it. */
  purchaseOf(number: number): number {
    const random = this.random.restart(this.seed, number);
    return this.calendar.purchaseOf(number, this.calendar.dayOfOrder(number), random.fraction());
  }

  order(number: number): Draft {
    const { random, calendar } = this;
    random.restart(this.seed, number);
    const today = calendar.dayOfOrder(number);
    const purchase = calendar.purchaseOf(number, today, random.fraction());
    const fraud = today.fraud.includes(number);
    const customer = this.customers.customer(Customers.buyerOf(number, random), number);
    const lines = fraud ? this.burst(today, customer) : this.basket(today, customer);
    return {
      number,
      id: orderId(number, random),
      customerId: random.id(),
      customer,
      purchase,
      placedAt: purchase + random.between(40, 1_800) * 1_000,
      estimated: midnightAfter(purchase + random.between(9, 32) * day),
      shippingLimit: purchase + random.between(2, 7) * day,
      fraud,
      gift: random.chance(today.giftShare),
      lines,
      parts: this.payments(lines),
    };
  }

  private basket(today: Day, customer: Customer): Line[] {
    const { random } = this;
    const lines: Line[] = [];
    for (let left = lineCounts.pick(random); left > 0; left--) lines.push(this.line(today, customer, false));
    return lines;
  }

  /** Six to twelve distinct expensive things at once: a stolen card is used up quickly. */
  private burst(today: Day, customer: Customer): Line[] {
    const lines: Line[] = [];
    const wanted = this.random.between(6, 12);
    while (lines.length < wanted) {
      const line = this.line(today, customer, true);
      if (!lines.some(({ product }) => product === line.product)) lines.push(line);
    }
    return lines;
  }

  private line(today: Day, customer: Customer, expensive: boolean): Line {
    const { random, catalogue } = this;
    const product = expensive ? catalogue.pickExpensive(random) : catalogue.pick(today, random);
    const distance = kilometresBetween(product.seller.stateIndex, customer.place.stateIndex);
    const freight =
      700 + distance * 0.55 + product.cents * 0.02 + product.grams * 0.08 + random.fraction() * 600;
    return { product, price: Math.round(product.cents * (1 - today.discount)), freight: Math.round(freight) };
  }

  /** What is paid is what is due, to the cent, in one part or in several. */
  private payments(lines: readonly Line[]): Part[] {
    const { random } = this;
    let due = 0;
    for (const { price, freight } of lines) due += price + freight;
    const type = paymentTypes.pick(random);
    const count = type === 'credit_card' ? instalments.pick(random) : 1;
    const parts: Part[] = [{ type, instalments: count, value: due }];
    const vouchers = type === 'credit_card' && random.chance(0.04) ? random.between(1, 3) : 0;
    for (let i = 0; i < vouchers; i++) {
      const value = Math.floor((parts[0]?.value ?? 0) * (0.1 + random.fraction() * 0.3));
      parts[0] = { type, instalments: count, value: (parts[0]?.value ?? 0) - value };
      parts.push({ type: 'voucher', instalments: 1, value });
    }
    return parts;
  }
}

/** Begins with the scrambled number, a bijection: no two orders of a shop ever share an id. */
function orderId(number: number, random: Random): Id {
  return { a: scrambled(number), b: random.bits() | 0, c: random.bits() | 0, d: random.bits() | 0 };
}

/** Olist promises a day, written as its first second in São Paulo. */
function midnightAfter(micros: number): number {
  return Math.ceil((micros - 3 * hour) / day) * day + 3 * hour;
}
