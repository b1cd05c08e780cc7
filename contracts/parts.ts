import { ContentHash } from './content-hash.ts';
import type { Order, OrderItem, OrderPayment } from './order-placed.ts';
import { itemFields, orderFields, paymentFields } from './order-placed.ts';
import { partReader } from './part-reader.ts';

export const orderReader = partReader(orderFields);
export const itemReader = partReader(itemFields);
export const paymentReader = partReader(paymentFields);

/** Scratch space of the function below, which never yields. */
const hash = new ContentHash();

/** The hash by which copies with other bytes are told apart; lists in ascending order of their numbers. */
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
