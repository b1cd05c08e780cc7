import type { BigQuery } from '@google-cloud/bigquery';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorage } from '../../../storage/index.ts';
import { clientOf } from '../../rest/real-client.ts';
import { Bench } from '../../testing.ts';

let bench: Bench;
let storage: Awaited<ReturnType<typeof startStorage>>;
let client: BigQuery;
let files: Storage;
beforeAll(async () => {
  storage = await startStorage();
  const origin = String(storage.environment.STORAGE_EMULATOR_HOST);
  bench = await Bench.start({ storageHost: origin });
  client = clientOf(bench);
  files = new Storage({ projectId: 'lab', apiEndpoint: origin });
  await files.createBucket('out');
  await client.createDataset('e');
  await client.query(
    "CREATE TABLE e.things AS SELECT 1 AS i, 'a,\"b\"' AS s, NUMERIC '-12.34' AS n, TIMESTAMP '2026-01-02 03:04:05.5+00' AS t, DATE '2026-01-02' AS d, 2.0 AS f, b'\\x01' AS y UNION ALL SELECT 2, '', NULL, NULL, NULL, NULL, NULL",
  );
});
afterAll(() => Promise.all([bench.stop(), storage.stop()]));

const extract = async (table: string, name: string, options: object): Promise<Buffer> => {
  const from = client.dataset('e').table(table) as unknown as {
    extract(file: unknown, options: object): Promise<unknown>;
  };
  await from.extract(files.bucket('out').file(name), options);
  return (await files.bucket('out').file(name.replace('*', '000000000000')).download())[0];
};

describe('an extract job', () => {
  test('writes CSV, with NULL told from an empty text', async () => {
    expect((await extract('things', 'x.csv', {})).toString()).toBe(
      'i,s,n,t,d,f,y\n1,"a,""b""",-12.34,2026-01-02 03:04:05.500000 UTC,2026-01-02,2,AQ==\n2,"",,,,,\n',
    );
    expect(
      (
        await extract('things', 'x-*.tsv', { format: 'CSV', fieldDelimiter: '\t', printHeader: false })
      ).toString(),
    ).toMatch(/^1\t"a,""b"""\t/);
  });
  test('writes JSON lines', async () => {
    const [first, second] = (await extract('things', 'x.json', { format: 'JSON' })).toString().split('\n');
    expect(JSON.parse(first ?? '')).toEqual({
      i: '1',
      s: 'a,"b"',
      n: '-12.34',
      t: '2026-01-02 03:04:05.500000 UTC',
      d: '2026-01-02',
      f: 2,
      y: 'AQ==',
    });
    expect(JSON.parse(second ?? '')).toEqual({ i: '2', s: '' });
  });
  test.each(['CSV', 'AVRO', 'PARQUET'])('and a load job bring back the same rows (%s)', async (format) => {
    await extract('things', `back.${format}`, { format });
    const table = client.dataset('e').table(`back_${format}`) as unknown as {
      load(file: unknown, options: object): Promise<unknown>;
    };
    await table.load(files.bucket('out').file(`back.${format}`), {
      sourceFormat: format,
      ...(format === 'AVRO' && { useAvroLogicalTypes: true }),
      schema: (await client.dataset('e').table('things').getMetadata())[0].schema,
      skipLeadingRows: format === 'CSV' ? 1 : undefined,
    });
    const rows = (name: string) => client.query(`SELECT * EXCEPT (d) FROM e.${name} ORDER BY i`);
    expect((await rows(`back_${format}`))[0]).toEqual((await rows('things'))[0]);
  });
});

