import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemClock, TransientError } from '../runtime/index.ts';
import {
  createTable,
  type LakeTable,
  memoryStore,
  openTable,
  storageCatalog,
  type TableTools,
} from './index.ts';
import { collect } from './testing/collect.ts';
import { numbered, readings, tokenOf } from './testing/readings.ts';
import { entriesIn, manifestsIn, referencedFiles } from './testing/referenced-files.ts';
import { type PutFate, putFates, scriptedStore } from './testing/scripted-store.ts';

const id = 'raw.readings';

/** Chance and time that no test waits for. */
function tools(firstSnapshotId = 7_678_060_717_269_408_855n): TableTools {
  let last = firstSnapshotId;
  return {
    clock: { now: () => systemClock.now(), sleep: async () => {} },
    random: () => 0.5,
    uuid: () => crypto.randomUUID(),
    snapshotId: () => last++,
  };
}

async function table(properties: Record<string, string> = {}) {
  const memory = memoryStore();
  const rival = await createTable(storageCatalog(memory), memory, id, readings, { properties });
  let rivalRows = 0;
  const store = scriptedStore(memory, async () => {
    await rival.refresh();
    await rival.append(numbered(1, 1_000_000 + rivalRows), tokenOf(rivalRows, 'rival'));
    rivalRows++;
  });
  const catalog = storageCatalog(store);
  const written = await openTable(catalog, store, id, tools());
  return { memory, store, catalog, written, rival, rivalRows: () => rivalRows };
}

async function sensorsIn(read: LakeTable): Promise<number[]> {
  const rows = await collect(read.scan({ columns: ['sensor'] }));
  return rows.map(({ sensor }) => Number(sensor)).sort((a, b) => a - b);
}

const range = (count: number, first = 0) => Array.from({ length: count }, (_, index) => first + index);
const ours = (read: LakeTable) =>
  read.snapshots().filter(({ summary }) => summary['orderlake.writer'] === 'one');

describe('whatever becomes of the answer to a commit, the batch is in the table exactly once', () => {
  for (const fate of putFates) {
    test(fate, async () => {
      const { memory, store, catalog, written, rivalRows } = await table();
      await written.append(numbered(5), tokenOf('before'));
      store.fates.push(fate);
      const snapshot = await written.append(numbered(5, 5), tokenOf('tested'));
      await written.append(numbered(5, 10), tokenOf('after'));

      const read = await openTable(catalog, memory, id);
      expect(await sensorsIn(read)).toEqual([...range(15), ...range(rivalRows(), 1_000_000)]);
      expect(ours(read).map(({ summary }) => summary['orderlake.batch-id'])).toEqual([
        'after',
        'tested',
        'before',
      ]);
      expect(read.snapshots().map((each) => each['snapshot-id'])).toContain(snapshot['snapshot-id']);
      const stored = (await collect(memory.list('raw/readings/data/'))).map(({ name }) => name);
      expect((await referencedFiles(memory, read)).sort()).toEqual(stored);
      const lists = read.snapshots().map((each) => each['manifest-list'].slice(memory.root.length + 1));
      expect(store.deleted.filter((name) => lists.includes(name))).toEqual([]);
    });
  }
});

test('any sequence of such answers leaves every row once and every file referenced once', async () => {
  const script = fc.array(fc.constantFrom(...putFates), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(script, fc.constantFrom('2', '100'), async (fates: PutFate[], merging) => {
      const { memory, store, catalog, written, rivalRows } = await table({
        'commit.manifest.min-count-to-merge': merging,
      });
      store.fates.push(...fates);
      for (let batch = 0; batch < 4; batch++) await written.append(numbered(3, batch * 3), tokenOf(batch));

      const read = await openTable(catalog, memory, id);
      expect(await sensorsIn(read)).toEqual([...range(12), ...range(rivalRows(), 1_000_000)]);
      expect(ours(read)).toHaveLength(4);
      const stored = (await collect(memory.list('raw/readings/data/'))).map(({ name }) => name);
      expect((await referencedFiles(memory, read)).sort()).toEqual(stored);
    }),
    { numRuns: 30 },
  );
});

test('a writer that gives up may append the same batch again, also from a new process', async () => {
  const { memory, store, catalog, written } = await table({ 'commit.retry.num-retries': '1' });
  store.fates.push('unknown-no-land', 'unknown-lands-late');
  await expect(written.append(numbered(5), tokenOf(1))).rejects.toThrow(TransientError);
  const restarted = await openTable(catalog, store, id, tools());
  await restarted.append(numbered(5), tokenOf(1));
  const read = await openTable(catalog, memory, id);
  expect(await sensorsIn(read)).toEqual(range(5));
  expect(ours(read)).toHaveLength(1);
});

