import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { decode, defaultRules, type EventOf, type Instant, type Outcome } from '../contracts/index.ts';
import {
  type DefectRates,
  defaultDefects,
  defectNames,
  expectedTables,
  type GenerateOptions,
  generate,
  noDefects,
  type Publication,
  streams,
} from './index.ts';

const epoch = (Date.parse('2017-01-02T00:00:00-03:00') * 1000) as Instant;
const lateEnough = (Date.parse('2026-01-01T00:00:00Z') * 1000) as Instant;
const day = 86_400_000_000;
/** Hardly a message that is as it should be. A body beyond Pub/Sub's bound is tried on its own. */
const plenty: DefectRates = {
  ...Object.fromEntries(defectNames.map((name) => [name, 0.04])),
  oversize_body: 0,
};

function stream(options: Partial<GenerateOptions>): Publication[] {
  return [...generate({ seed: 7, orders: 100, epoch, defects: defaultDefects, streams, ...options })];
}

function outcomeOf({ bytes, attributes }: Publication): Outcome {
  const received = { bytes, attributes, messageId: 'none', publishedAt: lateEnough, receivedAt: lateEnough };
  return decode(received, defaultRules);
}

/** What the decoder makes of a message, as a line of the ledger. */
function found(publication: Publication) {
  const { ledger } = publication;
  const outcome = outcomeOf(publication);
  if (outcome.kind === 'dead') {
    const { eventId, reason } = outcome.death;
    return { ...ledger, outcome: 'dead', event_id: eventId, reason };
  }
  const { event } = outcome;
  const placed = event.eventType === 'order.placed' ? event : undefined;
  const sum = (values: number[] = []) => values.reduce((a, b) => a + b, 0);
  return {
    event_id: event.eventId,
    event_type: event.eventType,
    subject: ledger.subject,
    order_id: 'order' in event ? event.order.order_id : null,
    defect: ledger.defect,
    outcome: outcome.kind,
    reason: null,
    version: event.version,
    occurred_at: event.occurredAt,
    content_hash: event.contentHash,
    items: placed?.items.length ?? 0,
    payments: placed?.payments.length ?? 0,
    items_cents: sum(placed?.items.map((item) => item.price)),
    freight_cents: sum(placed?.items.map((item) => item.freight_value)),
    payments_cents: sum(placed?.payments.map((payment) => payment.payment_value)),
  };
}

function sortedDigests(publications: readonly Publication[]): string[] {
  return publications.map((publication) => digest([publication])).sort();
}

function digest(publications: readonly Publication[]): string {
  const hash = createHash('sha256');
  for (const { bytes, attributes, ledger } of publications)
    hash.update(bytes).update(JSON.stringify([attributes, ledger]));
  return hash.digest('hex');
}

describe('one seed', () => {
  it('gives one stream, byte for byte', () => {
    const some = { orders: 40, firstOrder: 60, defects: plenty };
    expect(digest(stream(some))).toBe(digest(stream(some)));
    expect(digest(stream(some))).not.toBe(digest(stream({ ...some, seed: 8 })));
  });

  it('gives these very bytes for the first 10,000 events, on any machine', () => {
    const hash = createHash('sha256');
    let left = 10_000;
    for (const { bytes } of generate({ seed: 1, epoch, defects: defaultDefects, streams })) {
      hash.update(bytes).update('\n');
      if (--left === 0) break;
    }
    expect(hash.digest('hex')).toBe('72064d28ea8ea2226f4dcc1c7e45926aec6bce41bc8901e08b0ae2b41c62a49d');
  });

  it('tells of the same orders in one run or in two', () => {
    const whole = stream({ defects: plenty });
    const halves = [
      ...stream({ defects: plenty, orders: 40 }),
      ...stream({ defects: plenty, firstOrder: 40, orders: 60 }),
    ];
    expect(sortedDigests(halves)).toEqual(sortedDigests(whole));
  });

  it('goes on from any moment as if it had never stopped', () => {
    const moment = (days: number) => (epoch + days * day) as Instant;
    const shop = { seed: 7, epoch, defects: plenty, ordersPerDay: 8, streams };
    const window = (from: number, to: number) => [
      ...generate({ ...shop, from: moment(from), to: moment(to) }),
    ];
    const whole = window(0, 9);
    expect(whole.length).toBeGreaterThan(3_000);
    expect(digest([...window(0, 4.3), ...window(4.3, 4.31), ...window(4.31, 9)])).toBe(digest(whole));
  });

  it('knows weeks later which earlier orders still change', () => {
    const moment = (days: number) => (epoch + days * day) as Instant;
    const shop = { seed: 7, epoch, defects: plenty, ordersPerDay: 5, streams: ['orders', 'status'] } as const;
    const window = (from: number, to: number) => [
      ...generate({ ...shop, from: moment(from), to: moment(to) }),
    ];
    const whole = window(0, 80);
    expect(digest([...window(0, 70), ...window(70, 80)])).toBe(digest(whole));
  });

  it('gives the same events whatever defects are asked for', () => {
    const idsOf = (publications: Publication[]) =>
      publications.filter(({ ledger }) => ledger.defect !== 'orphan').map(({ ledger }) => ledger.event_id);
    const withDefects = idsOf(stream({ defects: { ...plenty, orphan: 0 } }));
    expect([...new Set(withDefects)].sort()).toEqual(idsOf(stream({ defects: noDefects })).sort());
  });
});

