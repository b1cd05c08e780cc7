import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SchemaField } from '../engine/schema.ts';
import { Bench } from '../testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.send('POST', '/projects/lab/datasets', {
    datasetReference: { datasetId: 'r' },
    labels: { team: 'a' },
  });
});
afterAll(() => bench.stop());

const tables = '/projects/lab/datasets/r/tables';
const make = (tableId: string, body: object) =>
  bench.send<{ type: string; schema: { fields: SchemaField[] } }>('POST', tables, {
    tableReference: { tableId },
    ...body,
  });

test('projects are listed once something is in them', async () => {
  const { projects } = await bench.send<{ projects: object[] }>('GET', '/projects');
  expect(projects).toEqual([
    expect.objectContaining({
      id: 'lab',
      kind: 'bigquery#project',
      numericId: expect.stringMatching(/^\d+$/),
    }),
  ]);
});

test('labels that the service would refuse are refused, wherever they are to stand', async () => {
  const refused = { status: 400, message: expect.stringContaining('Invalid label "Team": "a".') };
  const labels = { Team: 'a' };
  await expect(make('labelled', { labels })).rejects.toMatchObject(refused);
  await expect(bench.send('PATCH', '/projects/lab/datasets/r', { labels })).rejects.toMatchObject(refused);
  await expect(bench.query('SELECT 1', { labels })).rejects.toMatchObject(refused);
  await expect(
    bench.query('CREATE TABLE r.l (n INT64) OPTIONS(labels=[("Team", "a")])'),
  ).rejects.toMatchObject(refused);
});

describe('lists are cut down to what is asked for', () => {
  test.each([
    ['labels.team:a', ['r']],
    ['labels.team', ['r']],
    ['labels.team:b', []],
    ['labels.team:a labels.other', []],
  ])('datasets by %s', async (filter, expected) => {
    const { datasets = [] } = await bench.send<{ datasets?: { datasetReference: { datasetId: string } }[] }>(
      'GET',
      `/projects/lab/datasets?filter=${encodeURIComponent(filter)}`,
    );
    expect(datasets.map((d) => d.datasetReference.datasetId)).toEqual(expected);
  });
  test.each([
    ['SCALAR_FUNCTION', 1],
    ['PROCEDURE', 0],
  ])('routines by the type %s', async (type, count) => {
    await bench.query('CREATE FUNCTION IF NOT EXISTS r.twice(x INT64) AS (x * 2)');
    const { routines } = await bench.send<{ routines: object[] }>(
      'GET',
      `/projects/lab/datasets/r/routines?filter=routineType:${type}`,
    );
    expect(routines).toHaveLength(count);
  });
});

describe('a schema', () => {
  test('is answered with the names that types have over REST', async () => {
    const fields = [
      { name: 'i', type: 'int64' },
      { name: 'f', type: 'FLOAT64' },
      { name: 'b', type: 'BOOL' },
      { name: 'r', type: 'STRUCT', fields: [{ name: 'd', type: 'DECIMAL' }] },
    ];
    const { schema } = await make('named', { schema: { fields } });
    expect(schema.fields.map((f) => f.type)).toEqual(['INTEGER', 'FLOAT', 'BOOLEAN', 'RECORD']);
    expect(schema.fields[3]?.fields?.[0]?.type).toBe('NUMERIC');
  });
  test.each(['_PARTITIONTIME', '_table_x', '_FILE_NAME', '__root__'])(
    'refuses the column %s',
    async (name) => {
      await expect(
        make('reserved', { schema: { fields: [{ name, type: 'STRING' }] } }),
      ).rejects.toMatchObject({
        status: 400,
        message: expect.stringContaining(`Invalid field name "${name}"`),
      });
    },
  );
  test('is shown in part where fields are picked, and so are rows', async () => {
    await bench.query(
      "CREATE TABLE r.nested AS SELECT 1 AS id, STRUCT('x' AS a, STRUCT(2 AS c, 3 AS d) AS b) AS s, [STRUCT(4 AS e, 5 AS f)] AS l",
    );
    const fields = 'selectedFields=s.b.d,l.f';
    const { schema } = await bench.send<{ schema: { fields: SchemaField[] } }>(
      'GET',
      `${tables}/nested?${fields}`,
    );
    expect(schema.fields).toMatchObject([
      { name: 's', fields: [{ name: 'b', fields: [{ name: 'd' }] }] },
      { name: 'l', fields: [{ name: 'f' }] },
    ]);
    const { rows } = await bench.send<{ rows: object[] }>('GET', `${tables}/nested/data?${fields}`);
    expect(rows).toEqual([
      { f: [{ v: { f: [{ v: { f: [{ v: '3' }] } }] } }, { v: [{ v: { f: [{ v: '5' }] } }] }] },
    ]);
    await expect(bench.send('GET', `${tables}/nested/data?selectedFields=s.z`)).rejects.toThrow(
      'No such field: z',
    );
  });
});

