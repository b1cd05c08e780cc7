import {
  bigquerySchema,
  changeSequence,
  decode,
  defaultRules,
  type Instant,
  type Received,
  rowDescriptor,
  rowEncoder,
  rowsOf,
  tables,
} from '../contracts/index.ts';
import { generate, noDefects } from '../generator/index.ts';

/** The rows of one table, encoded, and what is needed to write them. */
export interface TableRows {
  readonly name: string;
  readonly descriptor: object;
  /** The table as REST takes it. */
  readonly resource: object;
  readonly rows: Uint8Array[];
}

/** Orders with their items and payments, as the worker sends them: upserts into three tables. */
export function orderRows(orders: number): TableRows[] {
  const names = ['orders', 'order_items', 'order_payments'] as const;
  const found = { orders: [], order_items: [], order_payments: [] } as Record<
    (typeof names)[number],
    Uint8Array[]
  >;
  const order = rowEncoder(tables.orders);
  const item = rowEncoder(tables.order_items);
  const payment = rowEncoder(tables.order_payments);
  for (const message of messages(orders)) {
    const outcome = decode(message, defaultRules);
    if (outcome.kind === 'dead') throw new Error(JSON.stringify(outcome.death));
    const rows = rowsOf(outcome.event, message, []);
    const change = { type: 'UPSERT', sequence: changeSequence(outcome.event) } as const;
    // The encoder's bytes are only good until it is called again.
    for (const row of rows.orders) found.orders.push(Uint8Array.from(order(row, change)));
    for (const row of rows.order_items) found.order_items.push(Uint8Array.from(item(row, change)));
    for (const row of rows.order_payments) found.order_payments.push(Uint8Array.from(payment(row, change)));
  }
  return names.map((name) => ({
    name,
    descriptor: rowDescriptor(tables[name]),
    resource: {
      tableReference: { projectId: 'bench', datasetId: 'bench', tableId: name },
      schema: { fields: bigquerySchema(tables[name]) },
      tableConstraints: { primaryKey: { columns: tables[name].key } },
    },
    rows: found[name],
  }));
}

function* messages(orders: number): Generator<Received> {
  const epoch = 1_483_326_000_000_000 as Instant;
  const receivedAt = (epoch + 400 * 86_400_000_000) as Instant;
  for (const { bytes, attributes } of generate({ seed: 1, orders, epoch, defects: noDefects }))
    if (attributes.event_type === 'order.placed')
      yield { bytes, attributes, messageId: '1', publishedAt: receivedAt, receivedAt };
}
