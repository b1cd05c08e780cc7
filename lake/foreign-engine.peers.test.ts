import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createTable,
  dayPartition,
  type LakeRow,
  memoryStore,
  type ObjectStore,
  storageCatalog,
} from './index.ts';
import { collect } from './testing/collect.ts';
import { readings, tokenOf } from './testing/readings.ts';
import { entriesIn, manifestsIn } from './testing/referenced-files.ts';

/** DuckDB's Iceberg reader, which shares no code with ours, reads what we write. */

const run = promisify(execFile);
const environment = '.orderlake/peers/duckdb';
const python = join(environment, 'bin/python');
const packages = ['duckdb==1.5.5', 'duckdb-extension-iceberg==1.5.5', 'duckdb-extension-avro==1.5.5'];
let folder: string;

beforeAll(async () => {
  if (!existsSync(python)) await run('python3', ['-m', 'venv', environment]);
  const there = run(python, ['-c', 'import duckdb, duckdb_extension_iceberg, duckdb_extension_avro']);
  await there.catch(() => run(python, ['-m', 'pip', 'install', '--quiet', ...packages]));
  folder = await mkdtemp(join(tmpdir(), 'lake-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeOut(store: ObjectStore): Promise<void> {
  for await (const { name } of store.list('')) {
    const path = join(store.root, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, (await store.get(name))?.bytes ?? '');
  }
}

const script = `
import sys, json, duckdb, glob, os
import duckdb_extension_iceberg, duckdb_extension_avro
connection = duckdb.connect(config={'allow_unsigned_extensions': 'true'})
for module in (duckdb_extension_avro, duckdb_extension_iceberg):
    found = glob.glob(os.path.join(os.path.dirname(module.__file__), '**', '*.duckdb_extension'), recursive=True)
    connection.execute("LOAD '%s'" % found[0])
connection.execute("SET TimeZone = 'UTC'")
print(json.dumps([[list(row) for row in connection.execute(query).fetchall()] for query in json.load(sys.stdin)]))
`;

async function query(...queries: string[]): Promise<unknown[][][]> {
  const running = run(python, ['-c', script], { maxBuffer: 1 << 26 });
  running.child.stdin?.end(JSON.stringify(queries));
  return JSON.parse((await running).stdout) as unknown[][][];
}

/** Every cell as exact text, made by DuckDB from the logical value that it read. */
const cells = (table: string) => `
  SELECT hex(encode(station)), epoch_us(measured_at), CAST(level AS VARCHAR), CAST(small AS VARCHAR),
    CAST("count" AS VARCHAR), sensor, CAST(day - DATE '1970-01-01' AS VARCHAR), CAST(ratio AS VARCHAR),
    CAST(CAST(half AS DOUBLE) AS VARCHAR), valid, hex(raw)
  FROM iceberg_scan('${table}') ORDER BY measured_at`;

function expected(row: LakeRow): unknown[] {
  const scaled = (value: unknown) => {
    if (value === null) return null;
    const digits = String(Math.abs(Number(value))).padStart(3, '0');
    return `${Number(value) < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  };
  const text = (value: unknown) => (value === null ? null : String(value));
  const float = (value: unknown) => (value === null ? null : Number(value).toFixed(1));
  const hex = (value: unknown) =>
    value === null
      ? null
      : Buffer.from(value as Uint8Array | string)
          .toString('hex')
          .toUpperCase();
  return [
    hex(row.station),
    row.measured_at,
    scaled(row.level),
    scaled(row.small),
    text(row.count),
    row.sensor,
    text(row.day),
    float(row.ratio),
    float(row.half),
    row.valid,
    hex(row.raw),
  ];
}

const names = [
  'plain',
  'São Paulo – Ångström',
  '日本の観測所の名前はとても長いので切り詰められる',
  '\u{1F30A}'.repeat(20),
  '',
  'a\u0000b',
];

function manyReadings(count: number, first: number): LakeRow[] {
  return Array.from({ length: count }, (_, index) => {
    const at = first + index;
    const every = (nth: number, value: LakeRow[string]) => (at % nth === 0 ? null : (value ?? null));
    return {
      station: `${names[at % names.length]}${at % 7}`,
      measured_at: -3 * 86_400_000_000 + at * 1_234_567_891,
      level: every(5, (at % 2 ? -1 : 1) * at * 12_345_678),
      small: every(3, (at % 199_999) - 99_999),
      count: every(4, at % 2 ? at : -(2n ** 63n) + BigInt(at)),
      sensor: every(6, at * 7919 * (at % 3 ? -1 : 1)),
      day: every(7, at - 500),
      ratio: every(8, at / 2 - 100),
      half: every(9, at / 2),
      valid: every(2, at % 3 === 0),
      raw: every(10, Uint8Array.of(0xff, 0xff, at % 256, 0)),
    };
  });
}

test('another engine reads every cell that was appended, in many snapshots, partitions and merged manifests', async () => {
  const rows: LakeRow[] = [];
  const store = memoryStore(join(folder, 'cells'));
  const spec = dayPartition(readings, 'measured_at');
  const table = await createTable(storageCatalog(store), store, 'raw.readings', readings, {
    spec,
    properties: { 'commit.manifest.min-count-to-merge': '3' },
  });
  for (let batch = 0; batch < 8; batch++) {
    const appended = manyReadings(100, batch * 100);
    await table.append(appended, tokenOf(batch));
    rows.push(...appended);
  }
  await writeOut(store);
  const location = join(store.root, 'raw/readings');
  const day = 86_400_000_000;
  const later = `measured_at >= make_timestamptz(${day}) AND measured_at < make_timestamptz(${2 * day})`;
  const [read, counts, filtered] = await query(
    cells(location),
    `SELECT count(*), count(DISTINCT file_path) FROM iceberg_metadata('${location}')`,
    `SELECT count(*) FROM iceberg_scan('${location}') WHERE ${later}`,
  );
  expect(read).toEqual(rows.map(expected));
  const files = (await collect(store.list('raw/readings/data/'))).length;
  expect(counts).toEqual([[files, files]]);
  const inDay = rows.filter((row) => Math.floor(Number(row.measured_at) / day) === 1);
  expect(filtered).toEqual([[inDay.length]]);
  // So that this test keeps testing what its name says.
  expect((await manifestsIn(store, table)).length).toBeLessThanOrEqual(3);
  expect((await entriesIn(store, table)).some(({ status }) => status === 0)).toBe(true);
});

test('another engine finds nothing, and no fault, in a table without rows', async () => {
  const store = memoryStore(join(folder, 'empty'));
  await createTable(storageCatalog(store), store, 'raw.new', readings);
  const claimed = await createTable(storageCatalog(store), store, 'raw.claimed', readings);
  await claimed.append([], tokenOf(1));
  await writeOut(store);
  const counted = (table: string) => `SELECT count(*) FROM iceberg_scan('${join(store.root, 'raw', table)}')`;
  expect(await query(counted('new'), counted('claimed'))).toEqual([[[0]], [[0]]]);
});

test('a filter never loses a row to a bound that is too narrow', async () => {
  const store = memoryStore(join(folder, 'bounds'));
  const table = await createTable(storageCatalog(store), store, 'raw.readings', readings);
  // Extremes whose bounds are cut, rounded up, negative, or of one byte and of two.
  const stations = [
    `${'z'.repeat(15)}\u{D7FF}end`,
    '\u{10FFFF}'.repeat(17),
    'ÿ'.repeat(20),
    '\u{1F30A}'.repeat(16),
    '',
  ];
  const levels = [-1, -128, -129, 127, 128, -999_999_999_999, 999_999_999_999, 0, -32_769];
  const rows: LakeRow[] = [
    ...stations.map((station, index) => ({ station, measured_at: index })),
    ...levels.map((level, index) => ({ station: 'level', measured_at: 100 + index, level })),
    ...[Number.NaN, -0, Number.POSITIVE_INFINITY, -1.5].map((ratio, index) => ({
      station: 'ratio',
      measured_at: 200 + index,
      ratio,
    })),
    { station: 'instant', measured_at: -1 },
    { station: 'instant', measured_at: 4_102_444_799_999_999 },
    { station: 'raw', measured_at: 300, raw: new Uint8Array(20).fill(0xff) },
  ];
  // One file per row: every bound is then both the least and the greatest of its file.
  for (const [index, row] of rows.entries()) await table.append([row], tokenOf(index));
  await writeOut(store);
  const scan = `iceberg_scan('${join(store.root, 'raw/readings')}')`;
  const counted = (where: string) => `SELECT count(*) FROM ${scan} WHERE ${where}`;
  const text = (station: string) => `decode(unhex('${Buffer.from(station).toString('hex')}'))`;
  const wheres = [
    ...stations.map((station) => `station = ${text(station)}`),
    ...levels.map((level) => `level = CAST(${level}::DECIMAL(12,0) * 0.01 AS DECIMAL(12,2))`),
    `ratio = 'nan'::DOUBLE`,
    'ratio = 0',
    `ratio = 'inf'::DOUBLE`,
    'ratio < -1',
    `measured_at = make_timestamptz(-1)`,
    `measured_at = make_timestamptz(4102444799999999)`,
    `raw = unhex('${'ff'.repeat(20)}')`,
  ];
  const answers = await query(...wheres.map(counted));
  const lost = wheres.filter((_, index) => answers[index]?.[0]?.[0] !== 1);
  expect(lost).toEqual([]);
});
