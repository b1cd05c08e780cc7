import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';

let bench: Bench;
const clock = new DrivenClock(Date.UTC(2026, 0, 10));
beforeAll(async () => {
  bench = await Bench.start({ clock });
  await bench.query('CREATE SCHEMA h');
});
afterAll(() => bench.stop());
const minute = 60_000;
const asOf = (table: string, minutesAgo: number) =>
  bench
    .rows(
      `SELECT n FROM h.${table} FOR SYSTEM_TIME AS OF TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL ${minutesAgo} MINUTE) ORDER BY n`,
    )
    .then((rows) => rows.map(([n]) => n));

describe('FOR SYSTEM_TIME AS OF', () => {
  test('reads the rows that stood then, whatever changed them since', async () => {
    await bench.query('CREATE TABLE h.t (n INT64)');
    clock.advance(minute);
    await bench.query('INSERT h.t VALUES (1), (2)');
    clock.advance(minute);
    await bench.query('UPDATE h.t SET n = 20 WHERE n = 2');
    clock.advance(minute);
    await bench.send('POST', '/projects/lab/datasets/h/tables/t/insertAll', { rows: [{ json: { n: 3 } }] });
    clock.advance(minute);
    await bench.query('TRUNCATE TABLE h.t');
    clock.advance(minute);
    expect(await asOf('t', 0)).toEqual([]);
    // At the very instant of a change it is there already.
    expect(await asOf('t', 1)).toEqual([]);
    expect(await asOf('t', 2)).toEqual([1, 3, 20]);
    expect(await asOf('t', 3)).toEqual([1, 20]);
    expect(await asOf('t', 4)).toEqual([1, 2]);
    expect(await asOf('t', 5)).toEqual([]);
  });
  test('refuses a time before the table, and one to come', async () => {
    await expect(asOf('t', 6)).rejects.toThrow(/Cannot read before 1768003200000/);
    await expect(asOf('t', -1)).rejects.toThrow(/lies in the future/);
  });
  test('refuses what it did not keep rather than answer wrongly', async () => {
    await bench.query('CREATE TABLE h.grown (n INT64)');
    await bench.query('INSERT h.grown VALUES (1)');
    clock.advance(minute);
    await bench.query('ALTER TABLE h.grown ADD COLUMN m INT64');
    clock.advance(minute);
    await expect(asOf('grown', 2)).rejects.toThrow(/is not supported by the emulator: lab:h.grown/);
    expect(await asOf('grown', 1)).toEqual([1]);
  });
  test('does not see what a transaction rolled back, nor its inside', async () => {
    await bench.query('CREATE TABLE h.x (n INT64)');
    clock.advance(minute);
    await bench.query('BEGIN TRANSACTION; INSERT h.x VALUES (1); INSERT h.x VALUES (2); COMMIT TRANSACTION');
    clock.advance(minute);
    await expect(asOf('x', 2)).rejects.toThrow(/is not supported by the emulator/);
    expect(await asOf('x', 1)).toEqual([1, 2]);
  });
  test('of a table that was replaced reads the old one', async () => {
    await bench.query('CREATE TABLE h.r AS SELECT 1 AS n');
    clock.advance(minute);
    await bench.query('CREATE OR REPLACE TABLE h.r AS SELECT 2 AS n');
    clock.advance(minute);
    expect([await asOf('r', 2), await asOf('r', 1)]).toEqual([[1], [2]]);
  });
});

test('a copy job brings back what a table was', async () => {
  await bench.query('CREATE TABLE h.c AS SELECT 1 AS n');
  clock.advance(minute);
  await bench.query('DELETE FROM h.c WHERE TRUE');
  clock.advance(minute);
  const copy = (from: string, to: string) =>
    bench.send('POST', '/projects/lab/jobs', {
      configuration: {
        copy: {
          sourceTable: { projectId: 'lab', datasetId: 'h', tableId: from },
          destinationTable: { projectId: 'lab', datasetId: 'h', tableId: to },
        },
      },
    });
  await copy(`c@-${2 * minute}`, 'back');
  await copy(`c@${clock.now() - minute}`, 'empty');
  expect(await bench.rows('SELECT n FROM h.back')).toEqual([[1]]);
  expect(await bench.rows('SELECT n FROM h.empty')).toEqual([]);
});

test('a table too large to copy at each change is refused its past, and keeps its present', async () => {
  await bench.query('CREATE TABLE h.large AS SELECT x AS n FROM UNNEST(GENERATE_ARRAY(1, 200000)) AS x');
  clock.advance(minute);
  await bench.query('DELETE FROM h.large WHERE n > 1');
  clock.advance(minute);
  await expect(asOf('large', 2)).rejects.toThrow(/too large to be kept/);
  expect(await asOf('large', 1)).toEqual([1]);
});
