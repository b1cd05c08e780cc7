import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readContainer } from './avro-container.ts';
import {
  type DataFile,
  entryStatus,
  type ManifestEntry,
  manifestCodec,
  readManifest,
  writeManifest,
} from './manifest.ts';
import { manifestFileOf, readManifestList, writeManifestList } from './manifest-list.ts';
import { manifestsOf } from './manifests.ts';
import { newTableMetadata } from './metadata.ts';
import { memoryStore } from './object-store.ts';
import { dayPartition } from './partition-spec.ts';
import { anyText } from './testing/any-text.ts';
import { readings } from './testing/readings.ts';

const spec = dayPartition(readings, 'measured_at');
const codec = manifestCodec(readings, spec);
const id64 = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });
const count = fc.nat();
const numbers = fc.array(fc.tuple(fc.nat(1_000), fc.maxSafeNat())).map((pairs) => new Map(pairs));
const bounds = fc
  .array(
    fc.tuple(
      fc.nat(1_000),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    ),
  )
  .map((pairs) => new Map(pairs));

const dataFile: fc.Arbitrary<DataFile> = fc.record({
  filePath: anyText(),
  partition: fc.array(fc.option(fc.integer({ min: -100_000, max: 100_000 })), { minLength: 1, maxLength: 1 }),
  recordCount: count,
  fileSizeInBytes: fc.maxSafeNat(),
  splitOffsets: fc.array(count),
  metrics: fc.record({
    columnSizes: numbers,
    valueCounts: numbers,
    nullValueCounts: numbers,
    nanValueCounts: numbers,
    lowerBounds: bounds,
    upperBounds: bounds,
  }),
});

const entry: fc.Arbitrary<ManifestEntry> = fc.record({
  status: fc.constantFrom(0, 1, 2),
  snapshotId: fc.option(id64),
  sequenceNumber: fc.option(count),
  fileSequenceNumber: fc.option(count),
  dataFile,
});

test('a manifest is read back as it was written', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
      expect(readManifest(codec, writeManifest(codec, entries), 'm.avro')).toEqual(entries);
    }),
    { numRuns: 50 },
  );
});

test('a manifest carries the schema of the table, not that of its own records', () => {
  const { metadata } = readContainer(writeManifest(codec, []), codec.avro, 'm.avro');
  expect(JSON.parse(metadata.schema ?? '')).toEqual(readings);
  expect(metadata).toMatchObject({
    'format-version': '2',
    content: 'data',
    'schema-id': '0',
    'partition-spec-id': '0',
  });
});

test('a line of the manifest list counts and spans exactly the entries of its manifest', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), id64, (entries, snapshotId) => {
      const written = { path: 'gs://b/m.avro', length: 7, spec, snapshotId, sequenceNumber: 2 ** 31 };
      const line = manifestFileOf(written, entries);
      const header = { snapshotId, parentSnapshotId: undefined, sequenceNumber: 1 };
      const read = readManifestList(writeManifestList(header, [line]), 'l.avro');
      expect(read[0]?.addedSnapshotId).toBe(snapshotId);
      expect(line.addedFiles + line.existingFiles + line.deletedFiles).toBe(entries.length);
      const days = entries.flatMap(({ dataFile: { partition } }) => partition[0] ?? []);
      const bound = read[0]?.partitions[0]?.lowerBound;
      expect(bound ? Buffer.from(bound).readInt32LE() : undefined).toBe(
        days.length ? Math.min(...days) : undefined,
      );
      expect(read[0]?.partitions[0]?.containsNull).toBe(days.length < entries.length);
    }),
  );
});

test('a file that a manifest says was deleted is not part of the table', async () => {
  const metadata = newTableMetadata({
    uuid: 'u',
    location: 'memory://lake/raw/readings',
    schema: readings,
    spec,
    properties: {},
    now: 0,
  });
  const store = memoryStore();
  const entries = fc.sample(entry, 6).map((each, index) => ({ ...each, status: index % 3 }));
  const bytes = writeManifest(codec, entries);
  await store.put('m.avro', bytes);
  const written = {
    path: 'memory://lake/m.avro',
    length: bytes.length,
    spec,
    snapshotId: 9n,
    sequenceNumber: 4,
  };
  const live = await manifestsOf(store, metadata).entries(manifestFileOf(written, entries));
  const expected = entries.filter(({ status }) => status !== entryStatus.deleted);
  expect(live.map((each) => each.dataFile)).toEqual(expected.map((each) => each.dataFile));
  expect(live.map((each) => each.sequenceNumber)).toEqual(expected.map((each) => each.sequenceNumber ?? 4));
});
