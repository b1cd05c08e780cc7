import type { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from '../rest/real-client.ts';
import { Bench } from '../testing.ts';

let bench: Bench;
let client: BigQuery;
beforeAll(async () => {
  bench = await Bench.start();
  client = clientOf(bench);
  await client.createDataset('b');
  await client.query(
    "CREATE TABLE b.days (d DATE, n INT64, s STRING) PARTITION BY d AS SELECT DATE_ADD(DATE '2026-01-01', INTERVAL x DAY) AS d, x AS n, 'abc' AS s FROM UNNEST(GENERATE_ARRAY(0, 9)) AS x",
  );
});
afterAll(() => bench.stop());

const dryBytes = async (query: string): Promise<number> => {
  const [job] = await client.createQueryJob({ query, dryRun: true });
  return Number(job.metadata.statistics.totalBytesProcessed);
};

describe('the bytes of a query', () => {
  test.each([
    // Ten rows: DATE 8, INT64 8, STRING 2 + 3.
    ['SELECT n FROM b.days', 80],
    ['SELECT * FROM b.days', 210],
    ['SELECT COUNT(*) AS c FROM b.days', 0],
    ['SELECT s FROM b.days WHERE n > 5', 130],
    // Two partitions are left; both columns are read in them.
    ["SELECT n FROM b.days WHERE d BETWEEN '2026-01-03' AND '2026-01-04'", 32],
    ["SELECT n FROM b.days WHERE d = '2030-01-01'", 0],
    // Partitions are pruned by their own column alone.
    ['SELECT n FROM b.days WHERE n = 1', 80],
    ['SELECT a.n FROM b.days AS a JOIN b.days AS b ON a.n = b.n', 80],
    ['DELETE FROM b.days WHERE n = 100', 80],
  ])('%s: %d', async (query, bytes) => {
    expect(await dryBytes(query)).toBe(bytes);
  });
  test.each(['DAY', 'HOUR', 'MONTH'])('leave partitions by %s out, on both sides of 1970', async (unit) => {
    const table = `b.by_${unit.toLowerCase()}`;
    await client.query(
      `CREATE TABLE ${table} (t TIMESTAMP, n INT64) PARTITION BY TIMESTAMP_TRUNC(t, ${unit}) AS SELECT * FROM UNNEST([
        STRUCT(TIMESTAMP '1969-12-31 23:59:59' AS t, 1 AS n), (TIMESTAMP '1970-01-01 00:00:00', 2),
        (TIMESTAMP '1970-01-01 00:59:59', 3), (CAST(NULL AS TIMESTAMP), 4)])`,
    );
    // An INT64 is 8 bytes. The whole partition is read, with the row that the condition leaves out.
    expect(await dryBytes(`SELECT n FROM ${table} WHERE t > '1970-01-01 00:10:00'`)).toBe(32);
    expect(await dryBytes(`SELECT n FROM ${table} WHERE t < '1970-01-01'`)).toBe(16);
    expect(await dryBytes(`SELECT n FROM ${table} WHERE t IS NULL`)).toBe(8);
  });
  test('of a larger table follow what a statement did to its partitions at once', async () => {
    await client.query(
      "CREATE TABLE b.many (d DATE, n INT64) PARTITION BY d AS SELECT DATE '2026-01-01' AS d, n FROM UNNEST(GENERATE_ARRAY(1, 12000)) AS n",
    );
    const on = (day: string) => dryBytes(`SELECT n FROM b.many WHERE d = '${day}'`);
    // Both columns are read, 16 bytes a row.
    expect([await on('2026-01-01'), await on('2026-01-02')]).toEqual([192_000, 0]);
    await client.query("UPDATE b.many SET d = '2026-01-02' WHERE n <= 2000");
    expect([await on('2026-01-02'), await on('2026-01-01')]).toEqual([32_000, 160_000]);
  });
  test('are told by the job that ran, and billed by the megabyte, ten at least', async () => {
    const [job] = await client.createQueryJob('SELECT n FROM b.days');
    await job.getQueryResults();
    expect((await job.getMetadata())[0].statistics).toMatchObject({
      totalBytesProcessed: '80',
      query: { totalBytesBilled: '10485760' },
    });
  });
  test('beyond what the caller would pay for stop it', async () => {
    const query = 'SELECT n FROM b.days';
    await expect(client.query({ query, maximumBytesBilled: '1' })).rejects.toThrow(
      'Query exceeded limit for bytes billed: 1. 10485760 or higher required.',
    );
    expect((await client.query({ query, maximumBytesBilled: '10485760' }))[0]).toHaveLength(10);
  });
  test('of a wrong statement are its error', async () => {
    await expect(dryBytes('INSERT b.days (nope) VALUES (1)')).rejects.toThrow(/Column nope is not present/);
  });
});
