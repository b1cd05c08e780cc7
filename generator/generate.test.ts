import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  decode,
  defaultRules,
  type Event,
  type EventOf,
  type Instant,
  type Outcome,
} from '../contracts/index.ts';
import {
  type DefectRates,
  defaultDefects,
  expectedTables,
  generate,
  noDefects,
  type Publication,
} from './index.ts';

const epoch = (Date.parse('2017-01-02T00:00:00-03:00') * 1000) as Instant;
const lateEnough = (Date.parse('2026-01-01T00:00:00Z') * 1000) as Instant;
/** Enough of each that every kind of defect occurs. */
const plenty: DefectRates = {
  duplicateSameBytes: 0.05,
  duplicateOtherBytes: 0.05,
  correctable: 0.1,
  corrupt: 0.2,
};

function stream(options: Partial<Parameters<typeof generate>[0]>): Publication[] {
  return [...generate({ seed: 7, orders: 500, epoch, defects: defaultDefects, ...options })];
}

function outcomeOf({ bytes, attributes }: Publication): Outcome {
  const received = { bytes, attributes, messageId: 'none', publishedAt: lateEnough, receivedAt: lateEnough };
  return decode(received, defaultRules);
}

function placed(event: Event): EventOf<'order.placed'> {
  if (event.eventType !== 'order.placed') throw new Error(`expected an order, got ${event.eventType}`);
  return event;
}

function digest(publications: readonly Publication[]): string {
  const hash = createHash('sha256');
  for (const { bytes, attributes, ledger } of publications)
    hash.update(bytes).update(JSON.stringify([attributes, ledger]));
  return hash.digest('hex');
}

describe('one seed', () => {
  it('gives one stream, byte for byte', () => {
    expect(digest(stream({}))).toBe(digest(stream({})));
    expect(digest(stream({}))).not.toBe(digest(stream({ seed: 8 })));
  });

  it('goes on from any order as if it had never stopped', () => {
    const whole = stream({ defects: plenty });
    const halves = [
      ...stream({ defects: plenty, orders: 200 }),
      ...stream({ defects: plenty, firstOrder: 200, orders: 300 }),
    ];
    expect(digest(halves)).toBe(digest(whole));
  });

  it('gives the same orders whatever defects are asked for', () => {
    const idsOf = (publications: Publication[]) => publications.map((p) => p.ledger.event_id);
    const withDefects = idsOf(stream({ defects: plenty }));
    expect([...new Set(withDefects)]).toEqual(idsOf(stream({ defects: noDefects })));
  });
});

