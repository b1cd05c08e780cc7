import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import { expect, test } from 'vitest';
import { encodeDataFile } from './data-file.ts';
import { readDataFile } from './data-file-reader.ts';
import { columnsOf, type IcebergSchema, type LakeValue } from './schema.ts';
import { anyText } from './testing/any-text.ts';
import { collect } from './testing/collect.ts';

const schemaOf = (type: string, required = false): IcebergSchema => ({
  type: 'struct',
  'schema-id': 0,
  fields: [{ id: 1, name: 'c', required, type }],
});

async function throughAFile(type: string, values: readonly LakeValue[]): Promise<LakeValue[]> {
  const schema = schemaOf(type);
  const { bytes } = encodeDataFile(
    schema,
    values.map((c) => ({ c })),
  );
  return (await collect(readDataFile(bytes, columnsOf(schema)))).map((row) => row.c ?? null);
}

/** Numbers of every magnitude, so that differences take every number of bits. */
const integerUpTo = (bits: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: bits }), fc.integer(), fc.boolean())
    .map(([size, any, negative]) => Math.floor((Math.abs(any) / 2 ** 31) * 2 ** size) * (negative ? -1 : 1));

/** Long enough to cross the ends of miniblocks, blocks and groups of bits. */
const many = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(fc.array(value, { maxLength: 300 }), fc.array(fc.option(value, { freq: 4 }), { maxLength: 300 }));

test.each([
  ['long', many(integerUpTo(53))],
  ['timestamptz', many(integerUpTo(51))],
  ['int', many(integerUpTo(30))],
  ['text that differs', many(anyText(12)), 'string'],
  ['text that repeats', many(fc.constantFrom('a', 'b', 'São Paulo', '', '\u{1F30A}')), 'string'],
  ['boolean', many(fc.boolean())],
])(
  'a column of %s is read back as it was written, with nulls and without',
  async (name, values, type = name) => {
    await fc.assert(
      fc.asyncProperty(values, async (column) => {
        expect(await throughAFile(type, column)).toEqual(column.map((value) => (value === 0 ? 0 : value)));
      }),
      { numRuns: 40 },
    );
  },
);

test('differences wider than a column are written all the same', async () => {
  const ints = [2 ** 31 - 1, -(2 ** 31), 0, 2 ** 31 - 1, -(2 ** 31), -(2 ** 31)];
  expect(await throughAFile('int', ints)).toEqual(ints);
  const longs = [2n ** 63n - 1n, -(2n ** 63n), 0, 2n ** 63n - 1n];
  expect(await throughAFile('long', longs)).toEqual(longs);
  const safe = [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, Number.MAX_SAFE_INTEGER];
  expect(await throughAFile('long', safe)).toEqual(safe);
  const far = [2 ** 52, -(2 ** 52) + 1, 2 ** 52 - 1, -(2 ** 52), 2 ** 52 - 2];
  expect(await throughAFile('long', far)).toEqual(far);
  expect(await throughAFile('long', [1n, 2, 3n])).toEqual([1, 2, 3]);
});

test('texts longer than what is encoded at once come back whole', async () => {
  const texts = ['a', 'é', 'b', ''].map((character) => character.repeat(1_200_000));
  const back = await throughAFile('string', texts);
  expect(back.map((text, i) => text === texts[i])).toEqual([true, true, true, true]);
});

test('the bounds of text in the footer are those of its UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.array(anyText(5), { minLength: 1, maxLength: 30 }), (values) => {
      const { bytes } = encodeDataFile(
        schemaOf('string', true),
        values.map((c) => ({ c })),
      );
      const file = parquetMetadata(Uint8Array.from(bytes).buffer);
      const { min_value: min, max_value: max } = file.row_groups[0]?.columns[0]?.meta_data?.statistics ?? {};
      const sorted = values.map((value) => Buffer.from(value)).sort(Buffer.compare);
      expect([min, max]).toEqual([sorted.at(0)?.toString(), sorted.at(-1)?.toString()]);
    }),
  );
});

