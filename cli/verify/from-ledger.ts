import { type ExpectedTables, expectedTables, type LedgerLine, readLedger } from '../../generator/index.ts';
import type { DeadFacts, Facts, OrderFacts } from './facts.ts';

export interface Expected extends Facts {
  /** For each table beside the orders: by key the event whose row must stand. */
  readonly others: ExpectedTables['others'];
  readonly clicks: ExpectedTables['clicks'];
  readonly dead: DeadFacts;
  /** Every event that is good, also those a newer one replaced. */
  readonly history: ReadonlySet<string>;
  readonly messages: number;
}

/** What the tables must hold after everything in the ledger was published. */
export async function expectedFromLedger(path: string): Promise<Expected> {
  const expected = await expectedTables(readLedger(path));
  return {
    orders: new Map([...expected.orders].map(([id, line]) => [id, factsOf(line)])),
    twice: [],
    others: expected.others,
    clicks: expected.clicks,
    dead: { dead: expected.dead, twice: [] },
    history: expected.history,
    messages: expected.messages,
  };
}

function factsOf(line: LedgerLine): OrderFacts {
  return {
    eventId: line.event_id,
    items: line.items,
    itemsCents: line.items_cents,
    freightCents: line.freight_cents,
    payments: line.payments,
    paymentsCents: line.payments_cents,
  };
}
