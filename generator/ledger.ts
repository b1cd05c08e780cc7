import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { compareVersions, type DeadReason, type EventType, type Instant } from '../contracts/index.ts';
import { InputError } from '../runtime/index.ts';

/** One line per publication: what was sent, and what must become of it. Written before it is published. */
export interface LedgerLine {
  readonly event_id: string;
  readonly event_type: EventType;
  /** The key of what it is about: an order, a person, a product, a seller; of a click, the click. */
  readonly subject: string;
  /** Null when the message is dead: no table may know the order. */
  readonly order_id: string | null;
  readonly defect: string | null;
  readonly outcome: 'ok' | 'corrected' | 'dead';
  readonly reason: DeadReason | null;
  readonly version: number;
  /** Microseconds since the epoch. */
  readonly occurred_at: number;
  readonly content_hash: string;
  readonly items: number;
  readonly payments: number;
  readonly items_cents: number;
  readonly freight_cents: number;
  readonly payments_cents: number;
}

/** What the tables must hold once everything in the ledger was published and taken. */
export interface ExpectedTables {
  /** Per order the line that wins, with the items and payments of the newest line that has any. */
  readonly orders: ReadonlyMap<string, LedgerLine>;
  /** For each other table with a row per key: by key the event whose row must stand. */
  readonly others: { readonly [T in OtherTable]: ReadonlyMap<string, string> };
  /** By event id the hash of what must stand there: a click may be added again, but always the same. */
  readonly clicks: ReadonlyMap<string, string>;
  /** Reason by event id. */
  readonly dead: ReadonlyMap<string, DeadReason>;
  /** Every event that is good, also one that a newer replaced. */
  readonly history: ReadonlySet<string>;
  /** How many messages were sent. */
  readonly messages: number;
  readonly totals: Totals;
}

export type OtherTable = 'customers' | 'products' | 'sellers';

const tableOf: { readonly [T in EventType]?: OtherTable } = {
  'customer.changed': 'customers',
  'product.changed': 'products',
  'seller.changed': 'sellers',
};

/** Over the winners. */
export interface Totals {
  readonly items: number;
  readonly payments: number;
  readonly itemsCents: number;
  readonly freightCents: number;
  readonly paymentsCents: number;
}

export async function expectedTables(
  lines: Iterable<LedgerLine> | AsyncIterable<LedgerLine>,
): Promise<ExpectedTables> {
  const states = new Map<string, LedgerLine>();
  // A change of status leaves items and payments as they are, so their newest rows may be of an older event.
  const placements = new Map<string, LedgerLine>();
  const others = { customers: newLines(), products: newLines(), sellers: newLines() };
  const clicks = new Map<string, string>();
  const dead = new Map<string, DeadReason>();
  const history = new Set<string>();
  let messages = 0;
  for await (const line of lines) {
    messages++;
    if (line.outcome === 'dead') {
      if (line.reason !== null) dead.set(line.event_id, line.reason);
      continue;
    }
    history.add(line.event_id);
    if (line.event_type === 'clickstream') clicks.set(line.event_id, line.content_hash);
    const other = tableOf[line.event_type];
    if (other !== undefined) keepNewest(others[other], line.subject, line);
    if (line.order_id === null) continue;
    keepNewest(states, line.order_id, line);
    if (line.items > 0) keepNewest(placements, line.order_id, line);
  }
  const orders = new Map<string, LedgerLine>();
  for (const [id, state] of states) orders.set(id, { ...state, ...contentsOf(placements.get(id)) });
  return {
    orders,
    others: {
      customers: idsOf(others.customers),
      products: idsOf(others.products),
      sellers: idsOf(others.sellers),
    },
    clicks,
    dead,
    history,
    messages,
    totals: totalsOf(orders.values()),
  };
}

function newLines(): Map<string, LedgerLine> {
  return new Map();
}

function idsOf(winners: ReadonlyMap<string, LedgerLine>): Map<string, string> {
  return new Map([...winners].map(([key, line]) => [key, line.event_id]));
}

function keepNewest(newest: Map<string, LedgerLine>, id: string, line: LedgerLine): void {
  const best = newest.get(id);
  if (best === undefined || compareVersions(versionOf(line), versionOf(best)) > 0) newest.set(id, line);
}

type Contents = Pick<LedgerLine, 'items' | 'payments' | 'items_cents' | 'freight_cents' | 'payments_cents'>;

function contentsOf(line: LedgerLine | undefined): Contents {
  if (line === undefined)
    return { items: 0, payments: 0, items_cents: 0, freight_cents: 0, payments_cents: 0 };
  const { items, payments, items_cents, freight_cents, payments_cents } = line;
  return { items, payments, items_cents, freight_cents, payments_cents };
}

function versionOf(line: LedgerLine) {
  return {
    version: line.version,
    occurredAt: line.occurred_at as Instant,
    contentHash: line.content_hash,
  };
}

function totalsOf(winners: Iterable<LedgerLine>): Totals {
  const totals = { items: 0, payments: 0, itemsCents: 0, freightCents: 0, paymentsCents: 0 };
  for (const line of winners) {
    totals.items += line.items;
    totals.payments += line.payments;
    totals.itemsCents += line.items_cents;
    totals.freightCents += line.freight_cents;
    totals.paymentsCents += line.payments_cents;
  }
  return totals;
}

/** Reads a ledger line by line. A last line that was torn by a crash was never published, and is left out. */
export async function* readLedger(path: string): AsyncGenerator<LedgerLine> {
  let torn: string | undefined;
  let number = 0;
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number++;
    if (torn !== undefined) throw brokenLine(path, number - 1, torn);
    const line = parsed(text);
    if (line === undefined) torn = text;
    else yield line;
  }
}

function parsed(text: string): LedgerLine | undefined {
  try {
    return JSON.parse(text) as LedgerLine;
  } catch {
    return undefined;
  }
}

function brokenLine(path: string, number: number, got: string): InputError {
  return new InputError(`line ${number} of the ledger ${path} cannot be read`, {
    expected: 'a JSON object',
    got: got.slice(0, 80),
    action: 'Publish again with a new ledger file',
  });
}
