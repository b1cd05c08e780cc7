import type { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from '../rest/real-client.ts';
import { Bench } from '../testing.ts';

let bench: Bench;
let client: BigQuery;
beforeAll(async () => {
  bench = await Bench.start();
  client = clientOf(bench);
  await client.createDataset('d');
});
afterAll(() => bench.stop());

const into = async (tableId: string, query: string, more: object = {}) => {
  const [job] = await client.createQueryJob({
    query,
    destination: client.dataset('d').table(tableId),
    ...more,
  });
  return (await job.getQueryResults())[0];
};
const rows = async (table: string) => (await client.query(`SELECT * FROM d.${table} ORDER BY 1`))[0];

describe('a query with a destination table', () => {
  test('makes it, and answers with its rows', async () => {
    expect(await into('made', 'SELECT 1 AS a, "x" AS b')).toEqual([{ a: 1, b: 'x' }]);
    expect(await rows('made')).toEqual([{ a: 1, b: 'x' }]);
  });
  test('refuses a table that has rows, unless it may append or overwrite', async () => {
    await expect(into('made', 'SELECT 2 AS a, "y" AS b')).rejects.toMatchObject({
      code: 409,
      message: 'Already Exists: Table lab:d.made',
    });
    await into('made', 'SELECT 2 AS a, "y" AS b', { writeDisposition: 'WRITE_APPEND' });
    expect(await rows('made')).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]);
    await into('made', 'SELECT 3 AS c', { writeDisposition: 'WRITE_TRUNCATE' });
    expect(await rows('made')).toEqual([{ c: 3 }]);
  });
  test('is not made where it must exist', async () => {
    await expect(
      into('nowhere', 'SELECT 1 AS a', { createDisposition: 'CREATE_NEVER' }),
    ).rejects.toMatchObject({
      code: 404,
    });
  });
  test('changes the schema only as the job allows', async () => {
    await client.dataset('d').createTable('strict', {
      schema: [{ name: 'id', type: 'INTEGER', mode: 'REQUIRED' }],
    });
    const append = { writeDisposition: 'WRITE_APPEND' };
    const wider = 'SELECT 1 AS id, "n" AS note';
    await expect(into('strict', wider, append)).rejects.toThrow(
      'Provided Schema does not match Table lab:d.strict.',
    );
    await into('strict', wider, {
      ...append,
      schemaUpdateOptions: ['ALLOW_FIELD_ADDITION', 'ALLOW_FIELD_RELAXATION'],
    });
    expect((await client.dataset('d').table('strict').getMetadata())[0].schema.fields).toMatchObject([
      { name: 'id', mode: 'NULLABLE' },
      { name: 'note', type: 'STRING' },
    ]);
  });
  test('leaves everything as it was when the query fails', async () => {
    await expect(
      into('made', "SELECT CAST('x' AS INT64) AS c", { writeDisposition: 'WRITE_TRUNCATE' }),
    ).rejects.toThrow();
    expect(await rows('made')).toEqual([{ c: 3 }]);
  });
});

describe('a partition decorator', () => {
  test('takes and replaces the rows of one day only', async () => {
    await client.query(
      "CREATE TABLE d.days (d DATE, n INT64) PARTITION BY d AS SELECT DATE '2026-01-01' AS d, 1 AS n UNION ALL SELECT DATE '2026-01-02', 2",
    );
    const truncate = { writeDisposition: 'WRITE_TRUNCATE' };
    await into('days$20260102', "SELECT DATE '2026-01-02' AS d, 20 AS n", truncate);
    expect((await rows('days')).map((r) => r.n)).toEqual([1, 20]);
    await expect(into('days$20260102', "SELECT DATE '2026-01-03' AS d, 3 AS n", truncate)).rejects.toThrow(
      'Some rows belong to different partitions rather than destination partition 20260102',
    );
    await expect(into('days$2026', "SELECT DATE '2026-01-02' AS d, 3 AS n", truncate)).rejects.toThrow(
      'Invalid time partitioning encoding',
    );
    expect((await client.dataset('d').table('days$20260101').getRows())[0].map((r) => r.n)).toEqual([1]);
    await client.dataset('d').table('days$20260101').delete();
    expect((await rows('days')).map((r) => r.n)).toEqual([20]);
  });
  test('puts rows into a day of a table partitioned by arrival', async () => {
    await client
      .dataset('d')
      .createTable('arrivals', { schema: 'n:integer', timePartitioning: { type: 'DAY' } });
    await client
      .dataset('d')
      .table('arrivals$20260105')
      .insert([{ n: 5 }]);
    await into('arrivals$20260106', 'SELECT 6 AS n', { writeDisposition: 'WRITE_TRUNCATE' });
    expect((await client.dataset('d').table('arrivals$20260105').getRows())[0]).toEqual([{ n: 5 }]);
    expect((await rows('arrivals')).map((r) => r.n)).toEqual([5, 6]);
  });
});