test('ids are written plainly, what repeats by a dictionary, and long text without bounds', () => {
  const rows = Array.from({ length: 2_000 }, (_, i) => ({
    id: `id-${i}`,
    city: `city ${i % 40}`,
    note: 'x'.repeat(300),
  }));
  const fields = ['id', 'city', 'note'].map((name, i) => ({
    id: i + 1,
    name,
    required: true,
    type: 'string',
  }));
  const { bytes } = encodeDataFile({ ...schemaOf('string'), fields }, rows);
  const chunks = parquetMetadata(Uint8Array.from(bytes).buffer).row_groups[0]?.columns ?? [];
  const encodings = chunks.map(({ meta_data: meta }) => meta?.encodings.at(-1));
  expect(encodings).toEqual(['PLAIN', 'RLE_DICTIONARY', 'RLE_DICTIONARY']);
  expect(chunks.map(({ meta_data: meta }) => meta?.statistics?.max_value)).toEqual([
    'id-999',
    'city 9',
    undefined,
  ]);
});

test('bounds of ids end at a character: the next after the last of ASCII takes two bytes', () => {
  const rows = ['a', 'b'].map((first) => ({ c: first + '\x7f'.repeat(20) }));
  const { lowerBounds, upperBounds } = encodeDataFile(schemaOf('string', true), rows).metrics;
  expect(Buffer.from(lowerBounds.get(1) ?? []).toString()).toBe(`a${'\x7f'.repeat(15)}`);
  expect(Buffer.from(upperBounds.get(1) ?? []).toString()).toBe(`b${'\x7f'.repeat(14)}\x80`);
});

test('DuckDB, which shares no code with this writer, reads the same from a file of several pages', async () => {
  const columns = {
    number: ['long', (i: number) => (i % 11 === 0 ? null : i * 7_919 - 10 ** 9)],
    at: ['timestamptz', (i: number) => 1_700_000_000_000_000 + i * 1_234_567],
    money: ['decimal(12, 2)', (i: number) => (i % 3 === 0 ? null : i * 101)],
    small: ['decimal(5, 2)', (i: number) => (i % 20_000) - 10_000],
    wide: ['int', (i: number) => (i % 2 ? 2 ** 31 - 1 - i : -(2 ** 31) + i)],
    day: ['date', (i: number) => i - 20_000],
    id: ['string', (i: number) => `${(i * 2_654_435_761) % 2 ** 32}-${i}`],
    city: ['string', (i: number) => (i % 5 === 0 ? null : `São ${i % 3_000}`)],
    valid: ['boolean', (i: number) => i % 7 < 3],
    ratio: ['double', (i: number) => i / 8],
    none: ['string', () => null],
  } as const satisfies Record<string, readonly [string, (i: number) => LakeValue]>;
  const rows = Array.from({ length: 20_500 }, (_, i) =>
    Object.fromEntries(Object.entries(columns).map(([name, [, value]]) => [name, value(i)])),
  );
  const fields = Object.entries(columns).map(([name, [type]], i) => ({
    id: i + 1,
    name,
    required: false,
    type,
  }));
  const folder = mkdtempSync(join(tmpdir(), 'lake-'));
  const path = join(folder, 'file.parquet');
  writeFileSync(path, encodeDataFile({ ...schemaOf('string'), fields }, rows).bytes);
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  try {
    // Every value as the integer or the text that was handed in.
    const read = await connection.runAndReadAll(
      `SELECT number, epoch_us("at"), (money * 100)::BIGINT, (small * 100)::INTEGER, wide,
         (day - DATE '1970-01-01')::INTEGER, id, city, valid, ratio, none FROM read_parquet('${path}')`,
    );
    const got = read.getRows().map((row) => row.map((v) => (typeof v === 'bigint' ? Number(v) : v)));
    expect(got).toEqual(rows.map((row) => Object.values(row)));
    // Answered by the bounds alone: no row is skipped that should not be.
    const skipped = `SELECT count(*)::INTEGER FROM read_parquet('${path}') WHERE id = '${rows[20_499]?.id}' AND city = 'São 2499'`;
    expect((await connection.runAndReadAll(skipped)).getRows()).toEqual([[1]]);
  } finally {
    connection.closeSync();
    database.closeSync();
    rmSync(folder, { recursive: true });
  }
});
