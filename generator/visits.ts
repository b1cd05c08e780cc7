import type { Click, Instant, Money } from '../contracts/index.ts';
import type { Day } from './calendar.ts';
import type { Product } from './catalogue.ts';
import { categories } from './categories.ts';
import { Customers } from './customers.ts';
import type { Draft } from './draft.ts';
import { exponential } from './quantiles.ts';
import { type Id, idText, Random, scrambled } from './random.ts';
import type { Shop } from './shop.ts';

const minute = 60_000_000;
const visitSeed = 0x76697369;
const watchSeed = 0x77617463;
const brands = [
  'samsung',
  'philips',
  'mondial',
  'tramontina',
  'multilaser',
  'britania',
  'avon',
  'lego',
] as const;

/** A visit begins at most so long before the order that it stands beside. */
export const longestLead = 180 * minute;
/** 55 % of visits reach the cart and 85 % of those check out: so many end without an order for each that does. */
const idleVisitsPerOrder = 1 / (0.55 * 0.85) - 1;
const abandonedCarts = (0.55 * 0.15) / (1 - 0.55 * 0.85);
/** One person in a hundred only looks, in a tenth of all visits. */
const windowVisitsPerOrder = (1 + idleVisitsPerOrder) / 9;
const peoplePerWindowShopper = 100;
const medianEvents = 5;

/** What people do in the shop around an order: the visit that led to it, and those that led to nothing. */
export class Visits {
  private readonly shop: Shop;
  private readonly share: number;
  private readonly random = new Random();

  /** `share`: of the people, those who let the shop watch them. Of the others nothing is told, ever. */
  constructor(shop: Shop, share = 1) {
    this.shop = shop;
    this.share = share;
  }

  around(order: Draft, today: Day): readonly Click[] {
    const random = this.random.restart(this.shop.seed ^ visitSeed, order.number);
    const clicks = this.buying(order, today);
    for (let left = wholeOf(idleVisitsPerOrder, random); left > 0; left--)
      clicks.push(...this.idle(order, today, false));
    for (let left = wholeOf(windowVisitsPerOrder, random); left > 0; left--)
      clicks.push(...this.idle(order, today, true));
    return clicks;
  }

  /** Every product is looked at before it is in the cart, and is in the cart before it is bought. */
  private buying(order: Draft, today: Day): Click[] {
    const { random } = this;
    const watched = this.watches(order.customer.index);
    const steps: Step[] = order.lines.flatMap(({ product }) => [
      step('view', product),
      step('cart', product),
    ]);
    for (let extra = this.length() - steps.length; extra > 0; extra--)
      steps.unshift(step('view', this.shop.catalogue.pick(today, random)));
    const begun = order.purchase - random.between(2, 40) * minute;
    // Some fill the cart, think about it, and check out in a later visit.
    const earlier = random.chance(0.15) ? random.between(45, 130) * minute : 0;
    const session = random.id();
    const checkout = earlier === 0 ? session : random.id();
    if (!watched) return [];
    const visitor = idText(order.customer.id);
    const last = order.purchase - earlier - minute;
    const clicks = spread(steps, begun - earlier, last, today, session, visitor);
    const bought = order.lines.map(({ product }) => step('purchase', product));
    const purchases = spread(bought, order.purchase, order.purchase, today, checkout, visitor);
    return [...clicks, ...purchases.map((click) => ({ ...click, order_id: idText(order.id) }))];
  }

  private idle(order: Draft, today: Day, windowShopper: boolean): Click[] {
    const { random, shop } = this;
    const people = Customers.signedUp(order.number);
    const person = windowShopper
      ? 3 + peoplePerWindowShopper * random.between(0, Math.floor((people - 4) / peoplePerWindowShopper))
      : random.between(0, people - 1);
    const steps: Step[] = [];
    for (let left = this.length(); left > 0; left--)
      steps.push(step('view', shop.catalogue.pick(today, random)));
    const [last] = steps.slice(-1);
    if (!windowShopper && last !== undefined && random.chance(abandonedCarts)) {
      steps.push(step('cart', last.product));
      if (random.chance(0.4)) steps.push(step('remove_from_cart', last.product));
    }
    const begun = order.purchase - random.between(0, 30) * minute;
    const session = random.id();
    // Drawn all the same: who is watched must not change what others do.
    if (!this.watches(person)) return [];
    const visitor = idText(shop.customers.customer(person, order.number).id);
    return spread(steps, begun, begun + steps.length * minute, today, session, visitor);
  }

  private watches(person: number): boolean {
    return (scrambled(person ^ this.shop.seed ^ watchSeed) >>> 0) / 0x100000000 < this.share;
  }

  private length(): number {
    return Math.max(1, Math.round((medianEvents / Math.LN2) * exponential.draw(this.random)));
  }
}

interface Step {
  readonly type: Click['event_type'];
  readonly product: Product;
}

function step(type: Step['type'], product: Product): Step {
  return { type, product };
}

/** Evenly over the time of the visit, to the second. */
function spread(
  steps: readonly Step[],
  from: number,
  to: number,
  today: Day,
  visit: Id,
  visitor: string,
): Click[] {
  const session = sessionText(visit);
  return steps.map(({ type, product }, index) => {
    const at = from + ((to - from) * index) / Math.max(1, steps.length - 1);
    const category = categories[product.category];
    return {
      event_time: (Math.floor(at / 1_000_000) * 1_000_000) as Instant,
      event_type: type,
      product_id: product.id,
      category_id: String(2_053_013_550_000_000_000n + BigInt(product.category) * 104_729n),
      category_code: product.index % 3 === 0 ? null : (category?.english ?? null),
      brand: product.index % 5 < 2 ? null : (brands[product.index % brands.length] ?? null),
      price: Math.round(product.cents * (1 - today.discount)) as Money,
      user_id: visitor,
      user_session: session,
      order_id: null,
    };
  });
}

/** A number of times that is the mean on average. */
function wholeOf(mean: number, random: Random): number {
  const whole = Math.floor(mean);
  return whole + (random.chance(mean - whole) ? 1 : 0);
}

/** As REES46 writes a session: a UUID. */
function sessionText(id: Id): string {
  const hex = idText(id);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
