import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';

const now = Date.UTC(2026, 0, 10);
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start({ clock: new DrivenClock(now) });
  await bench.query('CREATE SCHEMA o');
});
afterAll(() => bench.stop());
beforeEach(() =>
  bench.query(
    `CREATE OR REPLACE TABLE o.t (day DATE, n INT64) PARTITION BY day
     OPTIONS(description='old', require_partition_filter=TRUE, partition_expiration_days=30)`,
  ),
);
const altered = async (options: string): Promise<unknown> => {
  await bench.query(`ALTER TABLE o.t SET OPTIONS(${options})`);
  return bench.send('GET', '/projects/lab/datasets/o/tables/t');
};

test.each([
  ["TIMESTAMP '2026-02-01 12:00:00+02'", Date.UTC(2026, 1, 1, 10)],
  ["'2026-02-01 10:00:00 UTC'", Date.UTC(2026, 1, 1, 10)],
  ['TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)', now + 86_400_000],
])('a table expires at %s', async (written, millis) => {
  expect(await altered(`expiration_timestamp=${written}`)).toMatchObject({ expirationTime: String(millis) });
});

test('NULL takes a property away, and FALSE is not nothing', async () => {
  expect(await altered("description=CONCAT('n', 'ew'), expiration_timestamp='2026-02-01'")).toMatchObject({
    description: 'new',
  });
  const bare = await altered('description=NULL, expiration_timestamp=NULL, partition_expiration_days=NULL');
  expect(bare).not.toHaveProperty('description');
  expect(bare).not.toHaveProperty('expirationTime');
  expect(bare).toMatchObject({ timePartitioning: { type: 'DAY', field: 'day' } });
  expect(bare).not.toHaveProperty('timePartitioning.expirationMs');
  await expect(bench.query('SELECT n FROM o.t')).rejects.toThrow(/without a filter/);
  await altered('require_partition_filter=FALSE');
  expect(await bench.rows('SELECT n FROM o.t')).toEqual([]);
});

test('the partitions of a table that is there get another expiration', async () => {
  expect(await altered('partition_expiration_days=2.5')).toMatchObject({
    timePartitioning: { type: 'DAY', field: 'day', expirationMs: '216000000' },
  });
  await bench.query('CREATE OR REPLACE TABLE o.plain (n INT64)');
  await expect(bench.query('ALTER TABLE o.plain SET OPTIONS(partition_expiration_days=2)')).rejects.toThrow(
    /is for tables partitioned by time/,
  );
});

test('a value of the wrong type is refused', async () => {
  await expect(altered('description=1')).rejects.toThrow(/description needs a value of type STRING/);
  await expect(altered("require_partition_filter='yes'")).rejects.toThrow(/needs a value of type BOOL/);
  await expect(altered('labels=[1]')).rejects.toThrow(/labels needs an array of pairs/);
  await expect(altered('kms_key_name="k"')).rejects.toThrow('The option kms_key_name is not supported');
});