test('a truth value of the address may be written as Python does', async () => {
  await bench.query("CREATE TABLE r.when AS SELECT TIMESTAMP '2026-01-02 03:04:05Z' AS t");
  const whole = `${Date.UTC(2026, 0, 2, 3, 4, 5)}000`;
  for (const word of ['true', 'True']) {
    const { rows } = await bench.send<{ rows: object[] }>(
      'GET',
      `${tables}/when/data?formatOptions.useInt64Timestamp=${word}&selectedFields=`,
    );
    expect(rows).toEqual([{ f: [{ v: whole }] }]);
  }
});

test("what Java's client sends packed is unpacked", async () => {
  const ask = (body: Buffer) =>
    fetch(`${bench.emulator.environment.BIGQUERY_EMULATOR_HOST}/projects/lab/queries`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: new Uint8Array(body),
    });
  const query = JSON.stringify({ query: 'SELECT 5', useLegacySql: false });
  expect(await (await ask(gzipSync(query))).json()).toMatchObject({ rows: [{ f: [{ v: '5' }] }] });
  expect((await ask(Buffer.from(query))).status).toBe(400);
});
test('an answer to DML says what it did to how many rows', async () => {
  await bench.query('CREATE TABLE r.counted_rows (n INT64)');
  expect(
    await bench.send('POST', '/projects/lab/queries', {
      query: 'INSERT r.counted_rows VALUES (1), (2)',
      useLegacySql: false,
    }),
  ).toMatchObject({ numDmlAffectedRows: '2', dmlStats: { insertedRowCount: '2', deletedRowCount: '0' } });
});

describe('how a table is partitioned', () => {
  test.each([
    ['PARTITION BY n', /can only be of type TIMESTAMP, DATE or DATETIME. The type found is: INTEGER/],
    ['PARTITION BY DATE_TRUNC(d, HOUR)', /DATE column cannot be partitioned by the hour/],
    ['PARTITION BY missing', /specified for partitioning cannot be found in the schema: missing/],
    ['PARTITION BY RANGE_BUCKET(d, GENERATE_ARRAY(0, 10, 1))', /must be of type INTEGER/],
    ['CLUSTER BY f', /CLUSTER BY expression must be .* f is FLOAT/],
    ['CLUSTER BY l', /l is REPEATED/],
    ['CLUSTER BY n, d, a, b, c', /at most 4 columns/],
  ])('is checked: %s', async (how, message) => {
    const columns = 'd DATE, n INT64, f FLOAT64, l ARRAY<INT64>, a STRING, b STRING, c STRING';
    await expect(bench.query(`CREATE TABLE r.wrong (${columns}) ${how}`)).rejects.toThrow(message);
  });
  const made = 'CREATE OR REPLACE TABLE r.daily (d DATE, n INT64)';
  test.each([
    ['another unit', { timePartitioning: { type: 'MONTH', field: 'd' } }],
    ['nothing', { timePartitioning: null }],
  ])('does not change to %s by PATCH', async (_, body) => {
    await bench.query(`${made} PARTITION BY d`);
    await expect(bench.send('PATCH', `${tables}/daily`, body)).rejects.toMatchObject({ status: 400 });
  });
  test('does not change by a statement; how long partitions stay does', async () => {
    await bench.query(`${made} PARTITION BY d`);
    await expect(bench.query(`${made} PARTITION BY DATE_TRUNC(d, MONTH)`)).rejects.toThrow(
      'New partitioning spec is interval(type:month,field:d) and existing spec is interval(type:day,field:d)',
    );
    await bench.send('PATCH', `${tables}/daily`, {
      timePartitioning: { type: 'DAY', field: 'd', expirationMs: '86400000' },
    });
  });
});

test('a materialized view made over REST answers as its query does', async () => {
  await bench.query('CREATE TABLE r.base AS SELECT x FROM UNNEST([1, 2, 3]) AS x');
  const { type } = await make('counted', {
    materializedView: { query: 'SELECT COUNT(*) AS n FROM `lab.r.base`' },
  });
  expect(type).toBe('MATERIALIZED_VIEW');
  expect(await bench.value('SELECT n FROM r.counted')).toBe(3);
});
