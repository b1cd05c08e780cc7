import { clickFields } from './click-fields.ts';
import { ContentHash } from './content-hash.ts';
import { customerFields, productFields, sellerFields } from './dimension-fields.ts';
import type { Content } from './event.ts';
import type { Order, OrderItem, OrderPayment } from './order-fields.ts';
import { itemFields, orderFields, paymentFields } from './order-fields.ts';
import { partReader } from './part-reader.ts';

export const orderReader = partReader(orderFields);
export const itemReader = partReader(itemFields, ['order_id']);
export const paymentReader = partReader(paymentFields, ['order_id']);
export const customerReader = partReader(customerFields);
export const productReader = partReader(productFields);
export const sellerReader = partReader(sellerFields);
export const clickReader = partReader(clickFields);

/** Scratch space of the functions below, which never yield. */
const hash = new ContentHash();

/**
 * The hash by which copies with other bytes are told apart; lists in ascending order of their numbers, without the
 * order_id, which is the order's. A change of status is an order without lists.
 */
export function contentHash(
  order: Order,
  items: readonly OrderItem[],
  payments: readonly OrderPayment[],
): string {
  hash.reset();
  orderReader.hash(order, hash);
  hash.word(items.length);
  for (const item of items) itemReader.hash(item, hash);
  hash.word(payments.length);
  for (const payment of payments) paymentReader.hash(payment, hash);
  return hash.digest();
}

export function contentHashOf(content: Content): string {
  switch (content.eventType) {
    case 'order.placed':
      return contentHash(content.order, content.items, content.payments);
    case 'order.status_changed':
      return contentHash(content.order, [], []);
  }
  hash.reset();
  switch (content.eventType) {
    case 'customer.changed':
      customerReader.hash(content.customer, hash);
      break;
    case 'product.changed':
      productReader.hash(content.product, hash);
      break;
    case 'seller.changed':
      sellerReader.hash(content.seller, hash);
      break;
    case 'clickstream':
      clickReader.hash(content.click, hash);
      break;
  }
  return hash.digest();
}
