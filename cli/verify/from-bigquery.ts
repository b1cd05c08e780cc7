import { names, tables } from '../../contracts/index.ts';
import type { OtherTable } from '../../generator/index.ts';
import { type AnswerRow, ask } from '../bigquery.ts';
import { type DeadFacts, type Facts, joinFacts, type KeyedFacts, type Sums } from './facts.ts';

const raw = names.datasets.raw;

export async function factsFromBigQuery(project: string): Promise<Facts> {
  const [orders, items, payments] = await Promise.all([
    ask(project, `SELECT order_id, event_id FROM ${raw}.orders`),
    ask(
      project,
      `SELECT order_id, COUNT(*) AS n, COUNT(DISTINCT order_item_id) AS keys,
        SUM(price) AS cents, SUM(freight_value) AS freight FROM ${raw}.order_items GROUP BY order_id`,
    ),
    ask(
      project,
      `SELECT order_id, COUNT(*) AS n, COUNT(DISTINCT payment_sequential) AS keys,
        SUM(payment_value) AS cents FROM ${raw}.order_payments GROUP BY order_id`,
    ),
  ]);
  const ids = orders.map(({ order_id }) => String(order_id));
  return {
    orders: joinFacts(
      new Map(orders.map((row) => [String(row.order_id), String(row.event_id)])),
      new Map(items.map((row) => [String(row.order_id), sumsOf(row)])),
      new Map(payments.map((row) => [String(row.order_id), sumsOf(row)])),
    ),
    twice: [
      ...repeated(ids),
      ...[...items, ...payments]
        .filter((row) => Number(row.n) !== Number(row.keys))
        .map((row) => String(row.order_id)),
    ],
  };
}

export async function deadFromBigQuery(project: string): Promise<DeadFacts> {
  const rows = await ask(project, `SELECT event_id, message_id, sink, reason FROM ${raw}.dead_letters`);
  return {
    dead: new Map(rows.map(({ event_id, reason }) => [String(event_id), String(reason)])),
    twice: repeated(rows.map(({ message_id, sink }) => `${message_id} at ${sink}`)),
  };
}

/** The history keeps every event once at least; a redelivery may add it again and the daily model takes one. */
export async function historyFromBigQuery(project: string): Promise<ReadonlySet<string>> {
  const rows = await ask(
    project,
    `SELECT DISTINCT event_id FROM ${raw}.order_events WHERE occurred_at > TIMESTAMP("1970-01-01")`,
  );
  return new Set(rows.map(({ event_id }) => String(event_id)));
}

/** One of the tables beside the orders: by key the event of its row. */
export async function keyedFromBigQuery(project: string, table: OtherTable): Promise<KeyedFacts> {
  const [key] = tables[table].key;
  return keyedOf(await ask(project, `SELECT ${key} AS k, event_id AS v FROM ${raw}.${table}`));
}

/** By event id the content of the click. A copy adds a row; rows that differ under one id stand there twice. */
export async function clicksFromBigQuery(project: string): Promise<KeyedFacts> {
  return keyedOf(
    await ask(
      project,
      `SELECT DISTINCT event_id AS k, content_hash AS v FROM ${raw}.clickstream
        WHERE event_time > TIMESTAMP("1970-01-01")`,
    ),
  );
}

function keyedOf(rows: readonly AnswerRow[]): KeyedFacts {
  return {
    values: new Map(rows.map(({ k, v }) => [String(k), String(v)])),
    twice: repeated(rows.map(({ k }) => String(k))),
  };
}

function sumsOf(row: Readonly<Record<string, unknown>>): Sums {
  return {
    rows: Number(row.n),
    cents: centsOf(row.cents),
    freightCents: row.freight === undefined ? 0 : centsOf(row.freight),
  };
}

/** NUMERIC comes as decimal text; going through a float could be off by a cent. */
export function centsOf(value: unknown): number {
  const [, sign, whole, broken = ''] = /^(-?)(\d+)(?:\.(\d{1,2})0*)?$/.exec(String(value)) ?? [];
  if (whole === undefined) throw new Error(`expected money with two decimals, got ${String(value)}`);
  const cents = Number(whole) * 100 + Number(broken.padEnd(2, '0'));
  return sign ? -cents : cents;
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}
