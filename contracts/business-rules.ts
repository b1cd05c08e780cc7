import { moneyText } from './money-text.ts';
import type { Order, OrderItem, OrderPayment } from './order-placed.ts';
import type { DeadReason, Rules } from './outcome.ts';
import type { Reading } from './reading.ts';
import type { Instant } from './values.ts';

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
  checkKeys(items, 'order_items', 'order_item_id', 'duplicate_item', reading);
  checkKeys(payments, 'order_payments', 'payment_sequential', 'duplicate_payment', reading);
  checkOwner(items, order, 'order_items', 'foreign_item', reading);
  checkOwner(payments, order, 'order_payments', 'foreign_payment', reading);
  checkPurchase(order, receivedAt, rules, reading);
  checkSum(items, payments, rules, reading);
}

function checkKeys<K extends string>(
  entries: readonly { readonly [P in K]: number }[],
  part: string,
  key: K,
  reason: DeadReason,
  reading: Reading,
): void {
  let previous = 0;
  for (const entry of entries) {
    // Ascending, as nearly always: no two can be the same.
    if (entry[key] <= previous) {
      checkDistinct(entries, part, key, reason, reading);
      return;
    }
    previous = entry[key];
  }
}

function checkDistinct<K extends string>(
  entries: readonly { readonly [P in K]: number }[],
  part: string,
  key: K,
  reason: DeadReason,
  reading: Reading,
): void {
  const seen = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    if (seen.has(entry[key]))
      reading.fail(reason, `${part}/${index}/${key}`, 'a number that no other entry has', entry[key]);
    seen.add(entry[key]);
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

function checkPurchase(order: Order, receivedAt: Instant, rules: Rules, reading: Reading): void {
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
