import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BigQuery } from '@google-cloud/bigquery';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStorage } from '../../../storage/index.ts';
import { clientOf } from '../../rest/real-client.ts';
import { Bench } from '../../testing.ts';

let bench: Bench;
let storage: Awaited<ReturnType<typeof startStorage>>;
let client: BigQuery;
let bucket: { save(name: string, bytes: string | Buffer): Promise<unknown>; file: (name: string) => never };
const folder = mkdtempSync(join(tmpdir(), 'load-test-'));
beforeAll(async () => {
  storage = await startStorage();
  const origin = String(storage.environment.STORAGE_EMULATOR_HOST);
  bench = await Bench.start({ storageHost: origin });
  client = clientOf(bench);
  const files = new Storage({ projectId: 'lab', apiEndpoint: origin });
  const [made] = await files.createBucket('lake');
  bucket = {
    save: (name, bytes) => made.file(name).save(bytes, { resumable: false }),
    file: (name) => made.file(name) as never,
  };
  await client.createDataset('l');
});
afterAll(async () => {
  await Promise.all([bench.stop(), storage.stop()]);
  rmSync(folder, { recursive: true });
});

/** The client's load(), whose types know neither files of another package nor the newer options. */
const load = async (id: string, file: unknown, options: object = {}): Promise<LoadedJob> => {
  const table = client.dataset('l').table(id) as unknown as {
    load(file: unknown, options: object): Promise<[LoadedJob]>;
  };
  return (await table.load(file, options))[0];
};
interface LoadedJob {
  readonly status: { readonly state: string; readonly errors?: readonly object[] };
  readonly statistics: { readonly load: Readonly<Record<string, string>> };
}
let serial = 0;
const stored = async (name: string, bytes: string | Buffer): Promise<never> => {
  const unique = `${++serial}-${name}`;
  await bucket.save(unique, bytes);
  return bucket.file(unique);
};
const local = (name: string, bytes: string | Buffer): string => {
  const path = join(folder, `${++serial}-${name}`);
  writeFileSync(path, bytes);
  return path;
};
const rows = async (table: string) => (await client.query(`SELECT * FROM l.${table} ORDER BY 1`))[0];
const fieldsOf = (text: string) => ({
  fields: text.split(',').map((f) => ({ name: f.split(':')[0] ?? '', type: f.split(':')[1] ?? 'STRING' })),
});
const people = fieldsOf('id:INTEGER,name:STRING');

/** Loads CSV text under these options and gives the table's rows. */
async function csv(text: string | Buffer, schema: string | undefined, options: object = {}) {
  const id = `csv_${++serial}`;
  const job = await load(id, await stored('x.csv', text), {
    ...(schema && { schema: fieldsOf(schema) }),
    ...options,
  });
  return {
    rows: await rows(id),
    job,
    fields: (await client.dataset('l').table(id).getMetadata())[0].schema.fields,
  };
}

