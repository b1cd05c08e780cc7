import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { expectedTables, type LedgerLine, readLedger } from './ledger.ts';
import { LedgerFile } from './ledger-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good: LedgerLine = {
  event_id: 'e1',
  event_type: 'order.placed',
  subject: 'o1',
  order_id: 'o1',
  defect: null,
  outcome: 'ok',
  reason: null,
  version: 1,
  occurred_at: 5,
  content_hash: '00000000000000aa',
  items: 2,
  payments: 1,
  items_cents: 100,
  freight_cents: 20,
  payments_cents: 120,
};
const dead: LedgerLine = { ...good, event_id: 'e2', order_id: null, outcome: 'dead', reason: 'invalid_json' };

it('the winner of an order is the highest by version, time and hash, in whatever order they were sent', async () => {
  const later = { ...good, occurred_at: 6, items_cents: 200, payments_cents: 220 };
  const higherHash = { ...later, content_hash: '00000000000000ab', items_cents: 300, payments_cents: 320 };
  for (const lines of [
    [good, later, higherHash, dead],
    [higherHash, dead, later, good],
  ]) {
    const tables = await expectedTables(lines);
    expect(tables.orders).toEqual(new Map([['o1', higherHash]]));
    expect(tables.dead).toEqual(new Map([['e2', 'invalid_json']]));
    expect(tables.history).toEqual(new Set(['e1']));
    expect(tables.totals).toEqual({
      items: 2,
      payments: 1,
      itemsCents: 300,
      freightCents: 20,
      paymentsCents: 320,
    });
    expect(tables.messages).toBe(4);
  }
});

it('a change of status wins the order and leaves its items, whichever comes first', async () => {
  const nothing = { items: 0, payments: 0, items_cents: 0, freight_cents: 0, payments_cents: 0 };
  const shipped = {
    ...good,
    ...nothing,
    event_id: 'e3',
    version: 4,
    event_type: 'order.status_changed',
  } as const;
  for (const lines of [
    [good, shipped],
    [shipped, good],
  ]) {
    const { orders, history } = await expectedTables(lines);
    const { items, payments, items_cents, freight_cents, payments_cents } = good;
    const kept = { items, payments, items_cents, freight_cents, payments_cents };
    expect(orders).toEqual(new Map([['o1', { ...shipped, ...kept }]]));
    expect(history).toEqual(new Set(['e1', 'e3']));
  }
});

it('an order whose placing was refused stands without items once its status changes', async () => {
  const nothing = { items: 0, payments: 0, items_cents: 0, freight_cents: 0, payments_cents: 0 };
  const shipped = { ...good, ...nothing, event_id: 'e3', version: 4 };
  const { orders } = await expectedTables([dead, shipped]);
  expect(orders.get('o1')).toEqual(shipped);
});

it('of a person who moved, the later home stands; every click stands', async () => {
  const nothing = {
    order_id: null,
    items: 0,
    payments: 0,
    items_cents: 0,
    freight_cents: 0,
    payments_cents: 0,
  };
  const home = {
    ...good,
    ...nothing,
    event_type: 'customer.changed',
    subject: 'p1',
    event_id: 'p1-v1',
  } as const;
  const moved = { ...home, event_id: 'p1-v2', version: 2 };
  const click = { ...home, event_type: 'clickstream', subject: 'c1', event_id: 'c1' } as const;
  const { others, clicks, orders } = await expectedTables([moved, click, home]);
  expect(others.customers).toEqual(new Map([['p1', 'p1-v2']]));
  expect(clicks).toEqual(new Map([['c1', good.content_hash]]));
  expect([others.products.size, others.sellers.size, orders.size]).toEqual([0, 0, 0]);
});

it('a line torn by a crash at the end is left out; one in the middle is refused', async () => {
  const file = join(folder, 'ledger.jsonl');
  writeFileSync(file, `${JSON.stringify(good)}\n${JSON.stringify(dead).slice(0, 20)}`);
  expect(await all(readLedger(file))).toEqual([good]);
  appendFileSync(file, `\n${JSON.stringify(dead)}\n`);
  await expect(all(readLedger(file))).rejects.toThrow('line 2');
});

it('a run that goes on in the ledger of one that crashed drops the torn line', async () => {
  const file = join(folder, 'resumed.jsonl');
  writeFileSync(file, `${JSON.stringify(good)}\n${JSON.stringify(dead).slice(0, 20)}`);
  const ledger = new LedgerFile(file);
  ledger.add([dead]);
  ledger.close();
  expect(await all(readLedger(file))).toEqual([good, dead]);
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
