import { expect, test } from 'vitest';
import {
  decode,
  defaultRules,
  exampleOrder,
  type Instant,
  icebergSchema,
  type Received,
  tables,
} from '../../contracts/index.ts';
import { createTable, type LakeTable, memoryStore, openTable, storageCatalog } from '../../lake/index.ts';
import { ConflictError } from '../../runtime/index.ts';
import { createRouteStep, type Routed } from '../steps/route.ts';
import { icebergSink, type LakeTableName, lakeTables, tableIdOf } from './iceberg.ts';

/** A lake, and who opens it as a worker does. */
async function lake() {
  const store = memoryStore();
  const catalog = storageCatalog(store);
  for (const name of lakeTables)
    await createTable(catalog, store, tableIdOf('raw', name), icebergSchema(tables[name]));
  const open = async () =>
    Object.fromEntries(
      await Promise.all(
        lakeTables.map(async (name) => [name, await openTable(catalog, store, tableIdOf('raw', name))]),
      ),
    ) as Record<LakeTableName, LakeTable>;
  const rows = async (name: LakeTableName) => {
    let count = 0;
    for await (const _row of (await open())[name].scan()) count++;
    return count;
  };
  return { open, rows };
}

function anOrder(): Routed {
  const at = (Date.parse('2024-05-04T13:30:06Z') * 1_000) as Instant;
  const bytes = new TextEncoder().encode(JSON.stringify(exampleOrder));
  const message: Received = { bytes, attributes: {}, messageId: '1', publishedAt: at, receivedAt: at };
  const outcome = decode(message, defaultRules);
  if (outcome.kind === 'dead') throw new Error('the example is dead');
  const routed = createRouteStep('test')({ event: outcome.event, corrections: [] }, message);
  if (routed.kind !== 'ok') throw new Error(routed.kind);
  return routed.value;
}

test('who starts last is the newest, whatever the clocks say: the one before is refused', async () => {
  const { open, rows } = await lake();
  const ahead = await icebergSink(await open(), { writer: 'worker', epoch: 9_000, run: 'a' });
  await ahead.write([anOrder()], 1);
  const behind = await icebergSink(await open(), { writer: 'worker', epoch: 10, run: 'b' });
  await behind.write([anOrder()], 1);
  await expect(ahead.write([anOrder()], 2)).rejects.toBeInstanceOf(ConflictError);
  expect(await rows('orders')).toBe(2);
});

test('two that began in the same millisecond do not take each other’s batches for their own', async () => {
  const { open, rows } = await lake();
  // Both have read the tables before either has claimed them.
  const [one, other] = [await open(), await open()];
  const first = await icebergSink(one, { writer: 'worker', epoch: 10, run: 'a' });
  const second = await icebergSink(other, { writer: 'worker', epoch: 10, run: 'b' });
  await first.write([anOrder()], 1);
  await second.write([anOrder()], 1);
  expect(await rows('orders')).toBe(2);
});

test('the same batch once more, as after an answer that was lost, is written once', async () => {
  const { open, rows } = await lake();
  const sink = await icebergSink(await open(), { writer: 'worker', epoch: 10, run: 'a' });
  await sink.write([anOrder()], 1);
  await sink.write([anOrder()], 1);
  expect(await rows('order_payments')).toBe(2);
});
