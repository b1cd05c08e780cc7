import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../frame/index.ts';
import { Database } from '../engine/database.ts';
import { createDataset, createTable } from '../engine/definitions.ts';
import { Engine } from '../engine/engine.ts';
import { Metadata, type TableResource } from '../engine/metadata.ts';
import { RowDecoder } from './row-decoder.ts';
import { RowInflow } from './table-inflow.ts';
import { columns, descriptorBytes, rowBytes } from './testing.ts';

let engine: Engine;
let inflow: RowInflow;
let stop: () => Promise<void>;
beforeAll(async () => {
  const database = await Database.open({ memoryLimit: '256MB' });
  const metadata = await database.read((connection) => Metadata.load(connection));
  engine = new Engine(database, metadata, systemClock);
  inflow = await RowInflow.open(engine);
  engine.inflow = inflow;
  await createDataset(engine, 'lab', 'lab', {});
  stop = async () => {
    await inflow.close();
    await database.close();
  };
});
afterAll(() => stop());

const change = columns([
  ['id', 9],
  ['n', 3],
  ['_CHANGE_TYPE', 9],
  ['_CHANGE_SEQUENCE_NUMBER', 9],
]);

async function tableOf(name: string, key: readonly string[]): Promise<TableResource> {
  const schema = {
    fields: [
      { name: 'id', type: 'STRING' },
      { name: 'n', type: 'INTEGER' },
    ],
  } as const;
  const tableConstraints = { primaryKey: { columns: [...key] } };
  const place = { project: 'lab', dataset: 'lab', table: name };
  await engine.database.write((c) =>
    createTable(engine, c, place, { type: 'TABLE', schema, tableConstraints }),
  );
  return engine.findTable(['lab', 'lab', name], { project: 'lab' });
}

const plain = columns([
  ['id', 9],
  ['n', 3],
]);

function upsert(table: TableResource, id: string, n: number): Promise<void> | undefined {
  return add(table, change, { id, n, _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: String(n) });
}

function add(
  table: TableResource,
  form: typeof change,
  row: Record<string, unknown>,
): Promise<void> | undefined {
  const descriptor = descriptorBytes(form);
  const bytes = Buffer.from(rowBytes(form, row));
  const decoder = new RowDecoder(descriptor, table);
  const arrival = { decoder, descriptor, bytes, ranges: [0, bytes.length], defaults: [] };
  const { errors, wait } = inflow.add(table, arrival);
  expect(errors).toEqual([]);
  return wait;
}

async function rowsOf({ sql }: TableResource): Promise<unknown[]> {
  await inflow.settle([sql]);
  const reader = await engine.database.read((c) =>
    c.runAndReadAll(`SELECT id, n::INTEGER FROM ${sql} ORDER BY ALL`),
  );
  return reader.getRows();
}