describe('a load job', () => {
  test('brings a local file by multipart upload', async () => {
    const job = await load('local', local('people.csv', 'id,name\n1,Ann\n2,"Bo, the\nsecond"\n'), {
      schema: people,
      skipLeadingRows: 1,
      allowQuotedNewlines: true,
    });
    expect(job.status).toMatchObject({ state: 'DONE' });
    expect(job.statistics.load).toMatchObject({ outputRows: '2', inputFiles: '1', badRecords: '0' });
    expect(await rows('local')).toEqual([
      { id: 1, name: 'Ann' },
      { id: 2, name: 'Bo, the\nsecond' },
    ]);
  });

  test('brings a file piece by piece by resumable upload', async () => {
    const host = bench.emulator.environment.BIGQUERY_EMULATOR_HOST.replace('/bigquery/v2', '');
    const begun = await fetch(`${host}/upload/bigquery/v2/projects/lab/jobs?uploadType=resumable`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-upload-content-type': '*/*' },
      body: JSON.stringify({
        jobReference: { jobId: 'resumed' },
        configuration: {
          load: {
            destinationTable: { projectId: 'lab', datasetId: 'l', tableId: 'resumed' },
            schema: people,
            sourceFormat: 'NEWLINE_DELIMITED_JSON',
          },
        },
      }),
    });
    const bytes = '{"id":1,"name":"Ann"}\n{"id":2}\n';
    const put = (from: number, to: number) =>
      fetch(begun.headers.get('location') ?? '', {
        method: 'PUT',
        headers: { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` },
        body: bytes.slice(from, to),
      });
    const first = await put(0, 10);
    expect([first.status, first.headers.get('range')]).toEqual([308, 'bytes=0-9']);
    const long = await fetch(begun.headers.get('location') ?? '', {
      method: 'PUT',
      headers: { 'content-range': `bytes 10-11/${bytes.length}` },
      body: bytes,
    });
    expect(long.status).toBe(400);
    const last = (await (await put(10, bytes.length)).json()) as { jobReference: { jobId: string } };
    expect(last.jobReference.jobId).toBe('resumed');
    await new Promise((resolve, reject) => {
      client.job('resumed').on('complete', resolve).on('error', reject);
    });
    expect(await rows('resumed')).toEqual([
      { id: 1, name: 'Ann' },
      { id: 2, name: null },
    ]);
  });

  test('reads all objects that a wildcard names, packed or not', async () => {
    await bucket.save('many/part-1.csv', '1,a\n');
    await bucket.save('many/part-2.csv', gzipSync('2,b\n'));
    await bucket.save('many/other.txt', 'x');
    await load('many', bucket.file('many/part-*.csv'), { schema: people });
    expect((await rows('many')).map((r) => r.name)).toEqual(['a', 'b']);
  });

  test('appends unless told otherwise, and obeys its dispositions', async () => {
    const file = await stored('one.csv', '1,a\n');
    await load('again', file, { schema: people });
    await load('again', file, { schema: people });
    expect(await rows('again')).toHaveLength(2);
    await load('again', file, { schema: people, writeDisposition: 'WRITE_TRUNCATE' });
    expect(await rows('again')).toHaveLength(1);
    await expect(load('again', file, { schema: people, writeDisposition: 'WRITE_EMPTY' })).rejects.toThrow(
      'Already Exists: Table lab:l.again',
    );
    await expect(load('never', file, { schema: people, createDisposition: 'CREATE_NEVER' })).rejects.toThrow(
      'Not found: Table lab:l.never',
    );
  });

  test('loads nothing when a row is bad, and names the row; up to maxBadRecords it goes on without them', async () => {
    const text = '1,a\nx,b\n3,c\n';
    await expect(csv(text, 'id:INTEGER,name:STRING')).rejects.toThrow(
      /CSV processing encountered too many errors, giving up. Rows: 2; errors: 1; .*Could not parse 'x' as INTEGER for field id \(position 0\) starting at location 4/,
    );
    const { rows: loaded, job } = await csv(text, 'id:INTEGER,name:STRING', { maxBadRecords: 1 });
    expect(loaded.map((r) => r.id)).toEqual([1, 3]);
    expect(job.statistics.load.badRecords).toBe('1');
    expect(job.status.errors).toHaveLength(1);
  });

  test('says which object is missing, and that storage must be named', async () => {
    await expect(load('x', bucket.file('nowhere.csv'), { schema: people })).rejects.toThrow(
      'Not found: URI gs://lake/nowhere.csv',
    );
  });
});

describe('CSV', () => {
  test('an empty cell is NULL, a quoted empty one is an empty text', async () => {
    expect((await csv('1,,\n2,"",5\n', 'id:INTEGER,s:STRING,n:INTEGER')).rows).toEqual([
      { id: 1, s: null, n: null },
      { id: 2, s: '', n: 5 },
    ]);
  });
  test('a null marker of its own makes empty cells empty texts, and wrong numbers', async () => {
    expect((await csv('1,\\N,\n', 'id:INTEGER,s:STRING,t:STRING', { nullMarker: '\\N' })).rows).toEqual([
      { id: 1, s: null, t: '' },
    ]);
    await expect(csv('1,\n', 'id:INTEGER,n:INTEGER', { nullMarker: 'NULL' })).rejects.toThrow(
      /Could not parse ''/,
    );
  });
  test('delimiters, quotes, doubled quotes, line ends and skipped rows are as the job says', async () => {
    const text = "skip me\nand\tme\r\n1\t'a''b'\r\n\r\n2\t'x\ty'";
    expect(
      (await csv(text, 'id:INTEGER,s:STRING', { fieldDelimiter: '\\t', quote: "'", skipLeadingRows: 2 }))
        .rows,
    ).toEqual([
      { id: 1, s: "a'b" },
      { id: 2, s: 'x\ty' },
    ]);
    expect((await csv('1,"a\n', 'id:INTEGER,s:STRING', { quote: '' })).rows).toEqual([{ id: 1, s: '"a' }]);
  });
  test('newlines in quotes need the permission', async () => {
    await expect(csv('1,"a\nb"\n', 'id:INTEGER,s:STRING')).rejects.toThrow(/Missing close quote character/);
  });
  test('rows too short and too long are errors unless allowed', async () => {
    await expect(csv('1\n', 'id:INTEGER,s:STRING')).rejects.toThrow(
      'CSV table references column position 1, but line starting at position:0 contains only 1 columns.',
    );
    expect((await csv('1\n', 'id:INTEGER,s:STRING', { allowJaggedRows: true })).rows).toEqual([
      { id: 1, s: null },
    ]);
    await expect(csv('1,a,b\n', 'id:INTEGER,s:STRING')).rejects.toThrow(
      'Too many values in row starting at position: 0. Found 3 column(s) while expected 2.',
    );
    expect((await csv('1,a,b\n', 'id:INTEGER,s:STRING', { ignoreUnknownValues: true })).rows).toEqual([
      { id: 1, s: 'a' },
    ]);
  });
  test('other encodings', async () => {
    expect(
      (await csv(Buffer.from('1,caf\xe9\n', 'latin1'), 'id:INTEGER,s:STRING', { encoding: 'ISO-8859-1' }))
        .rows,
    ).toEqual([{ id: 1, s: 'café' }]);
    expect(
      (await csv(Buffer.from('\ufeff1,ż\n', 'utf16le'), 'id:INTEGER,s:STRING', { encoding: 'UTF-16LE' }))
        .rows,
    ).toEqual([{ id: 1, s: 'ż' }]);
  });
  test('columns found by their names in the header', async () => {
    expect(
      (await csv('s,id\na,1\n', 'id:INTEGER,s:STRING', { skipLeadingRows: 1, sourceColumnMatch: 'NAME' }))
        .rows,
    ).toEqual([{ id: 1, s: 'a' }]);
  });
  test('autodetect finds names and types', async () => {
    const { fields, rows: loaded } = await csv(
      'id,a b,on,at,ok,x\n1,1.5,2026-01-02,2026-01-02 03:04:05,true,q\n2,2,2026-01-03,2026-01-02T03:04:05Z,false,\n',
      undefined,
      { autodetect: true },
    );
    expect(fields.map((f: { name: string; type: string }) => `${f.name}:${f.type}`)).toEqual([
      'id:INTEGER',
      'a_b:FLOAT',
      'on:DATE',
      'at:TIMESTAMP',
      'ok:BOOLEAN',
      'x:STRING',
    ]);
    expect(loaded).toHaveLength(2);
    expect(
      (await csv('a,b\nc,d\n', undefined, { autodetect: true })).fields.map((f: { name: string }) => f.name),
    ).toEqual(['string_field_0', 'string_field_1']);
  });
  test('autodetect finds delimiters and newlines in quotes, and no header where no rows are to be skipped', async () => {
    expect((await csv('a|b\n1|"x\ny"\n', undefined, { autodetect: true })).rows).toEqual([
      { a: 1, b: 'x\ny' },
    ]);
    expect((await csv('a\tb\n1\tx,y\n', undefined, { autodetect: true })).rows).toEqual([{ a: 1, b: 'x,y' }]);
    const { rows: loaded } = await csv('n\n1\n', undefined, { autodetect: true, skipLeadingRows: 0 });
    expect(loaded).toEqual([{ string_field_0: '1' }, { string_field_0: 'n' }]);
  });
  test.each([
    [{ skipLeadingRows: -1 }, 'Invalid value for skipLeadingRows: -1'],
    [{ maxBadRecords: 'x' }, 'Invalid value for maxBadRecords: x'],
    [{ fieldDelimiter: '||' }, 'Field delimiter must be a single character, found: "||"'],
    [{ nullMarker: '-', nullMarkers: ['NA'] }, 'Only one of nullMarker and nullMarkers may be set.'],
  ])('%j is refused', async (options, message) => {
    await expect(csv('1,a\n', 'id:INTEGER,s:STRING', options)).rejects.toThrow(message);
  });
  test('times in the zone that the job names', async () => {
    const { rows: loaded } = await csv('2026-07-01 12:00:00\n', 't:TIMESTAMP', {
      timeZone: 'America/Sao_Paulo',
    });
    expect(loaded[0].t.value).toBe('2026-07-01T15:00:00.000Z');
  });
  test('times in the formats that the job names, and in no other', async () => {
    const schema = 'd:DATE,t:TIMESTAMP,c:TIME,w:DATETIME';
    const formats = {
      dateFormat: 'DD/MM/YYYY',
      timestampFormat: 'DD/MM/YYYY HH24:MI',
      timeFormat: 'HH24:MI',
      datetimeFormat: 'MON DD, YYYY HH24:MI:SS',
      timeZone: 'America/Sao_Paulo',
    };
    const { rows: loaded } = await csv(
      '31/01/1969,01/02/2026 09:00,23:59,"JAN 05, 2026 01:02:03"\n,,,\n',
      schema,
      formats,
    );
    expect(loaded.map((r) => [r.d?.value, r.t?.value, r.c?.value, r.w?.value])).toContainEqual([
      '1969-01-31',
      '2026-02-01T12:00:00.000Z',
      '23:59:00',
      '2026-01-05T01:02:03',
    ]);
    await expect(csv('2026-01-31,,,\n', schema, formats)).rejects.toThrow(
      "Invalid date '2026-01-31' for the format given",
    );
  });
  test('the character zero is an error unless control characters are to stay', async () => {
    const schema = 'id:INTEGER,s:STRING';
    await expect(csv('1,a\n2,b\0\n', schema)).rejects.toThrow('Bad character (ASCII 0) encountered.');
    expect((await csv('1,b\0\n', schema, { preserveAsciiControlCharacters: true })).rows).toEqual([
      { id: 1, s: 'b\0' },
    ]);
  });
  test('a record longer than any chunk, with quotes across chunks, is one record', async () => {
    const long = 'q"\n,'.repeat(70_000);
    const { rows: loaded } = await csv(`1,"${long.replaceAll('"', '""')}"\n2,b\n`, 'id:INTEGER,s:STRING', {
      allowQuotedNewlines: true,
    });
    expect(loaded.map((r) => r.s.length)).toEqual([280_000, 1]);
  });
});

describe('newline-delimited JSON', () => {
  test('nested rows, exact integers, unknown fields', async () => {
    const schema = {
      fields: [
        { name: 'id', type: 'INTEGER' },
        { name: 'tags', type: 'STRING', mode: 'REPEATED' },
        { name: 'size', type: 'RECORD', fields: [{ name: 'w', type: 'NUMERIC' }] },
        { name: 'j', type: 'JSON' },
      ],
    };
    const text = '{"id":9007199254740993,"tags":["a","b"],"size":{"w":1.25},"j":{"a":[1,2]}}\n';
    await load('nested', await stored('x.json', text), { schema });
    const [answer] = await client.query({ query: 'SELECT * FROM l.nested', wrapIntegers: true });
    expect(answer[0].id.value).toBe('9007199254740993');
    expect([answer[0].tags, answer[0].size.w.toNumber(), answer[0].j]).toEqual([
      ['a', 'b'],
      1.25,
      '{"a":[1,2]}',
    ]);
    const more = await stored('y.json', '{"id":1,"nope":2}\n');
    await expect(load('nested', more)).rejects.toThrow(
      /JSON parsing error in row starting at position 0: no such field: nope/,
    );
    await load('nested', more, { ignoreUnknownValues: true });
    expect((await client.query('SELECT COUNT(*) AS n FROM l.nested'))[0]).toEqual([{ n: 2 }]);
  });
  test('autodetect', async () => {
    await expect(load('none', await stored('e.json', '{"e":{}}\n'), { autodetect: true })).rejects.toThrow(
      'Field e is type RECORD but has no schema',
    );
    await load('found', await stored('z.json', '{"a":1,"r":{"x":"y"},"l":[1.5]}\n{"a":2,"b":"t"}\n'), {
      autodetect: true,
    });
    expect((await client.dataset('l').table('found').getMetadata())[0].schema.fields).toMatchObject([
      { name: 'a', type: 'INTEGER' },
      { name: 'r', type: 'RECORD', fields: [{ name: 'x', type: 'STRING' }] },
      { name: 'l', type: 'FLOAT', mode: 'REPEATED' },
      { name: 'b', type: 'STRING' },
    ]);
  });
});

describe('LOAD DATA', () => {
  test('makes a table as it says, adds to it and fills it anew', async () => {
    await bucket.save('data/1.csv', 'd;name\n2026-01-02;a\n2026-01-03;b\n');
    await bucket.save('data/2.json', '{"d":"2026-01-04","name":"c"}\n');
    await bench.query(`LOAD DATA INTO l.told (d DATE, name STRING) PARTITION BY d OPTIONS(description='told')
      FROM FILES (format='CSV', uris=['gs://lake/data/*.csv'], skip_leading_rows=1, field_delimiter=';')`);
    await bench.query("LOAD DATA INTO l.told FROM FILES (format='JSON', uris=['gs://lake/data/2.json'])");
    expect(await bench.rows('SELECT d, name FROM l.told ORDER BY d')).toEqual([
      ['2026-01-02', 'a'],
      ['2026-01-03', 'b'],
      ['2026-01-04', 'c'],
    ]);
    expect((await client.dataset('l').table('told').getMetadata())[0]).toMatchObject({
      description: 'told',
      timePartitioning: { type: 'DAY', field: 'd' },
    });
    await bench.query(
      "LOAD DATA OVERWRITE l.told (d DATE, name STRING) FROM FILES (format='JSON', uris=['gs://lake/data/2.json'])",
    );
    expect(await bench.value('SELECT COUNT(*) FROM l.told')).toBe(1);
  });
  test.each([
    ["(format='CSV', uris=['gs://lake/none.csv'])", /Not found: URI gs:\/\/lake\/none.csv/],
    ["(format='CSV', uris=['gs://lake/data/1.csv'], colour='red')", /The option colour of LOAD DATA/],
    ["(format='CSV', uris=['gs://lake/data/1.csv']) WITH PARTITION COLUMNS", /LOAD DATA … WITH/],
  ])('refuses %s', async (files, message) => {
    await expect(
      bench.query(`LOAD DATA INTO l.refused (d DATE, name STRING) FROM FILES ${files}`),
    ).rejects.toThrow(message);
  });
});
