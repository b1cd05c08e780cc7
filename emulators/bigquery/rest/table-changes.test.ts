import type { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';
import { clientOf } from './real-client.ts';

let bench: Bench;
let client: BigQuery;
const clock = new DrivenClock(Date.UTC(2026, 0, 10));
beforeAll(async () => {
  bench = await Bench.start({ clock });
  client = clientOf(bench);
  await client.createDataset('t');
});
afterAll(() => bench.stop());
const table = (id: string) => client.dataset('t').table(id);
const path = (id: string) => `/projects/lab/datasets/t/tables/${id}`;

describe('a schema', () => {
  const before = [
    { name: 'id', type: 'INTEGER', mode: 'REQUIRED' },
    {
      name: 'size',
      type: 'RECORD',
      mode: 'NULLABLE',
      fields: [{ name: 'w', type: 'INTEGER', mode: 'NULLABLE' }],
    },
  ];
  const patch = (fields: object[]) => table('grown').setMetadata({ schema: { fields } });
  beforeAll(async () => {
    await client.dataset('t').createTable('grown', { schema: { fields: before } });
    await client.query('INSERT t.grown (id, size) VALUES (1, STRUCT(2))');
  });
  test('grows inside a RECORD too', async () => {
    const size = { ...before[1], fields: [...(before[1]?.fields ?? []), { name: 'h', type: 'STRING' }] };
    await patch([before[0] as object, size, { name: 'tags', type: 'STRING', mode: 'REPEATED' }]);
    expect(
      (await client.query('SELECT id, size.w AS w, size.h AS h, ARRAY_LENGTH(tags) AS n FROM t.grown'))[0],
    ).toEqual([{ id: 1, w: 2, h: null, n: 0 }]);
  });
  test.each([
    [
      'loses a field',
      [{ name: 'id', type: 'INTEGER', mode: 'REQUIRED' }],
      'Field size is missing in new schema',
    ],
    [
      'changes a type',
      [{ name: 'id', type: 'STRING', mode: 'REQUIRED' }],
      'Field id has changed type from INTEGER to STRING',
    ],
    [
      'becomes stricter',
      [{ name: 'id', type: 'INTEGER', mode: 'REPEATED' }],
      'Field id has changed mode from REQUIRED to REPEATED',
    ],
  ])('that %s is refused', async (_, fields, message) => {
    await expect(patch(fields)).rejects.toThrow(message);
  });
  test.each<[fields: { name?: string; type?: string }[], message: string]>([
    [[{ name: 'a' }], 'Invalid value for type: null is not a valid value for field a'],
    [[{ name: 'a', type: 'RECORD' }], 'Field a is type RECORD but has no schema'],
    [[{ type: 'STRING' }], 'Invalid field name ""'],
  ])('of %j is refused when it is made and when it is changed', async (fields, message) => {
    const refused = { code: 400, message: expect.stringContaining(message) };
    await expect(client.dataset('t').createTable('bare', { schema: { fields } })).rejects.toMatchObject({
      ...refused,
      errors: [{ reason: 'invalid' }],
    });
    await expect(table('grown').setMetadata({ schema: { fields } })).rejects.toMatchObject(refused);
  });
  test('gets no REQUIRED field later', async () => {
    const { schema } = (await table('grown').getMetadata())[0];
    await expect(patch([...schema.fields, { name: 'z', type: 'STRING', mode: 'REQUIRED' }])).rejects.toThrow(
      'Cannot add required fields to an existing schema. (field: z)',
    );
  });
});

test('a primary key that is taken away can be declared again', async () => {
  await client.query(`CREATE TABLE t.keyed (id INT64, PRIMARY KEY (id) NOT ENFORCED);
    ALTER TABLE t.keyed DROP PRIMARY KEY; ALTER TABLE t.keyed ADD PRIMARY KEY (id) NOT ENFORCED`);
  expect((await table('keyed').getMetadata())[0].tableConstraints).toEqual({
    primaryKey: { columns: ['id'] },
  });
});

test('columns with limits are added, and limits raised and lifted, with all rows as they were', async () => {
  const alter = (what: string) => client.query(`ALTER TABLE t.limited ${what}`);
  await client.query(`CREATE TABLE t.limited (id INT64 NOT NULL, s STRING(2), n NUMERIC(5, 2), PRIMARY KEY (id) NOT ENFORCED)
      PARTITION BY _PARTITIONDATE;
    INSERT t.limited (_PARTITIONTIME, id, s, n) VALUES (TIMESTAMP '2025-12-24', 1, 'ab', 1.25)`);
  await alter('ADD COLUMN c BYTES(3)');
  const [{ schema }] = await table('limited').getMetadata();
  const record = { name: 'r', type: 'RECORD', fields: [{ name: 'x', type: 'STRING', maxLength: '1' }] };
  await table('limited').setMetadata({ schema: { fields: [...schema.fields, record] } });
  await alter('ALTER COLUMN s SET DATA TYPE STRING(4)');
  expect(await bench.rows('SELECT *, _PARTITIONDATE AS day FROM t.limited')).toEqual([
    [1, 'ab', 1.25, null, null, '2025-12-24'],
  ]);
  const insert = (values: string) => client.query(`INSERT t.limited (id, s, c, r) VALUES (${values})`);
  await insert("2, 'abcd', b'abc', STRUCT('x')");
  for (const bad of [
    "3, 'abcde', NULL, NULL",
    "3, 'a', b'abcd', NULL",
    "3, 'a', NULL, STRUCT('xy')",
    'NULL, NULL, NULL, NULL',
  ])
    await expect(insert(bad)).rejects.toMatchObject({ code: 400 });
  for (const narrower of [
    's SET DATA TYPE STRING(3)',
    'n SET DATA TYPE NUMERIC(5, 1)',
    'n SET DATA TYPE NUMERIC(5, 3)',
  ])
    await expect(alter(`ALTER COLUMN ${narrower}`)).rejects.toThrow(
      /existing column type .* is assignable to/,
    );
  await alter('ALTER COLUMN s SET DATA TYPE STRING');
  await insert("3, 'longer than before', NULL, NULL");
  expect(await bench.value('SELECT COUNT(*) FROM t.limited')).toBe(3);
});

test('the columns of a view have the names that a query finds them by, also once it is described anew', async () => {
  const names = async (id: string) =>
    (await table(id).getMetadata())[0].schema.fields.map((f: { name: string }) => f.name);
  await client.dataset('t').createTable('numbered', { view: 'SELECT 1 AS a, 2' });
  expect(await names('numbered')).toEqual(['a', 'f0_']);
  expect((await client.query('SELECT f0_ FROM t.numbered'))[0]).toEqual([{ f0_: 2 }]);
  await client.query('CREATE VIEW t.renamed (x) AS SELECT 1 AS a');
  await table('renamed').setMetadata({ description: 'told' });
  expect(await names('renamed')).toEqual(['x']);
  await table('renamed').setMetadata({ view: 'SELECT 1 AS b, 2 AS c' });
  expect(await names('renamed')).toEqual(['b', 'c']);
  expect((await client.query('SELECT b FROM t.renamed'))[0]).toEqual([{ b: 1 }]);
});

describe('an etag', () => {
  test('that is out of date stops the change', async () => {
    await client.dataset('t').createTable('tagged', { schema: 'a:integer' });
    const [{ etag }] = await table('tagged').getMetadata();
    const send = (tag: string, description: string, method = 'PATCH') =>
      fetch(bench.emulator.environment.BIGQUERY_EMULATOR_HOST + path('tagged'), {
        method,
        headers: { 'content-type': 'application/json', 'if-match': tag },
        body: JSON.stringify({ description }),
      });
    clock.advance(1000);
    expect((await send(etag, 'first')).status).toBe(200);
    const late = await send(etag, 'second');
    expect(late.status).toBe(412);
    expect(await late.json()).toMatchObject({ error: { errors: [{ reason: 'conditionNotMet' }] } });
    expect((await send(etag, '', 'DELETE')).status).toBe(412);
    expect((await table('tagged').getMetadata())[0].description).toBe('first');
  });
});

describe('time', () => {
  test('takes away a table at its expiration, and not before', async () => {
    await client
      .dataset('t')
      .createTable('brief', { schema: 'a:integer', expirationTime: String(clock.now() + 60_000) });
    clock.advance(59_000);
    expect(await table('brief').exists()).toEqual([true]);
    clock.advance(1_000);
    expect(await table('brief').exists()).toEqual([false]);
  });
  test('takes away what a dataset gives no longer, and old partitions with their rows', async () => {
    await client.createDataset('short', { defaultTableExpirationMs: '3600000' });
    await client.query('CREATE TABLE short.a (x INT64)');
    expect((await client.dataset('short').table('a').getMetadata())[0].expirationTime).toBe(
      String(clock.now() + 3_600_000),
    );
    await client.dataset('t').createTable('days', {
      schema: 'd:date,n:integer',
      timePartitioning: { type: 'DAY', field: 'd', expirationMs: String(2 * 86_400_000) },
    });
    await table('days').insert([
      { d: '2026-01-09', n: 9 },
      { d: '2026-01-10', n: 10 },
    ]);
    expect((await table('days').getRows())[0]).toHaveLength(2);
    clock.advance(86_400_000 + 3_600_000);
    expect((await table('days').getRows())[0].map((r) => r.n)).toEqual([10]);
    expect(await client.dataset('short').table('a').exists()).toEqual([false]);
  });
  test('takes away a partition as a whole, counted from its beginning', async () => {
    const today = Math.floor(clock.now() / 86_400_000) * 86_400_000;
    const at = (hour: number) => new Date(today + hour * 3_600_000).toISOString();
    await client.dataset('t').createTable('hours', {
      schema: 'ts:timestamp,n:integer',
      timePartitioning: { type: 'DAY', field: 'ts', expirationMs: String(3 * 86_400_000) },
    });
    await table('hours').insert([
      { ts: at(1), n: 1 },
      { ts: at(23), n: 23 },
      { ts: at(24), n: 24 },
    ]);
    clock.advance(today + 3 * 86_400_000 - 1 - clock.now());
    expect((await table('hours').getRows())[0]).toHaveLength(3);
    clock.advance(20_000);
    expect((await table('hours').getRows())[0].map((r) => r.n)).toEqual([24]);
  });
});

describe('partitions', () => {
  test('by ranges of an integer are filled, read and replaced one by one', async () => {
    await client.dataset('t').createTable('ranges', {
      schema: 'k:integer,v:string',
      rangePartitioning: { field: 'k', range: { start: '0', end: '100', interval: '10' } },
    });
    await client.query("INSERT t.ranges VALUES (1, 'a'), (12, 'b'), (19, 'c')");
    expect((await table('ranges$10').getRows())[0].map((r) => r.v)).toEqual(['b', 'c']);
    await table('ranges$10').delete();
    expect((await table('ranges').getRows())[0].map((r) => r.v)).toEqual(['a']);
    await expect(
      client.dataset('t').createTable('bad', {
        schema: 's:string',
        rangePartitioning: { field: 's', range: { start: '0', end: '1', interval: '1' } },
      }),
    ).rejects.toThrow('must be of type INTEGER');
  });
  test('by arrival may be named in a query, and a filter on them demanded', async () => {
    await client.dataset('t').createTable('arrived', {
      schema: 'n:integer',
      timePartitioning: { type: 'DAY' },
      requirePartitionFilter: true,
    });
    await table('arrived$20260105').insert([{ n: 5 }]);
    await table('arrived$20260106').insert([{ n: 6 }]);
    expect(
      (
        await client.query(
          "SELECT *, _PARTITIONDATE AS d FROM t.arrived WHERE _PARTITIONTIME >= '2026-01-06'",
        )
      )[0],
    ).toMatchObject([{ n: 6, d: { value: '2026-01-06' } }]);
    await expect(client.query('SELECT n FROM t.arrived')).rejects.toThrow('without a filter over column(s)');
  });
});