test('who brings the first changes waits until the keys of the table are known, and nobody after', async () => {
  const table = await tableOf('known', ['id']);
  await engine.database.write((c) => c.run(`INSERT INTO ${table.sql} ("id", "n") VALUES ('a', 0)`));
  // Another's turn is no reason to take more of them.
  const release = await engine.database.turn();
  const known = upsert(table, 'a', 1);
  let isKnown = false;
  void known?.then(() => {
    isKnown = true;
  });
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  expect(isKnown).toBe(false);
  release();
  await known;
  expect(upsert(table, 'b', 1)).toBeUndefined();
  expect(await rowsOf(table)).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

test('a key that a statement brought is not added again by a change that comes while others are brought in', async () => {
  const table = await tableOf('brought', ['id']);
  upsert(table, 'a', 1);
  expect(await rowsOf(table)).toEqual([['a', 1]]);
  await engine.database.write(async (c) => {
    await engine.tableChanging(c, table);
    await c.run(`INSERT INTO ${table.sql} ("id", "n") VALUES ('b', 0)`);
  });
  upsert(table, 'c', 1);
  const settled = inflow.settle([table.sql]);
  await nextTurn();
  upsert(table, 'b', 1);
  await settled;
  expect(await rowsOf(table)).toEqual([
    ['a', 1],
    ['b', 1],
    ['c', 1],
  ]);
});

test('the same holds where nobody told of the statement, whenever the change comes', async () => {
  const table = await tableOf('untold', ['id']);
  const ids = Array.from({ length: 20 }, (_, i) => `b${i + 10}`);
  upsert(table, 'a', 1);
  expect(await rowsOf(table)).toEqual([['a', 1]]);
  await engine.database.write((c) =>
    c.run(`INSERT INTO ${table.sql} ("id", "n") VALUES ${ids.map((id) => `('${id}', 0)`).join(', ')}`),
  );
  upsert(table, 'c', 1);
  const settled = inflow.settle([table.sql]);
  for (const id of ids) {
    upsert(table, id, 1);
    await nextTurn();
  }
  await settled;
  expect(await rowsOf(table)).toEqual(['a', ...ids, 'c'].map((id) => [id, 1]));
});

test('a fault after rows are in the table does not bring them in again', async () => {
  const table = await tableOf('once', []);
  add(table, plain, { id: 'a', n: 1 });
  const { history } = engine;
  const streamed = history.streamed.bind(history);
  Object.assign(history, {
    streamed: () => {
      throw new Error('a fault');
    },
  });
  await expect(inflow.settle([table.sql])).rejects.toThrow('a fault');
  Object.assign(history, { streamed });
  add(table, plain, { id: 'b', n: 1 });
  expect(await rowsOf(table)).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
});

/** So many that they are brought in without a query. */
function addMany(table: TableResource, thousands = 20): void {
  const descriptor = descriptorBytes(plain);
  const each = rowBytes(plain, { id: 'a', n: 1 });
  const bytes = Buffer.concat(Array.from({ length: 1_000 }, () => each));
  const ranges = Array.from({ length: 2_000 }, (_, i) => Math.ceil(i / 2) * each.length);
  const decoder = new RowDecoder(descriptor, table);
  for (let i = 0; i < thousands; i++) inflow.add(table, { decoder, descriptor, bytes, ranges, defaults: [] });
}

/** Tells of each table whose rows are brought in until it is called. */
function listening(heard: (table: string) => void): () => void {
  const { history } = engine;
  const streamed = history.streamed.bind(history);
  Object.assign(history, {
    streamed: (...of: Parameters<typeof streamed>) => {
      heard(of[0]);
      streamed(...of);
    },
  });
  return () => void Object.assign(history, { streamed });
}

test('a query waits for its own rows, and not for those of tables that nobody asks for', async () => {
  const tables = [await tableOf('first', []), await tableOf('second', []), await tableOf('asked', [])];
  const [first, second, asked] = tables as [TableResource, TableResource, TableResource];
  const order: string[] = [];
  const stop = listening((table) => order.push(table));
  const release = await engine.database.turn();
  addMany(first);
  addMany(second);
  addMany(asked);
  const settled = inflow.settle([asked.sql]);
  release();
  await settled;
  await inflow.settle([]);
  stop();
  expect(order).toEqual([asked.sql, first.sql, second.sql]);
});

test('who comes while many rows wait for their turn asks for no turn of his own', async () => {
  const table = await tableOf('many', []);
  let broughtIn = 0;
  const stop = listening(() => {
    if (++broughtIn === 1) addMany(table, 1);
  });
  const release = await engine.database.turn();
  addMany(table);
  release();
  for (let turn = 0; turn < 3; turn++) await engine.database.write(async () => {});
  stop();
  expect(broughtIn).toBe(1);
  expect(inflow.waits(table.sql)).toBe(true);
  expect(await rowsOf(table)).toHaveLength(21_000);
});

test('what could not be brought in is merged in the order it came, with what repeats its keys meanwhile', async () => {
  const table = await tableOf('repeated', ['id']);
  await upsert(table, 'a', 1);
  await upsert(table, 'b', 1);
  expect(await rowsOf(table)).toEqual([
    ['a', 1],
    ['b', 1],
  ]);
  await upsert(table, 'a', 2);
  await upsert(table, 'b', 9);
  const { history } = engine;
  const streaming = history.streaming.bind(history);
  Object.assign(history, { streaming: () => Promise.reject(new Error('a fault')) });
  await expect(inflow.settle([table.sql])).rejects.toThrow('a fault');
  Object.assign(history, { streaming });
  await upsert(table, 'b', 3);
  // Of one sequence the one that came last.
  await add(table, change, { id: 'a', n: 7, _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: '2' });
  expect(await rowsOf(table)).toEqual([
    ['a', 7],
    ['b', 9],
  ]);
});
