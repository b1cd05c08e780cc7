import type {
  Content,
  Customer,
  DeadReason,
  Instant,
  Order,
  OrderItem,
  OrderPayment,
} from '../contracts/index.ts';
import { defaultRules } from '../contracts/index.ts';
import type { OlistData } from './olist-input.ts';
import { deadLineOf, lineOf, type Publication } from './publication.ts';
import type { Rejects } from './rejects.ts';
import { attributesOf, bytesOf, type Told, wireOf } from './wire.ts';

interface Planned {
  readonly at: Instant;
  /** Between events of one moment: what an order names comes before it. */
  readonly rank: number;
  readonly key: string;
  readonly version: number;
  readonly content: Content;
  readonly death?: DeadReason;
}

type Row = OlistData['orders'][number];

const second = 1_000_000;

/** Publications of which it is known how many there are. */
export interface Replay extends Iterable<Publication> {
  readonly length: number;
}

/** The data set as it would have been told: each order as it was placed and each change, in the order of time. */
export function replayOlist(data: OlistData, rejects: Rejects): Replay {
  const planned = new Plan(data, rejects).all();
  planned.sort(
    (a, b) =>
      a.at - b.at || a.rank - b.rank || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.version - b.version),
  );
  return { length: planned.length, [Symbol.iterator]: () => told(planned) };
}

function* told(planned: readonly Planned[]): Generator<Publication> {
  for (const { at, key, version, content, death } of planned) {
    const event: Told = { eventId: `${key}-v${version}`, occurredAt: at, content };
    const wire = wireOf(event);
    yield {
      bytes: bytesOf(wire),
      get attributes() {
        return attributesOf(wire);
      },
      eventType: content.eventType,
      at,
      get ledger() {
        return death === undefined ? lineOf(event, null, 'ok') : deadLineOf(event, null, death);
      },
    };
  }
}

class Plan {
  private readonly data: OlistData;
  private readonly rejects: Rejects;
  private readonly planned: Planned[] = [];
  private readonly told = new Set<string>();
  private readonly homes = new Map<string, { readonly place: string; readonly version: number }>();

  constructor(data: OlistData, rejects: Rejects) {
    this.data = data;
    this.rejects = rejects;
  }

  all(): Planned[] {
    const rows = this.data.orders.toSorted((a, b) => a.order_purchase_timestamp - b.order_purchase_timestamp);
    for (const row of rows) {
      const customer = this.data.customers.get(row.customer_id);
      if (customer === undefined)
        this.rejects.reject('olist_orders_dataset.csv', 0, 'order of an unknown customer', [row.order_id]);
      else this.order(row, customer);
    }
    return this.planned;
  }

  private order(row: Row, customer: Omit<Customer, 'version'>): void {
    const at = row.order_purchase_timestamp;
    const items = this.data.items.get(row.order_id) ?? [];
    const payments = this.data.payments.get(row.order_id) ?? [];
    this.person(customer, at);
    for (const item of items) this.goods(item, at);
    const { customer_id: _, ...home } = customer;
    const placed: Order = { ...row, ...home, ...before, version: 1 };
    const death = this.deathOf(items, payments);
    const content = {
      eventType: 'order.placed',
      order: placed,
      items: byNumber(items),
      payments: bySequence(payments),
    } as const;
    this.add({
      at,
      rank: 3,
      key: row.order_id,
      version: 1,
      content,
      ...(death === undefined ? {} : { death }),
    });
    this.changes(row, placed);
  }

  /** From the dates of the row; they may contradict one another, and then the order changed as they say. */
  private changes(row: Row, placed: Order): void {
    const { order_approved_at: approved, order_delivered_carrier_date: carrier } = row;
    const { order_delivered_customer_date: delivered } = row;
    if (row.order_status === 'delivered' && delivered === null)
      this.rejects.count('delivered without a date');
    if (approved !== null && carrier !== null && approved > carrier)
      this.rejects.count('approved after the carrier took it');
    if (carrier !== null && delivered !== null && carrier > delivered)
      this.rejects.count('taken by the carrier after delivery');
    const steps = [
      { at: approved, change: { order_status: 'approved', order_approved_at: approved } },
      { at: carrier, change: { order_status: 'shipped', order_delivered_carrier_date: carrier } },
      { at: delivered, change: { order_status: 'delivered', order_delivered_customer_date: delivered } },
    ] as const;
    const known = steps
      .flatMap(({ at, change }) => (at === null ? [] : [{ at, change }]))
      .sort((a, b) => a.at - b.at);
    let order = placed;
    let last = placed.order_purchase_timestamp;
    for (const { at, change } of known) {
      last = Math.max(last, at) as Instant;
      order = { ...order, ...change, version: order.version + 1 };
      this.changed(order, last);
    }
    if (order.order_status === row.order_status) return;
    this.changed(
      { ...order, order_status: row.order_status, version: order.version + 1 },
      (last + second) as Instant,
    );
  }

