/** What can be said of one order in a store, money in whole cents. */
export interface OrderFacts {
  readonly eventId: string;
  readonly items: number;
  readonly itemsCents: number;
  readonly freightCents: number;
  readonly payments: number;
  readonly paymentsCents: number;
}

/** What a store holds, or must hold: the same shape for the ledger, BigQuery and Iceberg. */
export interface Facts {
  readonly orders: ReadonlyMap<string, OrderFacts>;
  /** Keys that stand more than once where once is promised. */
  readonly twice: readonly string[];
}

/** What a table with one row per key holds, or must hold. */
export interface KeyedFacts {
  /** By key what tells its row from another: the event, or the hash of its content. */
  readonly values: ReadonlyMap<string, string>;
  readonly twice: readonly string[];
}

export interface DeadFacts {
  /** Reason by event id. */
  readonly dead: ReadonlyMap<string, string>;
  readonly twice: readonly string[];
}

export interface Sums {
  readonly rows: number;
  readonly cents: number;
  readonly freightCents: number;
}

export const noSums: Sums = { rows: 0, cents: 0, freightCents: 0 };

/**
 * Joins what three tables say. Items or payments of an order that has no row are given an event id of their own,
 * so that they show up as unexpected instead of vanishing.
 */
export function joinFacts(
  orders: ReadonlyMap<string, string>,
  items: ReadonlyMap<string, Sums>,
  payments: ReadonlyMap<string, Sums>,
): Map<string, OrderFacts> {
  const ids = new Set([...orders.keys(), ...items.keys(), ...payments.keys()]);
  return new Map([...ids].map((id) => [id, factsOf(orders.get(id), items.get(id), payments.get(id))]));
}

function factsOf(eventId = '(no row in orders)', items = noSums, payments = noSums): OrderFacts {
  return {
    eventId,
    items: items.rows,
    itemsCents: items.cents,
    freightCents: items.freightCents,
    payments: payments.rows,
    paymentsCents: payments.cents,
  };
}
