import { expect, test } from 'vitest';
import { defaultRules, exampleOrder, type Instant, type Received } from '../../contracts/index.ts';
import { inSequence } from '../step.ts';
import { createDecodeStep } from '../steps/decode.ts';
import { createEncodeStep, type Encoded } from '../steps/encode.ts';
import { type Append, taken, writeService } from '../testing/write-service.ts';
import { bigquerySink } from './bigquery.ts';

const judge = inSequence(createDecodeStep(defaultRules), createEncodeStep('test'));

/** An order with so many items; they cost nothing, so that the payments still add up. */
function encoded(id: string, items: number): Encoded {
  const order = exampleOrder;
  const [item] = order.order_items;
  const body = {
    ...order,
    event_id: id,
    order: { ...order.order, order_id: id },
    order_items: Array.from({ length: items }, (_, i) => ({
      ...item,
      order_id: id,
      order_item_id: i + 1,
      ...(i === 0 ? {} : { price: '0.00', freight_value: '0.00' }),
    })),
    order_payments: order.order_payments.map((payment) => ({ ...payment, order_id: id })),
  };
  const at = Date.parse('2024-06-01') * 1_000;
  const message: Received = {
    bytes: new TextEncoder().encode(JSON.stringify(body)),
    attributes: {},
    messageId: id,
    publishedAt: at as Instant,
    receivedAt: at as Instant,
  };
  const { result } = judge(message, message);
  if (result.kind === 'dead' || result.kind === 'drop') throw new Error(JSON.stringify(result));
  return result.value;
}

const holds = (text: string) => (row: Uint8Array) => Buffer.from(row).includes(text);

test('an event is refused for any of its rows, and no other event with it', async () => {
  const { client, appends } = writeService(({ table, rows }: Append) => {
    const index = table === 'order_items' ? rows.findLastIndex(holds('second')) : -1;
    return index < 0 ? taken : { rowErrors: [{ index, message: 'too dear' }] };
  });
  const sink = await bigquerySink(client, { project: 'p', dataset: 'raw' });
  const batch = [encoded('first', 3), encoded('second', 2), encoded('third', 1)];
  const refused = await sink.write(batch, 1);
  expect(refused.map(({ item }) => item.eventId)).toEqual(['second']);
  const items = appends.filter(({ table }) => table === 'order_items').map(({ rows }) => rows.length);
  expect(items).toEqual([6, 5, 4]);
  await sink.close();
});
