import { compareVersions, type Instant, tables } from '../../contracts/index.ts';
import type { LakeTable } from '../../lake/index.ts';
import type { LakeTableName } from '../../streaming/index.ts';
import { type Facts, joinFacts, noSums, type Sums } from './facts.ts';

type LakeRow = Readonly<Record<string, unknown>>;

/** The current view of each table (the latest version per key), summed up per order. */
export async function factsFromLake(opened: Readonly<Record<LakeTableName, LakeTable>>): Promise<Facts> {
  const orders = await currentRows('orders', opened.orders);
  const items = await currentRows('order_items', opened.order_items);
  const payments = await currentRows('order_payments', opened.order_payments);
  return {
    orders: joinFacts(
      new Map(orders.map((row) => [String(row.order_id), String(row.event_id)])),
      sumPerOrder(items, 'price', 'freight_value'),
      sumPerOrder(payments, 'payment_value'),
    ),
    // A key stands once in the current view by construction; what stands twice below it is maintenance's work.
    twice: [],
  };
}

async function currentRows(name: LakeTableName, table: LakeTable): Promise<LakeRow[]> {
  const newest = new Map<string, LakeRow>();
  for await (const row of table.scan()) {
    const key = tables[name].key.map((column) => String(row[column])).join('\u0000');
    const other = newest.get(key);
    if (!other || compareVersions(versionOf(row), versionOf(other)) > 0) newest.set(key, row);
  }
  return [...newest.values()];
}

function versionOf(row: LakeRow) {
  return {
    version: Number(row.version),
    occurredAt: Number(row.occurred_at) as Instant,
    contentHash: String(row.content_hash),
  };
}

function sumPerOrder(rows: readonly LakeRow[], money: string, freight?: string): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    const id = String(row.order_id);
    const sum = sums.get(id) ?? noSums;
    sums.set(id, {
      rows: sum.rows + 1,
      cents: sum.cents + Number(row[money]),
      freightCents: sum.freightCents + (freight === undefined ? 0 : Number(row[freight])),
    });
  }
  return sums;
}