describe('the ledger', () => {
  it('says of 5,000 publications exactly what the decoder makes of them', () => {
    const kinds = new Set<string>();
    const publications = stream({ orders: 4_600, defects: plenty });
    expect(publications.length).toBeGreaterThan(5_000);
    for (const publication of publications) {
      const { ledger } = publication;
      const outcome = outcomeOf(publication);
      kinds.add(ledger.defect ?? 'none');
      if (outcome.kind === 'dead') {
        const { eventId, reason } = outcome.death;
        expect([ledger.defect, 'dead', eventId, reason]).toEqual([
          ledger.defect,
          ledger.outcome,
          ledger.event_id,
          ledger.reason,
        ]);
        continue;
      }
      const event = placed(outcome.event);
      const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
      expect({
        event_id: event.eventId,
        order_id: event.order.order_id,
        defect: ledger.defect,
        outcome: outcome.kind,
        reason: null,
        version: event.version,
        occurred_at: event.occurredAt,
        content_hash: event.contentHash,
        items: event.items.length,
        payments: event.payments.length,
        items_cents: sum(event.items.map((item) => item.price)),
        freight_cents: sum(event.items.map((item) => item.freight_value)),
        payments_cents: sum(event.payments.map((payment) => payment.payment_value)),
      }).toEqual(ledger);
    }
    expect([...kinds].sort()).toEqual([
      'bad_utf8',
      'deep_nesting',
      'duplicate_other_bytes',
      'duplicate_same_bytes',
      'missing_field',
      'money_as_number',
      'money_does_not_add_up',
      'none',
      'proto_key',
      'time_without_zone',
      'truncated_json',
      'unknown_enum',
      'unknown_major_version',
      'untrimmed_city',
      'wrong_type',
    ]);
  });

  it('sends about as many defects as it was asked for', () => {
    const lines = stream({ orders: 20_000 }).map((p) => p.ledger);
    const dead = lines.filter((line) => line.outcome === 'dead').length;
    const corrected = lines.filter((line) => line.outcome === 'corrected').length;
    const copies = lines.filter((line) => line.defect?.startsWith('duplicate')).length;
    // Each is a binomial draw; five deviations either way.
    expect(Math.abs(dead - 200)).toBeLessThan(70);
    expect(Math.abs(corrected - 200)).toBeLessThan(70);
    expect(Math.abs(copies - 300)).toBeLessThan(87);
  });

  it('knows which of two copies with other bytes must win', async () => {
    const lines = stream({ orders: 2_000, defects: { ...noDefects, duplicateOtherBytes: 0.5 } }).map(
      (p) => p.ledger,
    );
    const { orders, history, messages } = await expectedTables(lines);
    expect(messages).toBe(lines.length);
    expect(orders.size).toBe(2_000);
    expect(history.size).toBe(2_000);
    const copiesThatWin = [...orders.values()].filter((line) => line.defect !== null).length;
    const copies = lines.filter((line) => line.defect !== null).length;
    expect(copiesThatWin).toBeGreaterThan(copies * 0.4);
    expect(copiesThatWin).toBeLessThan(copies * 0.6);
  });
});

describe('the shop', () => {
  const outcomes = stream({ orders: 20_000, defects: noDefects }).map(outcomeOf);
  const events = outcomes.flatMap((outcome) => (outcome.kind === 'ok' ? [placed(outcome.event)] : []));

  it('sells nothing that the contract would have to correct', () => {
    expect(events).toHaveLength(20_000);
  });

  it('names every order, event and customer of an order once', () => {
    expect(new Set(events.map((event) => event.order.order_id)).size).toBe(20_000);
    expect(new Set(events.map((event) => event.order.customer_id)).size).toBe(20_000);
  });

  it('sells in the order of time, from its opening on, quietly at night', () => {
    const purchases = events.map((event) => event.order.order_purchase_timestamp);
    expect(purchases).toEqual(purchases.toSorted((a, b) => a - b));
    expect(purchases[0]).toBeGreaterThanOrEqual(epoch);
    const hours = Map.groupBy(purchases, (at) => new Date(at / 1000 - 3 * 3_600_000).getUTCHours());
    expect(hours.get(16)!.length).toBeGreaterThan(hours.get(4)!.length * 10);
  });

  it('has its buyers where Brazilians live, and lets every payment fit its order', () => {
    const fromSaoPaulo = events.filter((event) => event.order.customer_state === 'SP').length / events.length;
    expect(fromSaoPaulo).toBeGreaterThan(0.38);
    expect(fromSaoPaulo).toBeLessThan(0.46);
    for (const { items, payments } of events) {
      const due = items.reduce((sum, item) => sum + item.price + item.freight_value, 0);
      expect(payments.reduce((sum, payment) => sum + payment.payment_value, 0)).toBe(due);
      expect(
        Math.min(...items.map((item) => item.price), ...payments.map((payment) => payment.payment_value)),
      ).toBeGreaterThan(0);
    }
  });
});

it.each([{ orders: -1 }, { seed: 0.5 }, { firstOrder: Number.NaN }, { ordersPerDay: 0 }])(
  'refuses %j by name',
  (options) => {
    expect(() => stream(options)).toThrow(Object.keys(options)[0]);
  },
);