describe('the ledger', () => {
  it('says of thousands of publications exactly what the decoder makes of them', () => {
    const kinds = new Set<string>();
    const publications = stream({ orders: 250, defects: plenty });
    expect(publications.length).toBeGreaterThan(6_000);
    for (const publication of publications) {
      const { ledger } = publication;
      kinds.add(ledger.defect ?? 'none');
      const actual = found(publication);
      // The matcher's own comparison costs more than making and decoding the message.
      if (!isDeepStrictEqual(actual, ledger)) expect(actual).toEqual(ledger);
    }
    expect([...kinds].sort()).toEqual(
      ['none', ...defectNames.filter((name) => name !== 'oversize_body')].sort(),
    );
  });

  it('knows that a body larger than Pub/Sub takes is dead', () => {
    const [publication] = stream({ orders: 1, streams: ['orders'], defects: { oversize_body: 1 } });
    expect(publication!.bytes.length).toBeGreaterThan(10_000_000);
    expect(found(publication!)).toEqual(publication!.ledger);
  });

  it('sends about as many defects as it was asked for', () => {
    const rates = { truncated_json: 0.05, untrimmed_city: 0.05, duplicate_same_bytes: 0.05, late: 0.05 };
    const lines = stream({ orders: 4_000, streams: ['orders'], defects: rates }).map((p) => p.ledger);
    for (const name of Object.keys(rates)) {
      const count = lines.filter(({ defect }) => defect === name).length;
      // A binomial draw; five deviations either way.
      expect(Math.abs(count - 200), name).toBeLessThan(70);
    }
  });

  it('knows which of two copies with other bytes must win', async () => {
    const lines = stream({
      orders: 800,
      streams: ['orders'],
      defects: { duplicate_other_bytes: 0.5 },
    }).map((p) => p.ledger);
    const { orders, history, messages } = await expectedTables(lines);
    expect(messages).toBe(lines.length);
    expect(orders.size).toBe(800);
    expect(history.size).toBe(800);
    const copiesThatWin = [...orders.values()].filter((line) => line.defect !== null).length;
    const copies = lines.filter((line) => line.defect !== null).length;
    expect(copiesThatWin).toBeGreaterThan(copies * 0.4);
    expect(copiesThatWin).toBeLessThan(copies * 0.6);
  });

  it('sends what is late after its time, and a reordered change after the one that follows it', () => {
    const publications = stream({ defects: { late: 0.1, out_of_order: 0.3 } });
    const late = publications.filter(({ ledger }) => ledger.defect === 'late');
    expect(late.length).toBeGreaterThan(50);
    for (const { at, ledger } of late) expect(at).toBeGreaterThan(ledger.occurred_at - 2_000_000);
    const versions = new Map<string, number>();
    let overtaken = 0;
    for (const { ledger } of publications) {
      if (ledger.order_id === null) continue;
      if (ledger.version < (versions.get(ledger.order_id) ?? 0)) overtaken++;
      versions.set(ledger.order_id, ledger.version);
    }
    expect(overtaken).toBeGreaterThan(50);
  });
});

