import { managedwriter } from '@google-cloud/bigquery-storage';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';
import { type Appender, appender, columns, rowBytes, writerClient } from '../write/testing.ts';
import { Database } from './database.ts';
import { History } from './history.ts';

let bench: Bench;
const clock = new DrivenClock(Date.UTC(2026, 0, 10));
const opened: (Appender | undefined)[] = [];
let table = '';
let number = 0;
beforeAll(async () => {
  bench = await Bench.start({ clock });
  await bench.query('CREATE SCHEMA lab');
});
afterAll(() => {
  for (const stream of opened) stream?.close();
  return bench.stop();
});
beforeEach(async () => {
  table = `t${++number}`;
  await bench.query(`CREATE TABLE lab.${table} (k INT64, v STRING, PRIMARY KEY (k) NOT ENFORCED)`);
  clock.advance(1_000);
});

const second = 1_000;
const form = columns([
  ['k', 3],
  ['v', 9],
  ['_CHANGE_TYPE', 9],
  ['_CHANGE_SEQUENCE_NUMBER', 9],
]);
type Change = readonly [k: number, v: string | undefined, type?: 'UPSERT' | 'DELETE', sequence?: string];
/** Streamed in, and acknowledged; as long as nobody asks for the table the rows may still wait. */
async function come(...changes: Change[]): Promise<void> {
  const stream = opened[number] ?? (await appender(bench.emulator, table, form));
  opened[number] = stream;
  await stream.append(
    changes.map(([k, v, _CHANGE_TYPE = 'UPSERT', _CHANGE_SEQUENCE_NUMBER]) =>
      rowBytes(form, { k, ...(v !== undefined && { v }), _CHANGE_TYPE, _CHANGE_SEQUENCE_NUMBER }),
    ),
  );
}
/** By key, as the table stood so many seconds ago. */
async function was(seconds: number): Promise<string> {
  const rows = await bench.rows(
    `SELECT k, v FROM lab.${table} FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${Math.round(seconds * 1_000)} MILLISECOND) ORDER BY k`,
  );
  return rows.map(([k, v]) => `${k}${v}`).join(' ');
}
const now = () => bench.rows(`SELECT k FROM lab.${table}`);

describe('a table that rows are streamed to by key, as of', () => {
  test('any instant, whether its rows came one by one or were brought in together', async () => {
    await come([1, 'a'], [2, 'a']);
    clock.advance(second);
    await come([1, 'b']);
    clock.advance(second);
    await now();
    await come([3, 'a'], [2, 'b']);
    clock.advance(100);
    await come([1, 'c']);
    clock.advance(100);
    await come([1, 'd']);
    clock.advance(second);
    expect(await was(1)).toBe('1d 2b 3a');
    expect(await was(1.05)).toBe('1c 2b 3a');
    expect(await was(1.15)).toBe('1b 2b 3a');
    expect(await was(1.25)).toBe('1b 2a');
    expect(await was(2.25)).toBe('1a 2a');
    expect(await was(3.25)).toBe('');
    expect(await was(0)).toBe('1d 2b 3a');
  });

  test('a time before a key was deleted, and before it came again', async () => {
    await come([1, 'a'], [2, 'a']);
    clock.advance(second);
    await come([1, undefined, 'DELETE']);
    clock.advance(second);
    await now();
    clock.advance(second);
    await come([1, 'b']);
    clock.advance(second);
    expect(await was(0)).toBe('1b 2a');
    expect(await was(1.5)).toBe('2a');
    expect(await was(2.5)).toBe('2a');
    expect(await was(3.5)).toBe('1a 2a');
  });

  test('a time between changes that came in another order than they were made', async () => {
    await come([1, 'old', 'UPSERT', '5']);
    clock.advance(second);
    await come([1, 'older', 'UPSERT', '3'], [2, 'x', 'UPSERT', '3']);
    clock.advance(second);
    await come([1, undefined, 'DELETE', '7']);
    clock.advance(second);
    await now();
    await come([1, 'late', 'UPSERT', '6']);
    clock.advance(second / 2);
    await come([1, 'new', 'UPSERT', '8']);
    clock.advance(second / 2);
    expect(await was(0)).toBe('1new 2x');
    expect(await was(0.75)).toBe('2x');
    expect(await was(1.5)).toBe('2x');
    expect(await was(2.5)).toBe('1old 2x');
    expect(await was(3.5)).toBe('1old');
  });

  test('a time before a statement that changed it, and after', async () => {
    await come([1, 'a']);
    clock.advance(second);
    await come([1, 'b']);
    clock.advance(second);
    await bench.query(`INSERT lab.${table} (k, v) VALUES (9, 'z')`);
    clock.advance(second);
    await come([1, 'c'], [9, 'y']);
    clock.advance(second);
    expect(await was(0)).toBe('1c 9y');
    expect(await was(1.5)).toBe('1b 9z');
    expect(await was(2.5)).toBe('1b');
    expect(await was(3.5)).toBe('1a');
  });

  test('now, with rows that wait after a second statement, whoever asked between the two', async () => {
    await come([1, 'a']);
    await now();
    clock.advance(second);
    await bench.query(`INSERT lab.${table} (k, v) VALUES (8, 'z')`);
    clock.advance(second);
    expect(await was(0.5)).toBe('1a 8z');
    await bench.query(`INSERT lab.${table} (k, v) VALUES (9, 'z')`);
    clock.advance(second);
    await come([1, 'b']);
    expect(await was(0)).toBe('1b 8z 9z');
  });

  test('a time after its columns changed while rows waited; of those before it refuses to speak', async () => {
    await come([1, 'a']);
    clock.advance(second);
    await come([1, 'b']);
    clock.advance(second);
    await bench.query(`ALTER TABLE lab.${table} ADD COLUMN more INT64`);
    clock.advance(second);
    // By a stream that knows nothing of the new column.
    await come([1, 'c'], [2, 'c']);
    clock.advance(second);
    expect(await was(1.5)).toBe('1b');
    await come([2, 'd']);
    await bench.query(`ALTER TABLE lab.${table} DROP COLUMN more`);
    clock.advance(second);
    await come([2, 'e']);
    clock.advance(second);
    expect(await was(0)).toBe('1c 2e');
    expect(await was(1.5)).toBe('1c 2d');
    await expect(was(2.5)).rejects.toThrow(/Cannot read before/);
  });
});

