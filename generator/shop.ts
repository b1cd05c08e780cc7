import type { Instant, Money, Order, OrderItem, OrderPayment } from '../contracts/index.ts';
import { Calendar } from './calendar.ts';
import { type Customer, type Population, type Product, populate } from './population.ts';
import { hex, Random, scrambled } from './random.ts';
import { Weighted } from './weighted.ts';

/** An order as it was really placed, in the contract's own values: what it looks like on the wire comes later. */
export interface Placed {
  readonly eventId: string;
  readonly occurredAt: Instant;
  readonly order: Order;
  readonly items: readonly [OrderItem, ...OrderItem[]];
  readonly payments: readonly [OrderPayment, ...OrderPayment[]];
}

const second = 1_000_000;
const hour = 3_600 * second;
const day = 24 * hour;

const lines = new Weighted([
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
  [6, 4],
  [8, 5],
  [10, 6],
]);

/** The shop of one seed. Order N is a pure function of seed and N: nothing is remembered between orders. */
export class Shop {
  private readonly seed: number;
  private readonly random = new Random();
  private readonly population: Population;
  private readonly calendar: Calendar;

  constructor(options: { readonly seed: number; readonly epoch: Instant; readonly ordersPerDay: number }) {
    this.seed = options.seed;
    this.population = populate(options.seed);
    this.calendar = new Calendar(options.epoch, options.ordersPerDay);
  }

  order(number: number): Placed {
    const random = this.random.restart(this.seed, number);
    const purchase = this.calendar.purchaseOf(number, random.fraction());
    const id = orderId(number, random);
    const customer = this.customer(random);
    const items = this.items(id, purchase, customer, random);
    const payments = paymentsFor(id, items, random);
    const approved = approval(payments[0], purchase, random);
    const order: Order = {
      order_id: id,
      customer_id: random.identifier(),
      order_status: approved === null ? 'created' : random.chance(0.006) ? 'unavailable' : 'approved',
      order_purchase_timestamp: purchase,
      order_approved_at: approved,
      order_delivered_carrier_date: null,
      order_delivered_customer_date: null,
      order_estimated_delivery_date: midnightAfter(purchase + random.between(9, 32) * day),
      customer_unique_id: customer.id,
      customer_zip_code_prefix: customer.zipPrefix,
      customer_city: customer.city,
      customer_state: customer.state,
      version: 1,
    };
    const millis = random.between(40, 1_800) * 1_000;
    const occurredAt = ((approved ?? purchase) + millis) as Instant;
    return { eventId: `${id}-v1`, occurredAt, order, items, payments };
  }

  /** One in twenty people buys all the time, and places about every sixth order. */
  private customer(random: Random): Customer {
    const { customers } = this.population;
    const powerBuyers = Math.ceil(customers.length / 20);
    const index = random.chance(0.14)
      ? random.between(0, powerBuyers - 1)
      : random.between(0, customers.length - 1);
    return customers[index] ?? customers[0];
  }

  private items(
    orderId: string,
    purchase: Instant,
    customer: Customer,
    random: Random,
  ): [OrderItem, ...OrderItem[]] {
    const limit = (purchase + random.between(2, 7) * day) as Instant;
    const line = (number: number): OrderItem => {
      const product = random.pick(this.population.products);
      const promotion = random.chance(0.08) ? 0.7 : 1;
      return {
        order_id: orderId,
        order_item_id: number,
        product_id: product.id,
        seller_id: product.seller.id,
        shipping_limit_date: limit,
        price: Math.round(product.cents * promotion) as Money,
        freight_value: freight(product, customer, random),
      };
    };
    const items: [OrderItem, ...OrderItem[]] = [line(1)];
    for (let number = lines.pick(random); items.length < number; ) items.push(line(items.length + 1));
    return items;
  }
}

/** Begins with the scrambled number, a bijection: no two orders of a shop ever share an id. */
function orderId(number: number, random: Random): string {
  return hex(scrambled(number)) + hex(random.bits()) + hex(random.bits()) + hex(random.bits());
}

/** Postal prefixes that are far apart are far apart on the map, near enough for a price. */
function freight({ seller, cents }: Product, customer: Customer, random: Random): Money {
  const distance = Math.abs(Number(seller.zipPrefix) - Number(customer.zipPrefix)) / 100_000;
  const base = seller.state === customer.state ? 780 : 1_150 + distance * 1_900;
  return Math.round(base + cents * 0.02 + random.fraction() * 600) as Money;
}

function paymentsFor(
  orderId: string,
  items: readonly OrderItem[],
  random: Random,
): [OrderPayment, ...OrderPayment[]] {
  const due = items.reduce((sum, item) => sum + item.price + item.freight_value, 0);
  const type = paymentTypes.pick(random);
  const byVoucher =
    type === 'credit_card' && random.chance(0.04) ? Math.floor(due * (0.1 + random.fraction() * 0.5)) : 0;
  const main: OrderPayment = {
    order_id: orderId,
    payment_sequential: 1,
    payment_type: type,
    payment_installments: type === 'credit_card' ? instalments.pick(random) : 1,
    payment_value: (due - byVoucher) as Money,
  };
  if (byVoucher === 0) return [main];
  const voucher = { payment_sequential: 2, payment_type: 'voucher', payment_installments: 1 } as const;
  return [main, { order_id: orderId, ...voucher, payment_value: byVoucher as Money }];
}

/** A card is approved within the minute; a boleto must be paid at a bank first. */
function approval(payment: OrderPayment, purchase: Instant, random: Random): Instant | null {
  if (payment.payment_type === 'boleto' || random.chance(0.1)) return null;
  return (purchase + random.between(2, 50) * second) as Instant;
}

/** Olist promises a day, written as its first second in São Paulo. */
function midnightAfter(micros: number): Instant {
  return (Math.ceil((micros - 3 * hour) / day) * day + 3 * hour) as Instant;
}
