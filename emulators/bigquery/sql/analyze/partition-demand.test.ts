import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../../testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.query(
    `CREATE SCHEMA d;
     CREATE TABLE d.log (day DATE, seen TIMESTAMP, line STRING) PARTITION BY day OPTIONS(require_partition_filter=TRUE);
     CREATE TABLE d.days (day DATE)`,
  );
});
afterAll(() => bench.stop());

describe('a table that asks for a filter on its partitions', () => {
  test.each([
    "day = '2026-01-01'",
    "'2026-01-01' <= day AND line = 'x'",
    "(day = '2026-01-01' AND line = 'x') OR day > '2026-02-01'",
    "NOT day < '2026-01-01'",
    "day BETWEEN '2026-01-01' AND '2026-01-31'",
    'day IN (DATE "2026-01-01", DATE "2026-01-02")',
    'day IS NOT NULL',
    'DATE_TRUNC(day, MONTH) = "2026-01-01"',
  ])('is read WHERE %s', async (where) => {
    expect(await bench.rows(`SELECT line FROM d.log WHERE ${where}`)).toEqual([]);
  });

  test.each([
    "line = '2026-01-01'",
    "day = '2026-01-01' OR line = 'x'",
    "NOT (day = '2026-01-01' OR line = 'x')",
    'day = DATE(seen)',
    'day = day',
    `line = '"log$1"."day"'`,
    'EXISTS (SELECT day FROM d.days WHERE day IS NULL)',
  ])('is not read WHERE %s', async (where) => {
    const refusal = /without a filter over column\(s\) 'day'/;
    await expect(bench.query(`SELECT line FROM d.log WHERE ${where}`)).rejects.toThrow(refusal);
    await expect(bench.query(`DELETE FROM d.log WHERE ${where}`)).rejects.toThrow(refusal);
    await expect(bench.query(`UPDATE d.log SET line = '' WHERE ${where}`)).rejects.toThrow(refusal);
  });
});