test('a copy job and a clone read the past of rows that were streamed in', async () => {
  await come([1, 'a'], [2, 'a']);
  clock.advance(second);
  await come([1, 'b'], [2, undefined, 'DELETE']);
  clock.advance(second);
  const reference = (tableId: string) => ({ projectId: 'lab', datasetId: 'lab', tableId });
  await bench.send('POST', '/projects/lab/jobs', {
    configuration: {
      copy: { sourceTable: reference(`${table}@-1500`), destinationTable: reference('copied') },
    },
  });
  await bench.query(
    `CREATE TABLE lab.cloned CLONE lab.${table} FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1500 MILLISECOND)`,
  );
  const before = [
    [1, 'a'],
    [2, 'a'],
  ];
  expect(await bench.rows('SELECT k, v FROM lab.copied ORDER BY k')).toEqual(before);
  expect(await bench.rows('SELECT k, v FROM lab.cloned ORDER BY k')).toEqual(before);
});

test('of a table without a key, the rows that had come', async () => {
  await bench.query('CREATE TABLE lab.plain (k INT64, v STRING)');
  clock.advance(second);
  await bench.query(`INSERT lab.plain VALUES (0, 'z')`);
  clock.advance(second);
  const plain = columns([
    ['k', 3],
    ['v', 9],
  ]);
  const stream = await appender(bench.emulator, 'plain', plain);
  for (const k of [1, 2, 3]) {
    await stream.append([rowBytes(plain, { k, v: 'a' })]);
    clock.advance(100);
    if (k === 2) await bench.rows('SELECT k FROM lab.plain');
  }
  table = 'plain';
  expect(await was(0)).toBe('0z 1a 2a 3a');
  expect(await was(0.15)).toBe('0z 1a 2a');
  expect(await was(0.35)).toBe('0z');
  expect(await was(1.35)).toBe('');
  await bench.query('DELETE FROM lab.plain WHERE k = 1');
  clock.advance(second);
  await stream.append([rowBytes(plain, { k: 4, v: 'a' })]);
  clock.advance(second);
  expect(await was(0)).toBe('0z 2a 3a 4a');
  expect(await was(1.5)).toBe('0z 2a 3a');
  expect(await was(2.15)).toBe('0z 1a 2a');
  stream.close();
});

test('rows of a stream that is committed are there from then on, not from when they came', async () => {
  await bench.query('CREATE TABLE lab.pending (k INT64, v STRING)');
  clock.advance(second);
  const client = writerClient(bench.emulator);
  const parent = 'projects/lab/datasets/lab/tables/pending';
  const streamId = await client.createWriteStream({ streamType: 'PENDING', destinationTable: parent });
  const connection = await client.createStreamConnection({ streamId });
  const plain = columns([
    ['k', 3],
    ['v', 9],
  ]);
  const writer = new managedwriter.Writer({ connection, protoDescriptor: plain });
  const row = rowBytes(plain, { k: 1, v: 'a' });
  await writer.appendRows({ serializedRows: [row] }).getResult();
  clock.advance(second);
  await connection.finalize();
  await client.batchCommitWriteStream({ parent, writeStreams: [streamId] });
  clock.advance(second);
  table = 'pending';
  expect([await was(0.5), await was(1.5)]).toEqual(['1a', '']);
  writer.close();
  client.close();
});