describe('the shop', () => {
  const outcomes = stream({ orders: 2_000, defects: noDefects, streams: ['orders'] }).map(outcomeOf);
  const events = outcomes.flatMap((outcome) =>
    outcome.kind === 'ok' && outcome.event.eventType === 'order.placed' ? [outcome.event] : [],
  );

  it('sells nothing that the contract would have to correct', () => {
    expect(events).toHaveLength(2_000);
  });

  it('names every order, event and customer of an order once', () => {
    expect(new Set(events.map((event) => event.order.order_id)).size).toBe(2_000);
    expect(new Set(events.map((event) => event.order.customer_id)).size).toBe(2_000);
  });

  it('sells in the order of time, from its opening on', () => {
    const purchases = events.map((event) => event.order.order_purchase_timestamp);
    expect(purchases).toEqual(purchases.toSorted((a, b) => a - b));
    expect(purchases[0]).toBeGreaterThanOrEqual(epoch);
  });

  it('lets every payment fit its order, in one part or several', () => {
    for (const { items, payments } of events) {
      const due = items.reduce((sum, item) => sum + item.price + item.freight_value, 0);
      expect(payments.reduce((sum, payment) => sum + payment.payment_value, 0)).toBe(due);
      expect(
        Math.min(...items.map((item) => item.price), ...payments.map((payment) => payment.payment_value)),
      ).toBeGreaterThan(0);
    }
    const parts = new Set(events.map(({ payments }) => payments.length));
    expect([...parts].sort()).toEqual([1, 2, 3, 4]);
  });
});

describe('what happens around an order', () => {
  const published = stream({ orders: 250, defects: noDefects });
  const events = published.map((publication) => {
    const outcome = outcomeOf(publication);
    if (outcome.kind !== 'ok') throw new Error(`${outcome.kind}: ${JSON.stringify(publication.ledger)}`);
    return outcome.event;
  });
  const of = <T extends (typeof events)[number]['eventType']>(type: T) =>
    events.filter((event): event is EventOf<T> => event.eventType === type);

  it('is told in the order of time', () => {
    const times = published.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('changes its status one version at a time, after it was placed, and never back in time', () => {
    const latest = new Map(of('order.placed').map((event) => [event.order.order_id, event.order]));
    for (const { order, occurredAt } of of('order.status_changed')) {
      const before = latest.get(order.order_id)!;
      expect(order.version).toBe(before.version + 1);
      expect(occurredAt).toBeGreaterThan(before.order_purchase_timestamp);
      const { order_status: _, version: __, order_approved_at: ___, ...kept } = order;
      expect(kept).toMatchObject({
        customer_id: before.customer_id,
        order_purchase_timestamp: before.order_purchase_timestamp,
      });
      latest.set(order.order_id, order);
    }
    const ends = new Set([...latest.values()].map((order) => order.order_status));
    expect(ends).toContain('delivered');
    expect(ends).toContain('canceled');
    const delivered = [...latest.values()].find((order) => order.order_status === 'delivered')!;
    expect(delivered.order_delivered_customer_date).toBeGreaterThan(delivered.order_delivered_carrier_date!);
  });

  it('names only sellers, products and people that were told of before', () => {
    const known = new Set<string>();
    for (const event of events) {
      if (event.eventType === 'seller.changed') known.add(event.seller.seller_id);
      else if (event.eventType === 'product.changed') known.add(event.product.product_id);
      else if (event.eventType === 'customer.changed') known.add(event.customer.customer_unique_id);
      else if (event.eventType === 'order.placed') {
        for (const item of event.items)
          expect(known.has(item.product_id) && known.has(item.seller_id)).toBe(true);
        expect(known.has(event.order.customer_unique_id)).toBe(true);
      }
    }
  });

  it('lets a view come before a cart and a cart before a purchase, of products that the order holds', () => {
    const seen = new Map<string, Set<string>>();
    let purchases = 0;
    const orders = new Map(of('order.placed').map((event) => [event.order.order_id, event]));
    for (const { click } of of('clickstream')) {
      const did = seen.get(`${click.user_id} ${click.product_id}`) ?? new Set<string>();
      if (click.event_type === 'cart') expect(did).toContain('view');
      if (click.event_type === 'purchase') {
        purchases++;
        expect(did).toContain('cart');
        const order = orders.get(click.order_id!)!;
        expect(order.items.map((item) => item.product_id)).toContain(click.product_id);
        expect(order.order.customer_unique_id).toBe(click.user_id);
      }
      seen.set(`${click.user_id} ${click.product_id}`, did.add(click.event_type));
    }
    expect(purchases).toBe(of('order.placed').reduce((sum, { items }) => sum + items.length, 0));
  });
});

it.each([
  { orders: -1 },
  { seed: 0.5 },
  { firstOrder: Number.NaN },
  { ordersPerDay: 0 },
  { clickShare: 1.5 },
])('refuses %j by name', (options) => {
  expect(() => stream(options)).toThrow(Object.keys(options)[0]);
});
