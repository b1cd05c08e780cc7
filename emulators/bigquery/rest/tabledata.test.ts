import type { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../testing.ts';
import { clientOf } from './real-client.ts';

let bench: Bench;
let client: BigQuery;
beforeAll(async () => {
  bench = await Bench.start();
  client = clientOf(bench);
  await client.createDataset('s');
});
afterAll(() => bench.stop());

const refusal = (promise: Promise<unknown>): Promise<{ errors: { row: object; errors: object[] }[] }> =>
  promise.then(
    () => Promise.reject(new Error('it was taken')),
    (error) => error,
  );

describe('rows sent by insertAll', () => {
  test('of every type are read back by tabledata.list as they were', async () => {
    const [table] = await client.dataset('s').createTable('types', {
      schema: {
        fields: [
          { name: 'i', type: 'INTEGER' },
          { name: 'n', type: 'NUMERIC', precision: '12', scale: '2' },
          { name: 'f', type: 'FLOAT' },
          { name: 'b', type: 'BOOLEAN' },
          { name: 'y', type: 'BYTES' },
          { name: 'd', type: 'DATE' },
          { name: 't', type: 'TIMESTAMP' },
          { name: 'dt', type: 'DATETIME' },
          { name: 'tm', type: 'TIME' },
          { name: 'j', type: 'JSON' },
          { name: 'r', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'x', type: 'STRING' }] },
        ],
      },
    });
    await table.insert([
      {
        i: '9007199254740993',
        n: '12.345',
        f: 1.5,
        b: true,
        y: Buffer.from([0, 255]),
        d: '2026-01-31',
        t: '2026-01-31T10:00:00.000001+02:00',
        dt: '2026-01-31 10:00:00',
        tm: '10:00:00.5',
        j: '{"a":[1]}',
        r: [{ x: 'p' }, { x: null }],
      },
    ]);
    const [[row]] = await table.getRows({ wrapIntegers: true });
    expect(row).toMatchObject({
      i: { value: '9007199254740993' },
      f: 1.5,
      b: true,
      d: { value: '2026-01-31' },
      t: { value: '2026-01-31T08:00:00.000001000Z' },
      dt: { value: '2026-01-31T10:00:00' },
      tm: { value: '10:00:00.500000' },
      r: [{ x: 'p' }, { x: null }],
    });
    expect([row.n.toString(), [...row.y], row.j]).toEqual(['12.35', [0, 255], '{"a":[1]}']);
  });

  test('with one bad row among three are all refused, each with its reason', async () => {
    const [table] = await client.dataset('s').createTable('strict', {
      schema: [{ name: 'id', type: 'INTEGER', mode: 'REQUIRED' }, 'note'].map((f) =>
        typeof f === 'string' ? { name: f, type: 'STRING' } : f,
      ),
    });
    const error = await refusal(table.insert([{ id: 1 }, { id: 'x' }, { note: 'no id' }]));
    expect(error.errors.map((e) => e.errors[0])).toEqual([
      { reason: 'stopped', message: '' },
      { reason: 'invalid', message: 'Cannot convert value to integer (bad value): x' },
      { reason: 'invalid', message: 'Missing required field: id.' },
    ]);
    expect((await table.getRows())[0]).toEqual([]);
    await refusal(table.insert([{ id: 1, nope: 2 }, { id: 2 }], { skipInvalidRows: true }));
    expect((await table.getRows())[0]).toEqual([{ id: 2, note: null }]);
    await table.insert([{ id: 3, nope: 2 }], { ignoreUnknownValues: true });
    expect((await table.getRows())[0]).toHaveLength(2);
  });

  test('under an id that was seen are taken once', async () => {
    const [table] = await client.dataset('s').createTable('once', { schema: 'n:integer' });
    const row = { insertId: 'a', json: { n: 1 } };
    await table.insert([row, { insertId: 'b', json: { n: 2 } }], { raw: true });
    await table.insert([row], { raw: true });
    expect((await table.getRows())[0].map((r) => r.n)).toEqual([1, 2]);
  });
  test('whose id is null, as the Python client sends it on request, are not taken for one another', async () => {
    const [table] = await client.dataset('s').createTable('apart', { schema: 'n:integer' });
    for (const n of [1, 2]) await table.insert([{ insertId: null, json: { n } }], { raw: true });
    expect((await table.getRows())[0].map((r) => r.n)).toEqual([1, 2]);
  });
  test('that are no objects, or too large for a double, or for no columns, are refused', async () => {
    await client.dataset('s').createTable('floats', { schema: 'f:float' });
    await client.dataset('s').createTable('bare', {});
    const insert = (table: string, ...rows: unknown[]) =>
      bench.send<object>('POST', `/projects/lab/datasets/s/tables/${table}/insertAll`, { rows });
    const bad = { errors: [{ message: expect.stringContaining('A row is an object') }] };
    expect(await insert('floats', null, 'x', { json: [1] })).toMatchObject({ insertErrors: [bad, bad, bad] });
    expect(await insert('floats', { json: { f: '1e400' } })).toMatchObject({
      insertErrors: [{ errors: [{ message: 'Cannot convert value to floating point (bad value): 1e400' }] }],
    });
    await expect(insert('bare', { json: { f: 1 } })).rejects.toThrow('The destination table has no schema.');
  });

  test('into a template make the table with the suffix', async () => {
    const [table] = await client.dataset('s').createTable('day', { schema: 'n:integer' });
    await table.insert([{ n: 1 }], { templateSuffix: '_2026' });
    expect((await client.query('SELECT n FROM s.day_2026'))[0]).toEqual([{ n: 1 }]);
  });
});