  private changed(order: Order, at: Instant): void {
    const content = { eventType: 'order.status_changed', order } as const;
    this.add({ at, rank: 4, key: order.order_id, version: order.version, content });
  }

  private person(row: Omit<Customer, 'version'>, at: Instant): void {
    const {
      customer_unique_id: id,
      customer_zip_code_prefix: zip,
      customer_city: city,
      customer_state: state,
    } = row;
    const home = this.homes.get(id);
    const place = `${zip} ${city} ${state}`;
    if (home?.place === place) return;
    const version = (home?.version ?? 0) + 1;
    this.homes.set(id, { place, version });
    this.add({
      at,
      rank: 2,
      key: id,
      version,
      content: { eventType: 'customer.changed', customer: { ...row, version } },
    });
  }

  private goods({ seller_id, product_id }: OrderItem, at: Instant): void {
    const seller = this.once(seller_id) ? this.data.sellers.get(seller_id) : undefined;
    if (seller !== undefined)
      this.add({
        at,
        rank: 0,
        key: seller_id,
        version: 1,
        content: { eventType: 'seller.changed', seller: { ...seller, version: 1 } },
      });
    const product = this.once(product_id) ? this.data.products.get(product_id) : undefined;
    if (product !== undefined)
      this.add({
        at,
        rank: 1,
        key: product_id,
        version: 1,
        content: { eventType: 'product.changed', product: { ...product, version: 1 } },
      });
  }

  /** By the contract's own rules: what the data set says of an order may not be an order. */
  private deathOf(items: readonly OrderItem[], payments: readonly OrderPayment[]): DeadReason | undefined {
    for (const { payment_type, payment_installments, payment_value } of payments) {
      if (payment_type === 'not_defined') this.rejects.count('payment type not defined');
      if (payment_installments === 0) this.rejects.count('no instalments');
      if (payment_value === 0) this.rejects.count('payment of nothing');
    }
    const sequence = payments.map((payment) => payment.payment_sequential).sort((a, b) => a - b);
    if (sequence.some((number, index) => number !== index + 1))
      this.rejects.count('gap in payment_sequential');
    if (payments.length === 0) this.rejects.count('order without payment');
    if (items.length === 0) {
      this.rejects.count('order without items');
      return 'no_items';
    }
    if (new Set(items.map((item) => item.order_item_id)).size < items.length) return 'duplicate_item';
    if (new Set(sequence).size < sequence.length) return 'duplicate_payment';
    const due = items.reduce((sum, item) => sum + item.price + item.freight_value, 0);
    const paid = payments.reduce((sum, payment) => sum + payment.payment_value, 0);
    if (Math.abs(due - paid) <= defaultRules.paymentToleranceCents) return undefined;
    this.rejects.count('payments miss items and freight');
    return 'payment_mismatch';
  }

  private once(id: string): boolean {
    return this.told.size < this.told.add(id).size;
  }

  private add(planned: Planned): void {
    this.planned.push(planned);
  }
}

/** When an order was placed, nothing of this had happened. */
const before = {
  order_status: 'created',
  order_approved_at: null,
  order_delivered_carrier_date: null,
  order_delivered_customer_date: null,
} as const;

/** Ascending, however the file has them. */
function byNumber(items: readonly OrderItem[]): OrderItem[] {
  return items.toSorted((a, b) => a.order_item_id - b.order_item_id);
}

function bySequence(payments: readonly OrderPayment[]): OrderPayment[] {
  return payments.toSorted((a, b) => a.payment_sequential - b.payment_sequential);
}