describe('a copy job', () => {
  const copy = (to: string, options: object = {}) =>
    client.dataset('e').table('things').copy(client.dataset('e').table(to), options);
  test('makes a table with the same rows and schema', async () => {
    await copy('twin');
    expect((await client.query('SELECT COUNT(*) AS n, SUM(i) AS s FROM e.twin'))[0]).toEqual([
      { n: 2, s: 3 },
    ]);
    expect((await client.dataset('e').table('twin').getMetadata())[0].schema).toEqual(
      (await client.dataset('e').table('things').getMetadata())[0].schema,
    );
    await expect(copy('twin')).rejects.toThrow('Already Exists: Table lab:e.twin');
    await copy('twin', { writeDisposition: 'WRITE_APPEND' });
    expect((await client.query('SELECT COUNT(*) AS n FROM e.twin'))[0]).toEqual([{ n: 4 }]);
  });
  test('of a missing table says so', async () => {
    await expect(client.dataset('e').table('nope').copy(client.dataset('e').table('x'))).rejects.toThrow(
      'Not found: Table lab:e.nope',
    );
  });
});

describe('EXPORT DATA', () => {
  const file = async (name: string): Promise<Buffer> => (await files.bucket('out').file(name).download())[0];
  const query = 'SELECT x, FORMAT("n%d", x) AS name FROM UNNEST([1, 2, 3]) AS x ORDER BY x DESC';
  test.each([
    ["format='CSV'", '3,n3\n2,n2\n1,n1\n'],
    ["format='CSV', header=true, field_delimiter=';'", 'x;name\n3;n3\n2;n2\n1;n1\n'],
    ["format='JSON'", '{"x":"3","name":"n3"}\n{"x":"2","name":"n2"}\n{"x":"1","name":"n1"}\n'],
  ])('writes the answer of its query: %s', async (options, expected) => {
    await bench.query(`EXPORT DATA OPTIONS(uri='gs://out/export/*', overwrite=true, ${options}) AS ${query}`);
    expect((await file('export/000000000000')).toString()).toBe(expected);
  });
  test('names columns that have no name as the answer of a query does', async () => {
    const unnamed = 'SELECT 1 AS a, 2, 3 AS b, 4';
    await bench.query(`EXPORT DATA OPTIONS(uri='gs://out/u/*', format='CSV', header=true) AS ${unnamed}`);
    expect((await file('u/000000000000')).toString()).toBe('a,f0_,b,f1_\n1,2,3,4\n');
    expect((await client.query(unnamed))[0]).toEqual([{ a: 1, f0_: 2, b: 3, f1_: 4 }]);
  });
  test('writes Parquet that a load job reads', async () => {
    await bench.query(`EXPORT DATA OPTIONS(uri='gs://out/p/*.parquet', format='PARQUET') AS ${query}`);
    const back = client.dataset('e').table('exported') as unknown as {
      load(from: unknown, options: object): Promise<unknown>;
    };
    await back.load(files.bucket('out').file('p/000000000000.parquet'), { sourceFormat: 'PARQUET' });
    expect(await bench.rows('SELECT x, name FROM e.exported ORDER BY x LIMIT 1')).toEqual([[1, 'n1']]);
  });
  test('refuses ranges, whatever the format', async () => {
    const range = "SELECT RANGE<DATE> '[2026-01-01, UNBOUNDED)' AS r";
    await expect(
      bench.query(`EXPORT DATA OPTIONS(uri='gs://out/r/*', format='PARQUET') AS ${range}`),
    ).rejects.toThrow('The column r of type RANGE<DATE> in a file is not supported by the emulator');
  });
  test.each([
    ["uri='gs://out/p/*.parquet', format='PARQUET'", /There are files at gs:\/\/out\/p/],
    ["uri='gs://out/one.csv', format='CSV'", /wildcard/],
    ["uri='gs://out/*.csv'", /needs the options uri and format/],
    ["uri='gs://out/*.csv', format='CSV', colour='red'", /The option colour of EXPORT DATA is not supported/],
  ])('refuses %s', async (options, message) => {
    await expect(bench.query(`EXPORT DATA OPTIONS(${options}) AS SELECT 1 AS a`)).rejects.toThrow(message);
  });
});