test('a page ends before it is too large for an answer, however many rows were asked for', async () => {
  await client.query(
    "CREATE TABLE s.wide AS SELECT x, REPEAT('y', 1000000) AS s FROM UNNEST(GENERATE_ARRAY(1, 12)) AS x",
  );
  const list = (more: string) =>
    bench.send<{ rows: object[]; pageToken?: string }>(
      'GET',
      `/projects/lab/datasets/s/tables/wide/data?${more}`,
    );
  const { rows, pageToken } = await list('maxResults=12');
  expect([rows.length, pageToken]).toEqual([9, '9']);
  expect((await list(`maxResults=12&pageToken=${pageToken}`)).rows).toHaveLength(3);
});

test('a long table is listed page by page, with the fields that were asked for', async () => {
  await client.query(
    "CREATE TABLE s.many AS SELECT x AS id, CONCAT('n', CAST(x AS STRING)) AS name FROM UNNEST(GENERATE_ARRAY(1, 2500)) AS x",
  );
  const table = client.dataset('s').table('many');
  const [first, next] = await table.getRows({ maxResults: 2000, autoPaginate: false });
  const [rest, end] = await table.getRows({ ...next, autoPaginate: false, selectedFields: 'name' });
  expect([first.length, rest.length, end]).toEqual([2000, 500, null]);
  expect(rest[499]).toEqual({ name: 'n2500' });
});

test.each([
  'datasets/s/tables/many/data?maxResults=-1',
  'datasets/s/tables/many/data?pageToken=x',
  'datasets/s/tables/many/data?startIndex=1.5',
  'datasets/s/tables?maxResults=x',
])('what is no count is refused: %s', async (path) => {
  await expect(bench.send('GET', `/projects/lab/${path}`)).rejects.toMatchObject({
    status: 400,
    reason: 'invalid',
    message: expect.stringMatching(
      /^Invalid value for (maxResults|pageToken|startIndex): .* not a valid value$/,
    ),
  });
});
test('a list whose pages were asked to be empty has pages all the same', async () => {
  const { tables } = await bench.send<{ tables: object[] }>(
    'GET',
    '/projects/lab/datasets/s/tables?maxResults=0',
  );
  expect(tables.length).toBeGreaterThan(0);
});
