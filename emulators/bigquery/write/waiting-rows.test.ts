import { BIGINT, type DuckDBConnection, DuckDBInstance, VARCHAR } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TableResource } from '../engine/metadata.ts';
import { columnOf } from '../engine/schema.ts';
import { applyWaiting, countOf } from './apply.ts';
import { type Hand, Handover } from './handover.ts';
import { KnownKeys } from './known-keys.ts';
import { RowDecoder } from './row-decoder.ts';
import { columns, descriptorBytes, rowBytes } from './testing.ts';
import { WaitingRows } from './waiting-rows.ts';

let connection: DuckDBConnection;
let hand: Hand;
let stop: () => void;
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  hand = new Handover(connection).by(connection);
  await connection.run('CREATE SCHEMA lab; CREATE SCHEMA _emulator');
  await connection.run(
    'CREATE TABLE _emulator.deleted_keys (table_name VARCHAR, key VARCHAR, sequence VARCHAR, hash BIGINT)',
  );
  stop = () => {
    connection.closeSync();
    instance.closeSync();
  };
});
afterAll(() => stop());

const state = columns([
  ['id', 9],
  ['n', 3],
  ['_CHANGE_TYPE', 9],
  ['_CHANGE_SEQUENCE_NUMBER', 9],
]);
const plain = columns([
  ['id', 9],
  ['n', 3],
]);

/** As the engine makes it, in a database without anything else. */
async function table(name: string, key: readonly string[]): Promise<TableResource> {
  const fields = [
    { name: 'id', type: 'STRING' },
    { name: 'n', type: 'INTEGER' },
  ];
  const sql = `"lab"."${name}"`;
  const sequence = key.length > 0 ? ', "_change_sequence" VARCHAR' : '';
  await connection.run(`CREATE TABLE ${sql} ("id" VARCHAR, "n" BIGINT${sequence})`);
  return {
    ...{ project: 'lab', dataset: 'lab', table: name, sql, columns: fields.map((f) => columnOf(f)) },
    body: { type: 'TABLE', schema: { fields }, tableConstraints: { primaryKey: { columns: [...key] } } },
  };
}

/** Ids longer than the twelve bytes that a text's cell has room for. */
const idOf = (i: number): string => `the row with the number ${i}`;

function send(
  rows: WaitingRows,
  into: TableResource,
  first: number,
  count: number,
  {
    sequence,
    type = 'UPSERT',
    perRequest = 900,
  }: { sequence?: string; type?: string; perRequest?: number } = {},
): void {
  const message = sequence === undefined ? plain : state;
  const decoder = new RowDecoder(descriptorBytes(message), into);
  const change = { _CHANGE_TYPE: type, _CHANGE_SEQUENCE_NUMBER: sequence };
  for (let i = first; i < first + count; i += perRequest) {
    const each = Array.from({ length: Math.min(perRequest, first + count - i) }, (_, k) =>
      rowBytes(message, { id: idOf(i + k), n: i + k, ...(sequence !== undefined && change) }),
    );
    const ranges: number[] = [];
    for (const { length } of each) ranges.push(ranges.at(-1) ?? 0, (ranges.at(-1) ?? 0) + length);
    expect(rows.add(decoder, { bytes: Buffer.concat(each), ranges }, 0n)).toEqual([]);
  }
}

async function bringIn(rows: WaitingRows, into: TableResource, doubted = false): Promise<void> {
  const taken = rows.take();
  const before = await countOf(connection, into);
  const { rows: grown } = await applyWaiting(hand, into, taken.waiting, { doubted });
  expect(before + grown).toBe(await countOf(connection, into));
  rows.recycle(taken);
}

