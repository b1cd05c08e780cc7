import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Catalog, createTable, dayPartition, memoryStore, openTable, storageCatalog } from './index.ts';
import { collect } from './testing/collect.ts';
import { anyReading, numbered, readings, tokenOf } from './testing/readings.ts';

test('a scan gives back every row that was appended, exactly', async () => {
  const batches = fc.array(fc.array(anyReading, { minLength: 1, maxLength: 40 }), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(batches, async (appended) => {
      const store = memoryStore();
      const catalog = storageCatalog(store);
      const table = await createTable(catalog, store, 'raw.readings', readings);
      for (const [index, rows] of appended.entries()) await table.append(rows, tokenOf(index));
      const again = await openTable(catalog, store, 'raw.readings');
      // The newest snapshot's file comes first.
      expect(await collect(again.scan())).toEqual(appended.toReversed().flat());
    }),
    { numRuns: 25 },
  );
});

test('rows of several days land in one file per day, those before 1970 too', async () => {
  const store = memoryStore();
  const spec = dayPartition(readings, 'measured_at');
  const table = await createTable(storageCatalog(store), store, 'raw.readings', readings, { spec });
  const hour = 3_600_000_000;
  const rows = [-25, -1, 0, 23, 24].map((hours) => ({ station: 'a', measured_at: hours * hour }));
  const snapshot = await table.append(rows, tokenOf(1));
  expect(snapshot.summary['changed-partition-count']).toBe('4');
  const files = (await collect(store.list('raw/readings/data/'))).map(({ name }) => name.split('/')[3]);
  expect(files).toEqual([
    'measured_at_day=1969-12-30',
    'measured_at_day=1969-12-31',
    'measured_at_day=1970-01-01',
    'measured_at_day=1970-01-02',
  ]);
  expect(await collect(table.scan({ columns: ['measured_at'] }))).toHaveLength(5);
});

test('a table can be read as of an earlier snapshot', async () => {
  const store = memoryStore();
  const table = await createTable(storageCatalog(store), store, 'raw.readings', readings);
  const first = await table.append(numbered(3), tokenOf(1));
  await table.append(numbered(4, 3), tokenOf(2));
  expect(await collect(table.scan({ snapshotId: first['snapshot-id'] }))).toHaveLength(3);
  expect(await collect(table.scan())).toHaveLength(7);
  expect(table.snapshots().map(({ summary }) => summary['total-records'])).toEqual(['7', '3']);
});

test('a reader sees what others committed when it refreshes, and not before', async () => {
  const store = memoryStore();
  const catalog = storageCatalog(store);
  const table = await createTable(catalog, store, 'raw.readings', readings);
  const reader = await openTable(catalog, store, 'raw.readings');
  await table.append(numbered(3), tokenOf(1));
  expect(await collect(reader.scan())).toEqual([]);
  await reader.refresh();
  expect(await collect(reader.scan())).toHaveLength(3);
});

test('appends that overlap in one process all land, without a conflict', async () => {
  const store = memoryStore();
  const catalog = storageCatalog(store);
  let commits = 0;
  const counting: Catalog = {
    ...catalog,
    commit: (...args) => {
      commits++;
      return catalog.commit(...args);
    },
  };
  const table = await createTable(counting, store, 'raw.readings', readings);
  await Promise.all(
    Array.from({ length: 8 }, (_, batch) => table.append(numbered(2, batch * 2), tokenOf(batch))),
  );
  const sensors = (await collect(table.scan())).map(({ sensor }) => Number(sensor));
  expect(sensors.sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index));
  expect(commits).toBe(8);
});

test('what is not supported is refused by name', async () => {
  const store = memoryStore();
  const catalog = storageCatalog(store);
  const withColumn = (type: string) => ({
    ...readings,
    fields: [...readings.fields, { id: 99, name: 'extra', required: false, type }],
  });
  await expect(createTable(catalog, store, 'raw.a', withColumn('uuid'))).rejects.toThrow(/extra.*got uuid/);
  await expect(createTable(catalog, store, 'raw.a', withColumn('decimal(30,2)'))).rejects.toThrow(/up to 18/);
  const hourly = {
    'spec-id': 0,
    fields: [{ 'source-id': 2, 'field-id': 1000, name: 'h', transform: 'hour' }],
  };
  await expect(createTable(catalog, store, 'raw.a', readings, { spec: hourly })).rejects.toThrow(/got hour/);
  await expect(createTable(catalog, store, '../raw', readings)).rejects.toThrow(/namespace\.table/);
  await expect(openTable(catalog, store, 'raw.a')).rejects.toThrow(/no table raw\.a/);
});

test('rows that do not fit are refused before anything is written', async () => {
  const store = memoryStore();
  const table = await createTable(storageCatalog(store), store, 'raw.readings', readings);
  const good = { station: 'a', measured_at: 0 };
  const bad: readonly [Record<string, unknown>, RegExp][] = [
    [{ measured_at: 0 }, /row 1.*station.*required string, got null/],
    [{ ...good, statoin: 'b' }, /does not have: expected station.*got statoin/],
    [{ ...good, level: 1.5 }, /level.*unscaled integer of at most 12 digits/],
    [{ ...good, level: 1_000_000_000_000 }, /level/],
    [{ ...good, small: -100_000 }, /small/],
    [{ ...good, sensor: 2 ** 31 }, /sensor/],
    [{ ...good, count: 2n ** 63n }, /count/],
    [{ ...good, measured_at: 2 ** 53 }, /measured_at/],
    [{ ...good, station: 7 }, /station.*got number 7/],
  ];
  for (const [row, message] of bad) {
    await expect(table.append([good, row as never], tokenOf(1))).rejects.toThrow(message);
  }
  expect(await collect(store.list('raw/readings/data/'))).toEqual([]);
  expect(table.snapshots()).toEqual([]);
});
