import { moneyText } from './money-text.ts';
import type { Order, OrderItem, OrderPayment } from './order-fields.ts';
import type { DeadReason, Rules } from './outcome.ts';
import type { Reading } from './reading.ts';
import type { Instant } from './values.ts';

/**
 * Does the order keep every rule below, and do its lists stand in order? Nearly all do. In one pass over each list,
 * because rule by rule, as the others are judged, it takes three times as long.
 */
export function fitsPlainly(
  order: Order,
  items: readonly OrderItem[],
  payments: readonly OrderPayment[],
  receivedAt: Instant,
  rules: Rules,
): boolean {
  const { order_id: id } = order;
  let open = 0;
  let previous = 0;
  for (const item of items) {
    if (item.order_item_id <= previous || item.order_id !== id) return false;
    previous = item.order_item_id;
    open += item.price + item.freight_value;
  }
  previous = 0;
  for (const payment of payments) {
    if (payment.payment_sequential <= previous || payment.order_id !== id) return false;
    previous = payment.payment_sequential;
    open -= payment.payment_value;
  }
  return (
    items.length > 0 &&
    Math.abs(open) <= rules.paymentToleranceCents &&
    order.order_purchase_timestamp - receivedAt <= rules.futureToleranceMicros
  );
}

/** What a JSON Schema cannot say: how the parts of one order must fit together. */
export function checkOrder(
  order: Order,
  items: readonly OrderItem[],
  payments: readonly OrderPayment[],
  receivedAt: Instant,
  rules: Rules,
  reading: Reading,
): void {
  reading.part = '';
  reading.index = -1;
  if (items.length === 0) reading.fail('no_items', 'order_items', 'at least one item', []);
  checkDistinct(items, itemNumber, (i) => `order_items/${i}/order_item_id`, 'duplicate_item', reading);
  checkDistinct(
    payments,
    paymentNumber,
    (i) => `order_payments/${i}/payment_sequential`,
    'duplicate_payment',
    reading,
  );
  checkOwner(items, order, 'order_items', 'foreign_item', reading);
  checkOwner(payments, order, 'order_payments', 'foreign_payment', reading);
  checkPurchase(order, receivedAt, rules, reading);
  checkSum(items, payments, rules, reading);
}

/** Strictly ascending: then no two are the same either. */
function inOrder<E>(entries: readonly E[], numberOf: (entry: E) => number): boolean {
  let previous = 0;
  for (const entry of entries) {
    const number = numberOf(entry);
    if (number <= previous) return false;
    previous = number;
  }
  return true;
}

const itemNumber = (item: OrderItem): number => item.order_item_id;
const paymentNumber = (payment: OrderPayment): number => payment.payment_sequential;

function checkDistinct<E>(
  entries: readonly E[],
  numberOf: (entry: E) => number,
  name: (index: number) => string,
  reason: DeadReason,
  reading: Reading,
): void {
  if (inOrder(entries, numberOf)) return;
  const seen = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    const number = numberOf(entry);
    if (seen.has(number)) reading.fail(reason, name(index), 'a number that no other entry has', number);
    seen.add(number);
  }
}

function checkOwner(
  entries: readonly { readonly order_id: string }[],
  order: Order,
  part: string,
  reason: DeadReason,
  reading: Reading,
): void {
  for (let i = 0; i < entries.length; i++) {
    const owner = entries[i]?.order_id;
    if (owner !== order.order_id) reading.fail(reason, `${part}/${i}/order_id`, `"${order.order_id}"`, owner);
  }
}

/** The one rule between an order and the clock; the only one for a change of status. */
export function checkPurchase(order: Order, receivedAt: Instant, rules: Rules, reading: Reading): void {
  const ahead = order.order_purchase_timestamp - receivedAt;
  if (ahead <= rules.futureToleranceMicros) return;
  const tolerated = `at most ${rules.futureToleranceMicros / 1e6} s after the receipt`;
  reading.fail(
    'purchase_in_future',
    'order/order_purchase_timestamp',
    tolerated,
    `${ahead / 1e6} s after it`,
  );
}

function checkSum(
  items: readonly OrderItem[],
  payments: readonly OrderPayment[],
  rules: Rules,
  reading: Reading,
): void {
  let due = 0;
  for (const item of items) due += item.price + item.freight_value;
  let paid = 0;
  for (const payment of payments) paid += payment.payment_value;
  if (Math.abs(due - paid) <= rules.paymentToleranceCents) return;
  reading.fail('payment_mismatch', 'order_payments', `a sum of ${moneyText(due)}`, moneyText(paid));
}