async function facts(into: TableResource): Promise<unknown[]> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*)::INTEGER, count(DISTINCT id)::INTEGER, sum(n)::INTEGER, count(*) FILTER (id = 'the row with the number ' || n)::INTEGER FROM ${into.sql}`,
  );
  return reader.getRows()[0] ?? [];
}
const upTo = (count: number): number[] => [count, count, (count * (count - 1)) / 2, count];

test('thousands of rows wait in memory that is used again, and each arrives once with its text', async () => {
  const into = await table('plain', []);
  const rows = new WaitingRows(into);
  for (const first of [0, 5_000, 10_000, 15_000]) {
    send(rows, into, first, 5_000);
    await bringIn(rows, into);
  }
  expect(await facts(into)).toEqual(upTo(20_000));
});

test('what could not be brought in is brought in with what came after', async () => {
  const into = await table('again', []);
  const rows = new WaitingRows(into);
  await bringIn(rows, into);
  send(rows, into, 0, 5_000);
  const taken = rows.take();
  send(rows, into, 5_000, 5_000);
  rows.putBack(taken);
  await bringIn(rows, into);
  expect(await facts(into)).toEqual(upTo(10_000));
});

test('keys that seemed new are looked up all the same once the table is in doubt', async () => {
  const into = await table('doubted', ['id']);
  const rows = new WaitingRows(into);
  await bringIn(rows, into);
  rows.knowKeys(new KnownKeys());
  send(rows, into, 0, 6_000, { sequence: '5' });
  // A statement has brought in an older and a newer version meanwhile.
  await connection.run(
    `INSERT INTO ${into.sql} VALUES ('${idOf(1)}', -70, '${'0'.repeat(15)}4'), ('${idOf(2)}', -80, '${'0'.repeat(15)}6')`,
  );
  await bringIn(rows, into, true);
  const reader = await connection.runAndReadAll(`SELECT n::INTEGER FROM ${into.sql} WHERE n < 3 ORDER BY n`);
  expect(reader.getRows()).toEqual([[-80], [0], [1]]);
  expect((await facts(into)).slice(0, 2)).toEqual([6_000, 6_000]);
});

test('it is known by how much a table grew, whatever was added, replaced and deleted', async () => {
  const into = await table('grown', ['id']);
  const rows = new WaitingRows(into);
  await bringIn(rows, into);
  rows.knowKeys(new KnownKeys());
  send(rows, into, 0, 10, { sequence: '1' });
  await bringIn(rows, into);
  send(rows, into, 5, 10, { sequence: '2' });
  send(rows, into, 0, 2, { sequence: '2', type: 'DELETE' });
  send(rows, into, 12, 1, { sequence: '3', type: 'DELETE' });
  send(rows, into, 40, 1, { sequence: '3', type: 'DELETE' });
  await bringIn(rows, into);
  expect(await countOf(connection, into)).toBe(12);
});

test('rows that wait while a column is added get none of it', async () => {
  const into = await table('wider', []);
  const rows = new WaitingRows(into);
  await bringIn(rows, into);
  send(rows, into, 0, 5_000);
  await connection.run(`ALTER TABLE ${into.sql} ADD COLUMN "more" VARCHAR`);
  await bringIn(rows, into);
  expect(await facts(into)).toEqual(upTo(5_000));
  const reader = await connection.runAndReadAll(`SELECT count(more)::INTEGER FROM ${into.sql}`);
  expect(reader.getRows()).toEqual([[0]]);
});

test('a fault while a statement reads the rows fails the statement, and none of them is in the table', async () => {
  const into = await table('faulty', []);
  const rows = new WaitingRows(into);
  send(rows, into, 0, 3_000, { perRequest: 3_000 });
  const { waiting } = rows.take();
  const misplaced = { names: ['id', 'n'], types: [VARCHAR, BIGINT], sources: [0, 7] };
  const statement = `INSERT INTO ${into.sql} SELECT * FROM ${Handover.handed}`;
  await expect(hand.run(statement, waiting.plain, misplaced)).rejects.toThrow(/undefined/);
  expect((await facts(into)).slice(0, 2)).toEqual([0, 0]);
  await hand.run(statement, waiting.plain, { ...misplaced, sources: [0, 1] });
  expect(await facts(into)).toEqual(upTo(3_000));
});
