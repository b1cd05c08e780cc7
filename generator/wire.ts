import { eventType, type Instant, moneyText, schemaVersion } from '../contracts/index.ts';
import type { Placed } from './shop.ts';

/** A message as JSON: what a producer would build before it calls JSON.stringify. */
export interface Wire {
  [key: string]: unknown;
  event_id: string;
  event_type: string;
  schema_version: number;
  occurred_at: string;
  order: Record<string, unknown>;
  order_items: [Record<string, unknown>, ...Record<string, unknown>[]];
  order_payments: [Record<string, unknown>, ...Record<string, unknown>[]];
}

const encoder = new TextEncoder();

export function wireOf({ eventId, occurredAt, order, items, payments }: Placed): Wire {
  const item = (entry: Placed['items'][0]) => ({
    ...entry,
    shipping_limit_date: timeText(entry.shipping_limit_date),
    price: moneyText(entry.price),
    freight_value: moneyText(entry.freight_value),
  });
  const payment = (entry: Placed['payments'][0]) => ({
    ...entry,
    payment_value: moneyText(entry.payment_value),
  });
  const [firstItem, ...moreItems] = items;
  const [firstPayment, ...morePayments] = payments;
  return {
    event_id: eventId,
    event_type: eventType,
    schema_version: schemaVersion,
    occurred_at: timeText(occurredAt),
    order: {
      ...order,
      order_purchase_timestamp: timeText(order.order_purchase_timestamp),
      order_approved_at: order.order_approved_at === null ? null : timeText(order.order_approved_at),
      order_estimated_delivery_date:
        order.order_estimated_delivery_date === null ? null : timeText(order.order_estimated_delivery_date),
    },
    order_items: [item(firstItem), ...moreItems.map(item)],
    order_payments: [payment(firstPayment), ...morePayments.map(payment)],
  };
}

/** The envelope again, so that a torn body can still be named. */
export function attributesOf(wire: Wire): Record<string, string> {
  return {
    event_id: wire.event_id,
    event_type: wire.event_type,
    schema_version: String(wire.schema_version),
    occurred_at: wire.occurred_at,
  };
}

export function bytesOf(wire: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(wire));
}

/** The shop's clock ticks in milliseconds, so nothing is lost. */
function timeText(instant: Instant): string {
  return new Date(instant / 1_000).toISOString();
}
