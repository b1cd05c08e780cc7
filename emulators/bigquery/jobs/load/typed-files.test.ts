import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { BigQuery } from '@google-cloud/bigquery';
import avro from 'avsc';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from '../../rest/real-client.ts';
import { Bench } from '../../testing.ts';

let bench: Bench;
let client: BigQuery;
const folder = mkdtempSync(join(tmpdir(), 'typed-files-'));
beforeAll(async () => {
  bench = await Bench.start();
  client = clientOf(bench);
  await client.createDataset('f');
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true });
});
const schemaOf = async (table: string): Promise<string[]> =>
  (await client.dataset('f').table(table).getMetadata())[0].schema.fields.map(
    (f: { name: string; type: string; mode: string }) => `${f.name} ${f.type} ${f.mode}`,
  );

/** Written by DuckDB itself, outside the emulator. */
async function parquet(sql: string): Promise<string> {
  const path = join(folder, `${Math.trunc(performance.now() * 1000)}.parquet`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
  return path;
}
const typed = `SELECT 9007199254740993::BIGINT AS i, 1.5::FLOAT AS f, true AS b, 'x' AS s, '\\xFF'::BLOB AS y,
  DATE '2026-01-02' AS d, TIMESTAMPTZ '2026-01-02 03:04:05.000006+00' AS t, TIMESTAMP '2026-01-02 03:04:05' AS dt,
  12.25::DECIMAL(12,2) AS n, {'a': 1, 'b': 'z'} AS r, [1, 2] AS l`;

describe('a Parquet file', () => {
  test('makes a table of its own types', async () => {
    await client
      .dataset('f')
      .table('p')
      .load(await parquet(typed), { parquetOptions: { enableListInference: true } });
    expect(await schemaOf('p')).toEqual([
      'i INTEGER NULLABLE',
      'f FLOAT NULLABLE',
      'b BOOLEAN NULLABLE',
      's STRING NULLABLE',
      'y BYTES NULLABLE',
      'd DATE NULLABLE',
      't TIMESTAMP NULLABLE',
      'dt DATETIME NULLABLE',
      'n NUMERIC NULLABLE',
      'r RECORD NULLABLE',
      'l INTEGER REPEATED',
    ]);
    const [[row]] = await client.query({ query: 'SELECT * FROM f.p', wrapIntegers: true });
    expect(row).toMatchObject({
      i: { value: '9007199254740993' },
      d: { value: '2026-01-02' },
      t: { value: '2026-01-02T03:04:05.000006000Z' },
      dt: { value: '2026-01-02T03:04:05' },
      r: { b: 'z' },
    });
    expect([row.n.toNumber(), row.l.map((x: { value: string }) => x.value)]).toEqual([12.25, ['1', '2']]);
  });
  test('shows the levels of its lists unless they are to be looked through', async () => {
    await client
      .dataset('f')
      .table('levels')
      .load(await parquet('SELECT [1, 2] AS l'), {});
    expect((await client.query('SELECT l.list[OFFSET(1)].element AS second FROM f.levels'))[0]).toEqual([
      { second: 2 },
    ]);
  });
  test('takes the types of a table that is there, and refuses others', async () => {
    await client.dataset('f').createTable('there', { schema: 'a:numeric,b:string' });
    await client
      .dataset('f')
      .table('there')
      .load(await parquet("SELECT 1 AS a, 'x' AS b"), {});
    expect((await client.query('SELECT a / 2 AS half FROM f.there'))[0][0].half.toNumber()).toBe(0.5);
    await expect(
      client
        .dataset('f')
        .table('there')
        .load(await parquet("SELECT DATE '2026-01-01' AS a"), {}),
    ).rejects.toThrow('Field a has changed type from NUMERIC to DATE');
  });
  test('that is none is refused', async () => {
    await expect(
      client
        .dataset('f')
        .table('none')
        .load(new URL(import.meta.url).pathname, { sourceFormat: 'PARQUET' }),
    ).rejects.toThrow(/not in Parquet format/);
  });
});

const avroSchema = {
  type: 'record',
  name: 'r',
  fields: [
    { name: 'i', type: 'long' },
    { name: 's', type: ['null', 'string'] },
    { name: 'n', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
    { name: 't', type: { type: 'long', logicalType: 'timestamp-micros' } },
    { name: 'd', type: ['null', { type: 'int', logicalType: 'date' }] },
    { name: 'l', type: { type: 'array', items: 'string' } },
    { name: 'm', type: { type: 'map', values: 'int' } },
    { name: 'e', type: { type: 'enum', name: 'e', symbols: ['A', 'B'] } },
  ],
} as const;

function avroFile(codec: string): Promise<string> {
  const path = join(folder, `${codec}.avro`);
  const encoder = avro.createFileEncoder(path, avroSchema as unknown as avro.Schema, { codec } as never);
  encoder.write({
    i: 7,
    s: null,
    n: Buffer.from([0xfb, 0x2e]),
    t: 1_767_323_045_000_006,
    d: 20_455,
    l: ['a', 'b'],
    m: { k: 3 },
    e: 'B',
  });
  return new Promise((resolve, reject) => {
    encoder.on('error', reject).on('finish', () => setTimeout(() => resolve(path), 20));
    encoder.end();
  });
}

describe('an Avro file', () => {
  test.each(['null', 'deflate'])('makes a table of its own types (%s)', async (codec) => {
    const id = `avro_${codec}`;
    await client
      .dataset('f')
      .table(id)
      .load(await avroFile(codec), { useAvroLogicalTypes: true });
    expect(await schemaOf(id)).toEqual([
      'i INTEGER REQUIRED',
      's STRING NULLABLE',
      'n NUMERIC REQUIRED',
      't TIMESTAMP REQUIRED',
      'd DATE NULLABLE',
      'l STRING REPEATED',
      'm RECORD REPEATED',
      'e STRING REQUIRED',
    ]);
    const [[row]] = await client.query(`SELECT * FROM f.${id}`);
    // 0xfb2e is -1234 in two's complement.
    expect(row.n.toNumber()).toBe(-12.34);
    expect(row).toMatchObject({
      i: 7,
      s: null,
      t: { value: '2026-01-02T03:04:05.000006000Z' },
      d: { value: '2026-01-02' },
      l: ['a', 'b'],
      m: [{ key: 'k', value: 3 }],
      e: 'B',
    });
  });
  test('without logical types gives the plain ones', async () => {
    await client
      .dataset('f')
      .table('plain')
      .load(await avroFile('null'), {});
    expect((await schemaOf('plain')).slice(2, 5)).toEqual([
      'n BYTES REQUIRED',
      't INTEGER REQUIRED',
      'd INTEGER NULLABLE',
    ]);
  });
  test('that is none is refused', async () => {
    await expect(
      client
        .dataset('f')
        .table('none')
        .load(new URL(import.meta.url).pathname, { sourceFormat: 'AVRO' }),
    ).rejects.toThrow(/Avro library failed to parse the header/);
    expect(readFileSync(new URL(import.meta.url)).length).toBeGreaterThan(0);
  });
});
