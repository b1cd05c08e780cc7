import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigQuery } from '@google-cloud/bigquery';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientOf } from './rest/real-client.ts';
import { Bench } from './testing.ts';
import { appender } from './write/testing.ts';

let bench: Bench;
let client: BigQuery;
const folder = mkdtempSync(join(tmpdir(), 'ranges-'));
beforeAll(async () => {
  bench = await Bench.start();
  client = clientOf(bench);
  await client.createDataset('r');
  await bench.query(`CREATE TABLE r.stays (id INT64 NOT NULL, nights RANGE<DATE>, open RANGE<DATETIME>,
    seen RANGE<TIMESTAMP>, pauses ARRAY<RANGE<DATE>>, guest STRUCT<years RANGE<DATE>>,
    season RANGE<DATE> DEFAULT RANGE<DATE> '[2026-01-01, UNBOUNDED)') CLUSTER BY nights`);
});
afterAll(async () => {
  await bench.stop();
  rmSync(folder, { recursive: true });
});
const texts = (sql: string) => bench.rows(sql);

describe('a column of ranges', () => {
  test('is told with what lies between its ends, over REST and in INFORMATION_SCHEMA', async () => {
    const [{ schema }] = await client.dataset('r').table('stays').getMetadata();
    expect(schema.fields[3]).toMatchObject({ type: 'RANGE', rangeElementType: { type: 'TIMESTAMP' } });
    expect(schema.fields[4]).toMatchObject({ type: 'RANGE', mode: 'REPEATED' });
    expect(
      await bench.rows(
        'SELECT data_type FROM r.INFORMATION_SCHEMA.COLUMNS WHERE table_name = "stays" ORDER BY ordinal_position',
      ),
    ).toEqual(
      [
        'INT64',
        'RANGE<DATE>',
        'RANGE<DATETIME>',
        'RANGE<TIMESTAMP>',
        'ARRAY<RANGE<DATE>>',
        'STRUCT<years RANGE<DATE>>',
        'RANGE<DATE>',
      ].map((type) => [type]),
    );
  });
  test('takes rows of insertAll as texts and as objects, and is read by the real client as ranges', async () => {
    const table = client.dataset('r').table('stays');
    await table.insert([
      {
        id: 1,
        nights: client.range('[2026-03-01, UNBOUNDED)', 'DATE'),
        open: { end: '2026-01-01T10:30:00.5' },
        seen: '[2026-01-01 00:00:00+02, 2026-01-02 00:00:00Z)',
        pauses: ['[2026-03-05, 2026-03-06)', { start: null, end: null }],
        guest: { years: { start: '2020-01-01' } },
      },
    ]);
    const [[row]] = await table.getRows();
    expect(row.nights.value).toEqual({ start: '2026-03-01', end: 'UNBOUNDED' });
    expect(row.open.value).toEqual({ start: 'UNBOUNDED', end: '2026-01-01T10:30:00.500000' });
    expect(row.seen.value).toEqual({ start: '2025-12-31T22:00:00.000Z', end: '2026-01-02T00:00:00.000Z' });
    expect(row.pauses.map((p: { apiValue: string }) => p.apiValue)).toEqual([
      '[2026-03-05, 2026-03-06)',
      '[UNBOUNDED, UNBOUNDED)',
    ]);
    expect([row.guest.years.apiValue, row.season.apiValue]).toEqual([
      '[2020-01-01, UNBOUNDED)',
      '[2026-01-01, UNBOUNDED)',
    ]);
  });
  test('refuses rows whose ranges are none', async () => {
    const wrong = [
      '[2026-02-01, 2026-01-01)',
      '[2026-01-01,2026-02-01)',
      { start: '2026-13-01' },
      { from: 1 },
      7,
    ];
    const rows = wrong.map((nights) => ({ id: 9, nights }));
    const { errors } = await client
      .dataset('r')
      .table('stays')
      .insert(rows)
      .then(
        () => ({ errors: [] }),
        (error: { errors: { errors: { message: string }[] }[] }) => error,
      );
    expect(errors.map((e) => e.errors[0]?.message)).toEqual([
      'Range start element must be smaller than range end element',
      expect.stringMatching(/divided with ", "$/),
      expect.stringMatching(/^Invalid date/),
      'no such field: nights.from.',
      expect.stringMatching(/^Failed to parse range/),
    ]);
  });
  test('is changed by UPDATE and MERGE, and found by a parameter', async () => {
    await bench.query("INSERT r.stays (id, nights) VALUES (2, RANGE<DATE> '[2026-04-01, 2026-04-03)')");
    await bench.query('UPDATE r.stays SET open = RANGE(NULL, DATETIME "2026-05-01") WHERE id = 2');
    await bench.query(
      `MERGE r.stays AS t USING (SELECT RANGE<DATE> '[2026-04-01, 2026-04-03)' AS n) AS s ON t.nights = s.n
       WHEN MATCHED THEN UPDATE SET pauses = [s.n]`,
    );
    const params = {
      day: BigQuery.date('2026-04-02'),
      some: client.range('[2026-04-02, UNBOUNDED)', 'DATE'),
    };
    const [rows] = await client.query({
      query:
        'SELECT id, CAST(RANGE_INTERSECT(nights, @some) AS STRING) AS both FROM r.stays WHERE RANGE_CONTAINS(nights, @day) ORDER BY nights',
      params,
    });
    expect(rows).toEqual([
      { id: 1, both: '[2026-04-02, UNBOUNDED)' },
      { id: 2, both: '[2026-04-02, 2026-04-03)' },
    ]);
    expect(await texts('SELECT CAST(open AS STRING), pauses FROM r.stays WHERE id = 2')).toEqual([
      ['[UNBOUNDED, 2026-05-01 00:00:00)', ['[2026-04-01, 2026-04-03)']],
    ]);
    const [{ metadata }] = await client.createQueryJob({ query: 'SELECT nights FROM r.stays', dryRun: true });
    expect(metadata.statistics.totalBytesProcessed).toBe('32');
  });
  test('is asked for by a parameter that says one end only, or none', async () => {
    const parameterType = { type: 'RANGE', rangeElementType: { type: 'DATE' } };
    const asked = (parameterValue: object) =>
      bench.value('SELECT ?', {
        parameterMode: 'POSITIONAL',
        queryParameters: [{ parameterType, parameterValue }],
      });
    expect(await asked({ rangeValue: { start: { value: '2026-01-01' } } })).toBe('[2026-01-01, UNBOUNDED)');
    expect(await asked({})).toBe(null);
  });
  test('keeps what lies between its ends', async () => {
    const table = client.dataset('r').table('stays');
    const [{ schema }] = await table.getMetadata();
    schema.fields[1].rangeElementType = { type: 'DATETIME' };
    await expect(table.setMetadata({ schema })).rejects.toThrow(
      'Field nights has changed type from RANGE<DATE> to RANGE<DATETIME>',
    );
  });
  test('takes messages of Storage Write, an end left out being unbounded', async () => {
    const { root } = protobuf.parse(`syntax = "proto2"; message Row {
      optional int64 id = 1; optional Days nights = 2; optional Texts open = 3; optional Micros seen = 4; repeated Days pauses = 5;
      message Days { optional int32 start = 1; optional int32 end = 2; }
      message Texts { optional string start = 1; optional string end = 2; }
      message Micros { optional int64 start = 1; optional int64 end = 2; } }`);
    const type = root.lookupType('Row');
    const ends = (name: string, kind: number) => ({
      name,
      field: ['start', 'end'].map((end, i) => ({ name: end, number: i + 1, label: 1, type: kind })),
    });
    const rows = await appender(
      bench.emulator,
      'stays',
      {
        name: 'Row',
        field: [
          { name: 'id', number: 1, label: 1, type: 3 },
          { name: 'nights', number: 2, label: 1, type: 11, typeName: 'Days' },
          { name: 'open', number: 3, label: 1, type: 11, typeName: 'Texts' },
          { name: 'seen', number: 4, label: 1, type: 11, typeName: 'Micros' },
          { name: 'pauses', number: 5, label: 3, type: 11, typeName: 'Days' },
        ],
        nestedType: [ends('Days', 5), ends('Texts', 9), ends('Micros', 3)],
      },
      'r',
    );
    try {
      const bytes = (row: object) => type.encode(type.fromObject(row)).finish();
      const row = {
        id: 3,
        nights: { start: 1 },
        open: { end: '2026-01-01 00:00:00' },
        seen: { start: 0, end: 1 },
      };
      expect((await rows.append([bytes({ ...row, pauses: [{}, { end: 0 }] })])).error).toBeFalsy();
      const { rowErrors } = await rows.append([bytes({ id: 4, nights: { start: 2, end: 2 } })]);
      expect(rowErrors?.[0]?.message).toMatch(/^Field nights: .* must be smaller/);
    } finally {
      rows.close();
    }
    const columns = "nights, open, seen, pauses, guest, RANGE_CONTAINS(open, DATETIME '0001-01-01')";
    expect(await texts(`SELECT ${columns} FROM r.stays WHERE id = 3`)).toEqual([
      [
        '[1970-01-02, UNBOUNDED)',
        '[UNBOUNDED, 2026-01-01T00:00:00)',
        '[0, 1)',
        ['[UNBOUNDED, UNBOUNDED)', '[UNBOUNDED, 1970-01-01)'],
        null,
        true,
      ],
    ]);
  });
  test('is loaded from CSV as a text and from JSON as an object', async () => {
    const schema = {
      fields: [
        { name: 'id', type: 'INTEGER' },
        { name: 'nights', type: 'RANGE', rangeElementType: { type: 'DATE' } },
      ],
    };
    const load = (file: string, text: string, options: object) => {
      const path = join(folder, file);
      writeFileSync(path, text);
      return client
        .dataset('r')
        .table('loaded')
        .load(path, { schema, ...options });
    };
    await load('a.csv', '1,"[2026-01-01, NULL)"\n2,\n', { format: 'CSV' });
    await load('a.json', '{"id":3,"nights":{"start":"2026-01-01","end":null}}\n', { format: 'JSON' });
    expect(await texts('SELECT id, nights FROM r.loaded ORDER BY id')).toEqual([
      [1, '[2026-01-01, UNBOUNDED)'],
      [2, null],
      [3, '[2026-01-01, UNBOUNDED)'],
    ]);
  });
  test.each([
    ['CREATE TABLE r.p (d RANGE<DATE>) PARTITION BY d', /can only be of type TIMESTAMP, DATE or DATETIME/],
    ['CREATE TABLE r.p (d RANGE<DATE>, PRIMARY KEY (d) NOT ENFORCED)', /primary key: d/],
    ['CREATE TABLE r.p (d RANGE<INT64>)', /RANGE<INT64> is not supported/],
    [
      'ALTER TABLE r.stays ALTER COLUMN open SET DATA TYPE RANGE<DATE>',
      /column type \(RANGE<DATETIME>\) is assignable/,
    ],
  ])('%s is refused', async (sql, why) => {
    await expect(bench.query(sql)).rejects.toThrow(why);
  });
});