test('what changes too many rows at once to be kept is refused up to the last of them, and only that', async () => {
  await come([1, 'a']);
  clock.advance(second);
  await now();
  const many = (v: string): Change[] => Array.from({ length: 8_300 }, (_, k) => [k, v]);
  await come(...many('a'));
  clock.advance(second);
  await now();
  await come(...many('b'));
  await now();
  clock.advance(second);
  await come([1, 'c']);
  clock.advance(second);
  const of1 = async (seconds: number) => (await was(seconds)).split(' ')[1];
  expect(await of1(0)).toBe('1c');
  expect(await of1(1.5)).toBe('1b');
  await expect(was(2.5)).rejects.toThrow(/in too many rows at once/);
});

test('rows that came before a statement and were brought in after it make the time between unknown', async () => {
  const database = await Database.open({ memoryLimit: '100MB' });
  const body = { type: 'TABLE', schema: { fields: [] } } as const;
  const names = { project: 'p', dataset: 'd', table: 't' };
  const resource = { ...names, body, columns: [], sql: '"p.d"."t"' };
  let micros = 10n;
  const history = new History(() => micros);
  await database.read(async (c) => {
    await c.run('CREATE SCHEMA "p.d"');
    await c.run('CREATE TABLE "p.d"."t" AS SELECT 1 AS n');
    micros = 100n;
    await history.changing(c, resource);
    await history.streaming(c, resource, { first: 50n, last: 120n, changes: 0, stored: 1 });
    micros = 200n;
    expect(history.at(resource, 30n)).toContain('history.main');
    expect(() => history.at(resource, 70n)).toThrow(/kept nothing of that time/);
    expect(history.at(resource, 100n)).toContain('"p.d"."t"');
  });
  await database.close();
});

/** What a key has, and the newest change that was made to it. */
type State = ReadonlyMap<number, { readonly v: string | undefined; readonly sequence: string }>;
type Step =
  | { readonly kind: 'come'; readonly changes: readonly { key: number; sequence: number; gone: boolean }[] }
  | { readonly kind: 'ask' }
  | { readonly kind: 'alter' }
  | { readonly kind: 'insert' };
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('come' as const),
        changes: fc.array(fc.record({ key: fc.nat(4), sequence: fc.nat(9), gone: fc.boolean() }), {
          minLength: 1,
          maxLength: 4,
        }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'ask' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'insert' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'alter' as const }) },
  ),
  { minLength: 4, maxLength: 12 },
);

test('whatever came in whatever order, each instant reads as a query of that instant would have', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      table = `t${++number}`;
      await bench.query(`CREATE TABLE lab.${table} (k INT64, v STRING, PRIMARY KEY (k) NOT ENFORCED)`);
      let state: State = new Map();
      const stood = [''];
      for (const [i, step] of list.entries()) {
        clock.advance(200);
        state = await taken(step, state, i);
        stood.push(shown(state));
      }
      clock.advance(100);
      const altered = list.findLastIndex(({ kind }) => kind === 'alter') + 1;
      for (const [i, expected] of stood.entries()) {
        const then = was((list.length - i) * 0.2);
        if (i >= altered) expect(await then).toBe(expected);
        else await expect(then).rejects.toThrow(/Cannot read before|changed its columns/);
      }
    }),
    { numRuns: 5 },
  );
});

async function taken(step: Step, before: State, i: number): Promise<State> {
  const state = new Map(before);
  if (step.kind === 'ask') await now();
  if (step.kind === 'alter') await bench.query(`ALTER TABLE lab.${table} ADD COLUMN c${i} INT64`);
  if (step.kind === 'insert') {
    await bench.query(`INSERT lab.${table} (k, v) VALUES (${100 + i}, 'i')`);
    state.set(100 + i, { v: 'i', sequence: '' });
  }
  if (step.kind === 'come')
    await come(
      ...step.changes.map(({ key, sequence, gone }, n): Change => {
        const change = { v: gone ? undefined : `${i}.${n}`, sequence: String(sequence) };
        if (change.sequence >= (state.get(key)?.sequence ?? '')) state.set(key, change);
        return [key, change.v ?? '', gone ? 'DELETE' : 'UPSERT', change.sequence];
      }),
    );
  return state;
}
const shown = (state: State): string =>
  [...state]
    .filter(([, { v }]) => v !== undefined)
    .sort(([a], [b]) => a - b)
    .map(([k, { v }]) => `${k}${v}`)
    .join(' ');
