import { checkOrder, checkPurchase, fitsPlainly } from './business-rules.ts';
import type { Field, ValuesOf } from './column.ts';
import type { Content } from './event.ts';
import type { EventType } from './events.ts';
import type { Received, Rules } from './outcome.ts';
import { isPlainObject, type PartReader } from './part-reader.ts';
import {
  clickReader,
  customerReader,
  itemReader,
  orderReader,
  paymentReader,
  productReader,
  sellerReader,
} from './parts.ts';
import type { Reading } from './reading.ts';
import { keepUnknown } from './unknown-fields.ts';

/** A body that was parsed, with all that judging it depends on. */
export interface Judged {
  readonly body: Record<string, unknown>;
  /** The body before it was parsed. */
  readonly text: string;
  readonly message: Received;
  readonly rules: Rules;
  readonly reading: Reading;
}

/** What a message says, read and judged by the rules of its event; undefined after a flaw was noted. */
export function readContent(type: EventType, judged: Judged): Content | undefined {
  return readers[type](judged);
}

const readers: { readonly [T in EventType]: (judged: Judged) => Content | undefined } = {
  'order.placed': readPlaced,
  'order.status_changed': readStatusChanged,
  'customer.changed': (judged) => {
    const customer = readPart(judged, 'customer', customerReader);
    return customer && { eventType: 'customer.changed', customer };
  },
  'product.changed': (judged) => {
    const product = readPart(judged, 'product', productReader);
    return product && { eventType: 'product.changed', product };
  },
  'seller.changed': (judged) => {
    const seller = readPart(judged, 'seller', sellerReader);
    return seller && { eventType: 'seller.changed', seller };
  },
  clickstream: (judged) => {
    const click = readPart(judged, 'click', clickReader);
    return click && { eventType: 'clickstream', click };
  },
};

function readPlaced(judged: Judged): Content | undefined {
  const { message, rules, reading } = judged;
  const order = readPart(judged, 'order', orderReader);
  const items = order && readList(judged, 'order_items', itemReader);
  const payments = items && readList(judged, 'order_payments', paymentReader);
  if (payments === undefined || items === undefined || order === undefined) return undefined;
  if (!fitsPlainly(order, items, payments, message.receivedAt, rules)) {
    checkOrder(order, items, payments, message.receivedAt, rules, reading);
    if (reading.flaw !== undefined) return undefined;
    items.sort((a, b) => a.order_item_id - b.order_item_id);
    payments.sort((a, b) => a.payment_sequential - b.payment_sequential);
  }
  return { eventType: 'order.placed', order, items, payments };
}

function readStatusChanged(judged: Judged): Content | undefined {
  const order = readPart(judged, 'order', orderReader);
  if (order === undefined) return undefined;
  judged.reading.part = '';
  checkPurchase(order, judged.message.receivedAt, judged.rules, judged.reading);
  return judged.reading.flaw === undefined ? { eventType: 'order.status_changed', order } : undefined;
}

function readPart<L extends readonly Field[]>(
  { body, reading }: Judged,
  name: string,
  reader: PartReader<L>,
): ValuesOf<L> | undefined {
  // Name, its quotes, the colon and a comma.
  reading.weight += name.length + 4;
  reading.part = `/${name}`;
  reading.index = -1;
  const part = body[name];
  if (part === undefined) return reading.fail('missing_field', '', 'an object', undefined);
  return readEntry(part, reader, reading);
}

function readList<L extends readonly Field[]>(
  { body, reading }: Judged,
  name: string,
  reader: PartReader<L>,
): ValuesOf<L>[] | undefined {
  reading.part = `/${name}`;
  reading.index = -1;
  const list = body[name];
  if (list === undefined) return reading.fail('missing_field', '', 'a list', undefined);
  if (!Array.isArray(list)) return reading.fail('wrong_type', '', 'a list', list);
  const entries: ValuesOf<L>[] = [];
  // The part's name as above; the brackets, and a comma between any two.
  reading.weight += name.length + 4 + 2 + Math.max(list.length - 1, 0);
  for (let i = 0; i < list.length; i++) {
    reading.index = i;
    const entry = readEntry(list[i], reader, reading);
    if (entry === undefined) return undefined;
    entries.push(entry);
  }
  return entries;
}

function readEntry<L extends readonly Field[]>(
  source: unknown,
  reader: PartReader<L>,
  reading: Reading,
): ValuesOf<L> | undefined {
  const entry = reader.read(source, reading);
  if (reading.additional !== undefined && entry !== undefined && isPlainObject(source))
    keepUnknown(source, reader.names, entry, reading);
  return entry;
}

/** What the row is made of that stands for the whole event. */
export function mainPart(content: Exclude<Content, { eventType: 'clickstream' }>): {
  readonly version: number;
};
export function mainPart(content: Content): object;
export function mainPart(content: Content): object {
  switch (content.eventType) {
    case 'order.placed':
    case 'order.status_changed':
      return content.order;
    case 'customer.changed':
      return content.customer;
    case 'product.changed':
      return content.product;
    case 'seller.changed':
      return content.seller;
    case 'clickstream':
      return content.click;
  }
}

/** The version of what the content is about; a click never changes. */
export function versionOf(content: Content): number {
  return content.eventType === 'clickstream' ? 1 : mainPart(content).version;
}