describe('RANGE_SESSIONIZE', () => {
  const visits = `(SELECT * FROM UNNEST([STRUCT(1 AS k, RANGE<DATE> '[2026-01-05, 2026-01-07)' AS r),
    (1, RANGE<DATE> '[2026-01-01, 2026-01-03)'), (1, RANGE<DATE> '[2026-01-02, 2026-01-05)'),
    (2, RANGE<DATE> '[2026-01-03, UNBOUNDED)'), (1, NULL)]))`;
  const sessions = (arguments_: string) =>
    texts(`SELECT k, r, session_range FROM RANGE_SESSIONIZE(${visits}, ${arguments_}) ORDER BY k, r`);
  test('joins ranges of a key that overlap or meet', async () => {
    const one = '[2026-01-01, 2026-01-07)';
    expect(await sessions("'r', ['k']")).toEqual([
      [1, null, null],
      [1, '[2026-01-01, 2026-01-03)', one],
      [1, '[2026-01-02, 2026-01-05)', one],
      [1, '[2026-01-05, 2026-01-07)', one],
      [2, '[2026-01-03, UNBOUNDED)', '[2026-01-03, UNBOUNDED)'],
    ]);
  });
  test('or, where that is asked for, only those that overlap', async () => {
    expect(await sessions("'r', ['k'], 'OVERLAPS'")).toEqual([
      [1, null, null],
      [1, '[2026-01-01, 2026-01-03)', '[2026-01-01, 2026-01-05)'],
      [1, '[2026-01-02, 2026-01-05)', '[2026-01-01, 2026-01-05)'],
      [1, '[2026-01-05, 2026-01-07)', '[2026-01-05, 2026-01-07)'],
      [2, '[2026-01-03, UNBOUNDED)', '[2026-01-03, UNBOUNDED)'],
    ]);
  });
  test('says what is wrong with its arguments', async () => {
    await expect(sessions("'x', ['k']")).rejects.toThrow('Column x not found');
    await expect(sessions("'k', []")).rejects.toThrow('a RANGE, got INT64');
    await expect(sessions("'r', ['k'], 'TOUCHES'")).rejects.toThrow('MEETS or OVERLAPS, got TOUCHES');
  });
});