test('a batch that is in the table already is answered with its snapshot and written no second time', async () => {
  const { memory, written } = await table();
  const first = await written.append(numbered(5), tokenOf(1));
  const files = (await collect(memory.list(''))).length;
  expect(await written.append(numbered(5), tokenOf(1))).toEqual(first);
  expect((await collect(memory.list(''))).length).toBe(files);
});

test('batch ids that start over in a new epoch are new batches', async () => {
  const { written } = await table();
  await written.append(numbered(5), tokenOf(1, 'one', 1));
  await written.append(numbered(5, 5), tokenOf(1, 'one', 2));
  expect(await sensorsIn(written)).toEqual(range(10));
});

test('a writer that was replaced while it slept is refused when it wakes up', async () => {
  const { memory, store, catalog, written: asleep } = await table();
  await asleep.append(numbered(5), tokenOf(1, 'one', 1));
  const successor = await openTable(catalog, memory, id);
  await successor.append(numbered(5, 5), tokenOf(1, 'one', 2));
  await expect(asleep.append(numbered(5, 10), tokenOf(2, 'one', 1))).rejects.toThrow(
    /one of table raw\.readings has been replaced: expected epoch 2 or later, got epoch 1/,
  );
  await asleep.refresh();
  expect(await sensorsIn(asleep)).toEqual(range(10));
  const stored = (await collect(store.list('raw/readings/data/'))).map(({ name }) => name);
  expect(await referencedFiles(store, asleep)).toHaveLength(2);
  expect(stored).toHaveLength(2);
  // Another writer is not concerned by the epochs of this one.
  await asleep.append(numbered(1, 20), tokenOf(1, 'two', 1));
});

test('an append of no rows claims the table for its epoch and says how far it is complete', async () => {
  const { memory, catalog, written: earlier } = await table();
  const successor = await openTable(catalog, memory, id);
  const claim = await successor.append([], { ...tokenOf('start', 'one', 2), completeThrough: 7 });
  expect(claim.summary).toMatchObject({ 'added-records': '0', 'orderlake.complete-through': '7' });
  await expect(earlier.append(numbered(5), tokenOf(1, 'one', 1))).rejects.toThrow(/replaced/);
  await successor.append(numbered(5), tokenOf(1, 'one', 2));
  expect(await sensorsIn(successor)).toEqual(range(5));
});

test('two writers with 20 commits each end with all rows and no duplicate', async () => {
  const memory = memoryStore();
  const catalog = storageCatalog(memory);
  await createTable(catalog, memory, id, readings, {
    properties: { 'commit.manifest.min-count-to-merge': '10' },
  });
  const write = async (writer: string, first: number) => {
    const mine = await openTable(catalog, memory, id, tools(BigInt(first + 1)));
    for (let batch = 0; batch < 20; batch++) {
      await mine.append(numbered(10, first + batch * 10), tokenOf(batch, writer));
    }
  };
  await Promise.all([write('one', 0), write('two', 200)]);
  const read = await openTable(catalog, memory, id);
  expect(await sensorsIn(read)).toEqual(range(400));
  expect(read.snapshots()).toHaveLength(40);
  expect(new Set(await referencedFiles(memory, read)).size).toBe(40);
});

test('complete-through never goes back', async () => {
  const { written } = await table();
  await written.append(numbered(1), { ...tokenOf(1), completeThrough: 500 });
  await written.append(numbered(1, 1), { ...tokenOf(2), completeThrough: 400 });
  await written.append(numbered(1, 2), tokenOf(3));
  const through = written.snapshots().map(({ summary }) => summary['orderlake.complete-through']);
  expect(through).toEqual(['500', '500', '500']);
});

test('many commits leave few manifests, and every file keeps the snapshot that added it', async () => {
  const { memory, written } = await table({ 'commit.manifest.min-count-to-merge': '5' });
  for (let batch = 0; batch < 23; batch++) await written.append(numbered(1, batch), tokenOf(batch));
  expect(await sensorsIn(written)).toEqual(range(23));
  expect(new Set(await referencedFiles(memory, written)).size).toBe(23);
  expect((await manifestsIn(memory, written)).length).toBeLessThanOrEqual(5);
  // Each of the 23 came with a sequence number of its own; merging must not make them one.
  expect(new Set((await entriesIn(memory, written)).map((entry) => entry.sequenceNumber)).size).toBe(23);
  expect(new Set((await entriesIn(memory, written)).map((entry) => entry.snapshotId)).size).toBe(23);
});
