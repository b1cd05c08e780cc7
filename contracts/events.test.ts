import { describe, expect, it } from 'vitest';
import {
  decode,
  defaultRules,
  type Event,
  type EventType,
  eventTypes,
  exampleEvents,
  type Instant,
  type Rows,
  rowsOf,
} from './index.ts';

const receivedAt = (Date.parse('2024-05-04T15:00:00Z') * 1000) as Instant;

type Json = Record<string, unknown>;

function received(body: unknown) {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  return { bytes, attributes: { source: 'shop' }, messageId: 'm1', publishedAt: receivedAt, receivedAt };
}

function eventOf(body: unknown): Event {
  const outcome = decode(received(body), defaultRules);
  if (outcome.kind === 'dead') throw new Error(JSON.stringify(outcome.death));
  return outcome.event;
}

function rowsFor(body: unknown): Rows {
  return rowsOf(eventOf(body), received(body), []);
}

function filled(rows: Rows): Record<string, number> {
  return Object.fromEntries(
    Object.entries(rows)
      .map(([name, list]) => [name, list.length] as const)
      .filter(([, length]) => length > 0),
  );
}

/** The example of an event with one part changed. */
function changed<T extends EventType>(type: T, part: string, change: Json): Json {
  const body = structuredClone(exampleEvents[type]) as unknown as Json;
  return { ...body, [part]: { ...(body[part] as Json), ...change } };
}

describe('the six events', () => {
  it.each([...eventTypes])('%s: its example is ok, and is what it says it is', (type) => {
    const outcome = decode(received(exampleEvents[type]), defaultRules);
    expect(outcome).toMatchObject({
      kind: 'ok',
      event: { eventType: type, eventId: exampleEvents[type].event_id, schemaVersion: 1 },
    });
  });

  it.each<[EventType, Record<string, number>]>([
    ['order.placed', { orders: 1, order_items: 1, order_payments: 2, order_events: 1 }],
    ['order.status_changed', { orders: 1, order_events: 1 }],
    ['customer.changed', { customers: 1, order_events: 1 }],
    ['product.changed', { products: 1, order_events: 1 }],
    ['seller.changed', { sellers: 1, order_events: 1 }],
    ['clickstream', { clickstream: 1, order_events: 1 }],
  ])('%s fills its tables, and the history', (type, expected) => {
    expect(filled(rowsFor(exampleEvents[type]))).toEqual(expected);
  });

  it('a change of status is the whole order as it is now, with its version', () => {
    const placed = rowsFor(exampleEvents['order.placed']).orders[0]!;
    const approved = rowsFor(exampleEvents['order.status_changed']).orders[0]!;
    expect(approved).toEqual({
      ...placed,
      order_status: 'approved',
      order_approved_at: Date.parse('2024-05-04T14:02:11Z') * 1000,
      version: 2,
      event_id: 'status-0001',
      occurred_at: Date.parse('2024-05-04T14:02:11Z') * 1000,
      content_hash: approved.content_hash,
    });
    expect(approved.content_hash).not.toBe(placed.content_hash);
  });

  it('the history knows the order of an event about one, and null of every other', () => {
    const orders = eventTypes.map((type) => rowsFor(exampleEvents[type]).order_events[0]!.order_id);
    const id = exampleEvents['order.placed'].order.order_id;
    expect(orders).toEqual([id, id, null, null, null, null]);
  });

  it('a dimension row carries its version and which event it comes from', () => {
    expect(rowsFor(changed('seller.changed', 'seller', { version: 7 })).sellers).toEqual([
      {
        seller_id: '3504c0cb71d7fa48d967e0e4c94d59d9',
        seller_zip_code_prefix: '09350',
        seller_city: 'maua',
        seller_state: 'SP',
        event_id: 'seller-0001',
        version: 7,
        occurred_at: Date.parse('2024-02-11T17:45:00Z') * 1000,
        content_hash: expect.stringMatching(/^[0-9a-f]{16}$/),
        corrections: null,
        additional_fields: null,
      },
    ]);
  });

  it('a product needs nothing but its id: 610 of Olist have no category', () => {
    const product = { product_id: 'p', version: 1 };
    const body = { ...exampleEvents['product.changed'], product };
    expect(rowsFor(body).products[0]).toMatchObject({
      product_category_name: null,
      product_width_cm: null,
    });
  });

  it('a category of 19 digits stays text, and as a number it is refused: it would have lost its last digits', () => {
    expect(rowsFor(exampleEvents.clickstream).clickstream[0]!.category_id).toBe('2053013555631882655');
    const outcome = decode(
      received(changed('clickstream', 'click', { category_id: 2.05301e18 })),
      defaultRules,
    );
    expect(outcome).toMatchObject({
      kind: 'dead',
      death: { reason: 'wrong_type', path: '/click/category_id' },
    });
  });

  it.each([...eventTypes])('%s without its part is dead, and so is the next major version', (type) => {
    const { event_id, event_type, occurred_at } = exampleEvents[type];
    const bare = { event_id, event_type, occurred_at, schema_version: 1 };
    expect(decode(received(bare), defaultRules)).toMatchObject({ death: { reason: 'missing_field' } });
    const next = { ...exampleEvents[type], schema_version: 2 };
    expect(decode(received(next), defaultRules)).toMatchObject({
      death: { reason: 'unknown_schema_version', path: '/schema_version', expected: '1', got: '2' },
    });
  });

  it('other content is another hash, for every event', () => {
    const other: [EventType, string, Json][] = [
      ['order.status_changed', 'order', { order_status: 'canceled' }],
      ['customer.changed', 'customer', { customer_state: 'RJ' }],
      ['product.changed', 'product', { product_photos_qty: null }],
      ['seller.changed', 'seller', { seller_city: 'sp / sp' }],
      ['clickstream', 'click', { event_type: 'view' }],
    ];
    for (const [type, part, change] of other)
      expect(eventOf(changed(type, part, change)).contentHash).not.toBe(
        eventOf(exampleEvents[type]).contentHash,
      );
  });
});
