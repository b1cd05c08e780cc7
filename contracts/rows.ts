import type { Carried } from './carried.ts';
import type { Correction } from './column.ts';
import type { Content, Event } from './event.ts';
import {
  clickRow,
  customerRow,
  itemRow,
  orderRow,
  paymentRow,
  productRow,
  sellerRow,
} from './generated/row-makers.ts';
import type { Death, Received } from './outcome.ts';
import type { Row, Rows } from './tables.ts';
import { utf8Text } from './utf8.ts';

const none: Rows = {
  orders: [],
  order_items: [],
  order_payments: [],
  customers: [],
  products: [],
  sellers: [],
  clickstream: [],
  order_events: [],
};

/** The rows that an event becomes in every sink; the history also says which worker took it. */
export function rowsOf(
  event: Event,
  message: Received,
  corrections: readonly Correction[],
  workerVersion: string | null = null,
): Rows {
  const corrected = correctedText(corrections);
  const payload = utf8Text(message.bytes) ?? '';
  const history = historyRow(event, message, { payload, corrected, workerVersion });
  return { ...none, ...contentRows(event, carriedBy(event, corrected)), order_events: [history] };
}

export function correctedText(corrections: readonly Correction[]): string | null {
  return corrections.length === 0 ? null : JSON.stringify(corrections);
}

/** Its payload is the body as text, or as the bytes of that text. */
export function historyRow<P>(
  event: Event,
  message: Received,
  {
    payload,
    corrected,
    workerVersion,
  }: { readonly payload: P; readonly corrected: string | null; readonly workerVersion: string | null },
): Omit<Row<'order_events'>, 'payload'> & { readonly payload: P } {
  return {
    event_id: event.eventId,
    event_type: event.eventType,
    schema_version: event.schemaVersion,
    order_id: 'order' in event ? event.order.order_id : null,
    version: event.version,
    occurred_at: event.occurredAt,
    content_hash: event.contentHash,
    payload,
    attributes: JSON.stringify(message.attributes),
    message_id: message.messageId,
    published_at: message.publishedAt,
    received_at: message.receivedAt,
    corrections: corrected,
    worker_version: workerVersion,
    delivery_attempt: message.deliveryAttempt ?? null,
  };
}

/** For each part what its row carries; nearly always the same object for all. */
export function carriedBy(event: Event, corrections: string | null): (part: object) => Carried {
  const carried: Carried = {
    event_id: event.eventId,
    version: event.version,
    occurred_at: event.occurredAt,
    content_hash: event.contentHash,
    corrections,
    additional_fields: null,
  };
  const { additional } = event;
  if (additional === null) return () => carried;
  return (part) => {
    const kept = additional.get(part);
    return kept === undefined ? carried : { ...carried, additional_fields: JSON.stringify(kept) };
  };
}

function contentRows(content: Content, carried: (part: object) => Carried): Partial<Rows> {
  switch (content.eventType) {
    case 'order.placed':
      return {
        orders: [orderRow(content.order, carried(content.order))],
        order_items: content.items.map((item) => itemRow(item, carried(item))),
        order_payments: content.payments.map((payment) => paymentRow(payment, carried(payment))),
      };
    case 'order.status_changed':
      return { orders: [orderRow(content.order, carried(content.order))] };
    case 'customer.changed':
      return { customers: [customerRow(content.customer, carried(content.customer))] };
    case 'product.changed':
      return { products: [productRow(content.product, carried(content.product))] };
    case 'seller.changed':
      return { sellers: [sellerRow(content.seller, carried(content.seller))] };
    case 'clickstream':
      return { clickstream: [clickRow(content.click, carried(content.click))] };
  }
}

/** A message that could not be taken, whole, so that it can be repaired and replayed. */
export function deadLetterRow(
  death: Death,
  message: Received,
  where: { readonly step: string; readonly sink: string; readonly attempts: number },
): Row<'dead_letters'> {
  return {
    event_id: death.eventId,
    reason: death.reason,
    path: death.path,
    expected: death.expected,
    got: death.got,
    step: where.step,
    sink: where.sink,
    attempts: where.attempts,
    payload: message.bytes,
    attributes: JSON.stringify(message.attributes),
    message_id: message.messageId,
    published_at: message.publishedAt,
    received_at: message.receivedAt,
  };
}
