import { Storage } from '@google-cloud/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SetupError, TransientError } from '../runtime/index.ts';
import { googleCloudStorage } from './google-cloud-storage.ts';
import { createTable, type ObjectStore, openTable, storageCatalog } from './index.ts';
import { collect } from './testing/collect.ts';
import { numbered, readings, tokenOf } from './testing/readings.ts';
import { type StorageService, storageService } from './testing/storage-service.ts';

let service: StorageService;
let store: ObjectStore;

function storeWith(retryOptions: object): ObjectStore {
  const client = new Storage({ apiEndpoint: service.endpoint, projectId: 'test', retryOptions });
  return googleCloudStorage(client.bucket('bucket'), '/warehouse/');
}

beforeEach(async () => {
  service = await storageService();
  store = storeWith({ maxRetryDelay: 1 });
});
afterEach(() => service.close());

const text = (value: string) => new TextEncoder().encode(value);

test('objects lie below the prefix and come back with their generation', async () => {
  expect(store.root).toBe('gs://bucket/warehouse');
  expect(await store.get('a')).toBeUndefined();
  await store.put('a', text('one'));
  const read = await store.get('a');
  expect(Buffer.from(read?.bytes ?? []).toString()).toBe('one');
  expect(await store.put('a', text('three'), { ifGeneration: read?.generation ?? '' })).toBe('stored');
  expect(await store.put('a', text('four'), { ifGeneration: read?.generation ?? '' })).toBe('refused');
  expect(await collect(store.list(''))).toEqual([{ name: 'a', size: 5 }]);
  await store.delete('a');
  await store.delete('a');
  expect(await collect(store.list(''))).toEqual([]);
});

test('only the first of two creations is stored', async () => {
  expect(await store.put('v1', text('one'), { ifGeneration: '0' })).toBe('stored');
  expect(await store.put('v1', text('two'), { ifGeneration: '0' })).toBe('refused');
  expect(service.uploads.map((query) => query.get('ifGenerationMatch'))).toEqual(['0', '0']);
});

test('the client repeats a creation by itself and is refused by its own first try', async () => {
  service.faults.push('store-then-503');
  expect(await store.put('v1', text('one'), { ifGeneration: '0' })).toBe('refused');
  expect(service.uploads).toHaveLength(2);
});

test('a commit whose first try landed although the client reports a refusal is recognised', async () => {
  const catalog = storageCatalog(store);
  const table = await createTable(catalog, store, 'raw.readings', readings);
  service.uploads.findIndex((query) => query.get('name')?.includes('v2.metadata'));
  const put = store.put;
  const faulty: ObjectStore = {
    ...store,
    put(name, bytes, condition) {
      if (name.endsWith('v2.metadata.json')) service.faults.push('store-then-503');
      return put(name, bytes, condition);
    },
  };
  const writer = await openTable(storageCatalog(faulty), faulty, 'raw.readings');
  await writer.append(numbered(3), tokenOf(1));
  const tries = service.uploads.filter((query) => query.get('name')?.endsWith('v2.metadata.json'));
  expect(tries).toHaveLength(2);
  await table.refresh();
  expect(await collect(table.scan())).toHaveLength(3);
  expect(table.snapshots()).toHaveLength(1);
});

test('errors say whether trying again can help', async () => {
  store = storeWith({ autoRetry: false, maxRetries: 0 });
  service.faults.push('403');
  await expect(store.put('a', text('one'), { ifGeneration: '0' })).rejects.toThrow(SetupError);
  service.faults.push('503');
  await expect(store.put('a', text('one'), { ifGeneration: '0' })).rejects.toThrow(TransientError);
  service.faults.push('reset-after-store');
  await expect(store.put('a', text('one'), { ifGeneration: '0' })).rejects.toThrow(TransientError);
  await service.close();
  await expect(store.get('a')).rejects.toThrow(TransientError);
});
