import { describe, expect, test } from 'vitest';
import { ConflictError } from '../runtime/index.ts';
import {
  createTable,
  memoryStore,
  type ObjectStore,
  openTable,
  type Snapshot,
  storageCatalog,
} from './index.ts';
import { collect } from './testing/collect.ts';
import { numbered, readings, tokenOf } from './testing/readings.ts';

const id = 'raw.readings';
const hintName = 'raw/readings/metadata/version-hint.text';
const hintOf = async (store: ObjectStore) => Buffer.from((await store.get(hintName))?.bytes ?? []).toString();

async function withCommits(count: number) {
  const store = memoryStore();
  const table = await createTable(storageCatalog(store), store, id, readings);
  for (let batch = 0; batch < count; batch++) await table.append(numbered(1, batch), tokenOf(batch));
  return { store, table };
}

test('each commit is a metadata file of its own, and the hint names the newest', async () => {
  const { store, table } = await withCommits(3);
  const files = (await collect(store.list('raw/readings/metadata/v'))).map(({ name }) =>
    name.split('/').at(-1),
  );
  expect(files).toEqual(
    [1, 2, 3, 4].map((version) => `v${version}.metadata.json`).concat('version-hint.text'),
  );
  expect(await hintOf(store)).toBe('4');
  expect(table.metadataLocation).toBe('memory://lake/raw/readings/metadata/v4.metadata.json');
});

describe('the hint is only a hint', () => {
  test('one that is behind is walked on from', async () => {
    const { store } = await withCommits(4);
    await store.put(hintName, new TextEncoder().encode('2'));
    const table = await openTable(storageCatalog(store), store, id);
    expect(table.snapshots()).toHaveLength(4);
  });

  test('without one the newest file is found', async () => {
    const { store } = await withCommits(11);
    await store.delete(hintName);
    const table = await openTable(storageCatalog(store), store, id);
    expect(table.snapshots()).toHaveLength(11);
  });

  test('a slow writer does not set it back', async () => {
    const { store } = await withCommits(4);
    const slow = await openTable(storageCatalog(store), store, id);
    await store.put(hintName, new TextEncoder().encode('9'));
    await slow.append(numbered(1, 100), tokenOf('slow'));
    expect(await hintOf(store)).toBe('9');
  });
});

test('of two that create a table one wins, and the other is told to open it', async () => {
  const store = memoryStore();
  const create = () => createTable(storageCatalog(store), store, id, readings);
  const results = await Promise.allSettled([create(), create()]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(create()).rejects.toThrow(ConflictError);
  await expect(create()).rejects.toThrow(/exists already\. open it instead/);
});

test('a refusal is a conflict only if the file that is there is not our own', async () => {
  const { store, table } = await withCommits(1);
  const catalog = storageCatalog(store);
  const base = await catalog.load(id);
  await table.append(numbered(1, 1), tokenOf('newest'));
  const [newest, before] = table.snapshots();
  if (!base || !newest || !before) throw new Error('two commits make two snapshots');
  const commit = (snapshot: Snapshot) =>
    catalog.commit(id, base, [{ action: 'add-snapshot', snapshot }], [], snapshot['snapshot-id']);
  expect((await commit(newest)).kind).toBe('committed');
  const conflict = await commit({ ...newest, 'snapshot-id': 77n });
  expect(conflict).toEqual({ kind: 'conflict', reason: "version 3 of raw.readings is somebody else's" });
});

test('a creation whose answer was lost is recognised by its uuid', async () => {
  const store = memoryStore();
  const forgetful: ObjectStore = {
    ...store,
    async put(name, bytes, condition) {
      const result = await store.put(name, bytes, condition);
      return name.endsWith('v1.metadata.json') ? 'refused' : result;
    },
  };
  const table = await createTable(storageCatalog(forgetful), forgetful, id, readings);
  expect(table.schema).toEqual(readings);
});

test('a table that is not there is not there', async () => {
  expect(await storageCatalog(memoryStore()).load(id)).toBeUndefined();
});

test('a store that holds the table under another root is refused, not repaired', async () => {
  const { store } = await withCommits(1);
  const elsewhere: ObjectStore = { ...store, root: 'memory://other' };
  const table = await openTable(storageCatalog(elsewhere), elsewhere, id);
  await expect(collect(table.scan())).rejects.toThrow(/below memory:\/\/other\/, got memory:\/\/lake\/raw/);
});
