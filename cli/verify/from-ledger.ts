import { type ExpectedTables, expectedTables, type LedgerLine, readLedger } from '../../generator/index.ts';
import { InputError, messageOf, OrderlakeError } from '../../runtime/index.ts';
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

/** What the tables must hold after everything in the ledger was published, and what came of repairs besides. */
export async function expectedFromLedger(path: string, repaired: readonly LedgerLine[]): Promise<Expected> {
  const expected = await expectedTables(linesOf(path, repaired));
  return {
    orders: new Map([...expected.orders].map(([id, line]) => [id, factsOf(line)])),
    twice: [],
    others: expected.others,
    clicks: expected.clicks,
    dead: { dead: expected.dead, twice: [] },
    history: expected.history,
    messages: expected.messages - repaired.length,
  };
}

async function* linesOf(path: string, repaired: readonly LedgerLine[]): AsyncGenerator<LedgerLine> {
  try {
    yield* readLedger(path);
  } catch (cause) {
    if (cause instanceof OrderlakeError) throw cause;
    throw new InputError(`the ledger ${path} cannot be read`, {
      got: messageOf(cause),
      action: 'Name the file that `orderlake generate --ledger` wrote, or the folder of the run',
      cause,
    });
  }
  yield* repaired;
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
