import { fitsPlainly } from './business-rules.ts';
import { versionOf } from './content.ts';
import { ContentHash } from './content-hash.ts';
import type { Content, Event } from './event.ts';
import { type EventType, events } from './events.ts';
import {
  readClick,
  readCustomer,
  readEnvelope,
  readItem,
  readOrder,
  readPayment,
  readProduct,
  readSeller,
} from './generated/plain-readers.ts';
import type { Received, Rules } from './outcome.ts';
import { type Key, keyOf } from './plain-keys.ts';
import { PlainScan } from './plain-scan.ts';

/** Scratch space of the one pass below, which never yields. */
const scan = new PlainScan();
const hash = new ContentHash();

const keys = {
  order: keyOf(',', 'order'),
  items: keyOf(',', 'order_items'),
  payments: keyOf(',', 'order_payments'),
  customer: keyOf(',', 'customer'),
  product: keyOf(',', 'product'),
  seller: keyOf(',', 'seller'),
  click: keyOf(',', 'click'),
};

/**
 * The event of a message that is written as nearly every one is and of which nothing is to be said; undefined for
 * any other, good or bad, which must then be read the careful way.
 */
export function readPlain(message: Received, rules: Rules): Event | undefined {
  scan.begin(message.bytes);
  const envelope = readEnvelope(scan);
  const type = envelope.event_type;
  if (scan.failed || envelope.schema_version !== events[type].schemaVersion) return undefined;
  // The envelope is no part of the content.
  scan.tape.length = 0;
  const content = readers[type](message, rules);
  scan.close();
  scan.finish();
  if (content === undefined || scan.failed) return undefined;
  hash.reset();
  hash.tape(scan.tape.words, scan.tape.length);
  const head = {
    eventId: envelope.event_id,
    occurredAt: envelope.occurred_at,
    schemaVersion: envelope.schema_version,
    version: versionOf(content),
    contentHash: hash.digest(),
    additional: null,
  };
  return { ...content, ...head };
}

const readers: { readonly [T in EventType]: (message: Received, rules: Rules) => Content | undefined } = {
  'order.placed': readPlaced,
  'order.status_changed': readStatusChanged,
  'customer.changed': () => {
    scan.part(keys.customer);
    return { eventType: 'customer.changed', customer: readCustomer(scan) };
  },
  'product.changed': () => {
    scan.part(keys.product);
    return { eventType: 'product.changed', product: readProduct(scan) };
  },
  'seller.changed': () => {
    scan.part(keys.seller);
    return { eventType: 'seller.changed', seller: readSeller(scan) };
  },
  clickstream: () => {
    scan.part(keys.click);
    return { eventType: 'clickstream', click: readClick(scan) };
  },
};

function readPlaced(message: Received, rules: Rules): Content | undefined {
  scan.part(keys.order);
  const order = readOrder(scan);
  const items = readList(keys.items, readItem);
  const payments = readList(keys.payments, readPayment);
  return !scan.failed && fitsPlainly(order, items, payments, message.receivedAt, rules)
    ? { eventType: 'order.placed', order, items, payments }
    : undefined;
}

/** Without lists, which is what the hash says of them. */
function readStatusChanged(message: Received, rules: Rules): Content | undefined {
  scan.part(keys.order);
  const order = readOrder(scan);
  scan.tape.word(0);
  scan.tape.word(0);
  const ahead = order.order_purchase_timestamp - message.receivedAt;
  return ahead <= rules.futureToleranceMicros ? { eventType: 'order.status_changed', order } : undefined;
}

function readList<E>(key: Key, read: (scan: PlainScan) => E): E[] {
  scan.openList(key);
  const count = scan.tape.gap();
  const entries: E[] = [];
  while (scan.another(entries.length === 0)) entries.push(read(scan));
  scan.tape.words[count] = entries.length;
  return entries;
}
