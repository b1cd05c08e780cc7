import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  applyUpdates,
  checkRequirements,
  newTableMetadata,
  readTableMetadata,
  type TableMetadata,
  withPreviousFile,
  writeTableMetadata,
} from './metadata.ts';
import { parseMetadataJson, writeMetadataJson } from './metadata-json.ts';
import { unpartitioned } from './partition-spec.ts';
import type { Snapshot } from './snapshot.ts';
import { anyText } from './testing/any-text.ts';
import { readings } from './testing/readings.ts';

const empty = newTableMetadata({
  uuid: '7c1d5c2e-0000-4000-8000-000000000000',
  location: 'gs://bucket/raw/readings',
  schema: readings,
  spec: unpartitioned,
  properties: {},
  now: 1_000,
});

const snapshot = (id: bigint, sequence: number, parent?: bigint): Snapshot => ({
  'snapshot-id': id,
  ...(parent === undefined ? {} : { 'parent-snapshot-id': parent }),
  'sequence-number': sequence,
  'timestamp-ms': 2_000 + sequence,
  'manifest-list': `gs://bucket/raw/readings/metadata/snap-${id}.avro`,
  'schema-id': 0,
  summary: { operation: 'append' },
});

const appended = (base: TableMetadata, added: Snapshot) =>
  applyUpdates(base, [
    { action: 'add-snapshot', snapshot: added },
    { action: 'set-snapshot-ref', 'ref-name': 'main', 'snapshot-id': added['snapshot-id'] },
  ]);

test('snapshot ids of 64 bits survive a round trip through JSON', () => {
  const id = 7_678_060_717_269_408_855n;
  const text = new TextDecoder().decode(writeTableMetadata(appended(empty, snapshot(id, 1))));
  expect(text).toContain('"current-snapshot-id":7678060717269408855');
  const read = readTableMetadata(new TextEncoder().encode(text), 'v1');
  expect(read['current-snapshot-id']).toBe(id);
  expect(read.snapshots[0]?.['snapshot-id']).toBe(id);
  expect(read.refs.main?.['snapshot-id']).toBe(id);
});

test('any metadata is read back as it was written', () => {
  const id = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
  const text = anyText();
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 5 }), fc.dictionary(text, text), (ids, properties) => {
      const metadata = ids.reduce((base, each, index) => {
        const parent = base['current-snapshot-id'];
        return appended(base, { ...snapshot(each, index + 1, parent), summary: properties });
      }, empty);
      const read = readTableMetadata(writeTableMetadata(metadata), 'v1');
      expect(read).toEqual(metadata);
    }),
  );
});

test('numbers that are no ids stay numbers, large ones become exact', () => {
  const text = '{"a":1,"b":1.5,"c":9007199254740993,"snapshot-id":7,"d":"9007199254740993","e":1e3}';
  expect(parseMetadataJson(text)).toEqual({
    a: 1,
    b: 1.5,
    c: 9_007_199_254_740_993n,
    'snapshot-id': 7n,
    d: '9007199254740993',
    e: 1_000,
  });
});

test('updates leave the metadata they start from as it was', () => {
  const before = writeMetadataJson(empty);
  const after = appended(appended(empty, snapshot(1n, 1)), snapshot(2n, 2, 1n));
  expect(writeMetadataJson(empty)).toBe(before);
  expect(after['last-sequence-number']).toBe(2);
  expect(after['last-updated-ms']).toBe(2_002);
  expect(after['snapshot-log'].map((entry) => entry['snapshot-id'])).toEqual([1n, 2n]);
});

test('a snapshot built for older metadata is a defect, never a silent overwrite', () => {
  const base = appended(empty, snapshot(1n, 1));
  expect(() => appended(base, snapshot(2n, 1))).toThrow(/above 1, got 2 with 1/);
  expect(() => appended(base, snapshot(1n, 2))).toThrow(/new snapshot/);
});

test('requirements name the first thing that is not as expected', () => {
  const base = appended(empty, snapshot(5n, 1));
  const main = (id: bigint | null) =>
    ({ type: 'assert-ref-snapshot-id', ref: 'main', 'snapshot-id': id }) as const;
  expect(checkRequirements(base, [main(5n)])).toBeUndefined();
  expect(checkRequirements(empty, [main(null)])).toBeUndefined();
  expect(checkRequirements(base, [main(null)])).toBe('snapshot of main: expected null, got 5');
  expect(checkRequirements(base, [{ type: 'assert-table-uuid', uuid: 'x' }])).toContain('expected x');
});

test('the log of earlier metadata files keeps the newest ones', () => {
  const names = ['v1', 'v2', 'v3'];
  const after = names.reduce((base, name) => withPreviousFile(base, base, name, 2), empty);
  expect(after['metadata-log'].map((entry) => entry['metadata-file'])).toEqual(['v2', 'v3']);
});

test('other format versions are refused by name, and an empty table of another writer is empty', () => {
  const bytes = (change: object) => new TextEncoder().encode(writeMetadataJson({ ...empty, ...change }));
  expect(() => readTableMetadata(bytes({ 'format-version': 3 }), 'v1')).toThrow(/version 2, got version 3/);
  expect(
    readTableMetadata(bytes({ 'current-snapshot-id': -1 }), 'v1')['current-snapshot-id'],
  ).toBeUndefined();
});
