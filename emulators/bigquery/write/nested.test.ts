import { managedwriter } from '@google-cloud/bigquery-storage';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../testing.ts';
import { appender, columns, rowBytes, writerClient } from './testing.ts';

let bench: Bench;
const closing: (() => void)[] = [];
beforeAll(async () => {
  bench = await Bench.start();
  await bench.query('CREATE SCHEMA lab');
});
afterAll(async () => {
  for (const close of closing) close();
  await bench.stop();
});

const proto = protobuf
  .parse(`syntax = "proto2";
  message Row {
    optional int64 id = 1;
    repeated string tags = 2;
    repeated int64 counts = 3 [packed = true];
    optional Place place = 4;
    repeated Visit visits = 5;
    message Place { optional string city = 1; optional double lat = 2; repeated string names = 3; }
    message Visit { optional int64 at = 1; optional Kind kind = 2; message Kind { optional string code = 1; optional bytes raw = 2; } }
  }`)
  .root.lookupType('Row');
const f = (name: string, number: number, type: number, label = 1, typeName?: string) => ({
  ...{ name, number, type, label },
  ...(typeName !== undefined && { typeName }),
});
const descriptor = {
  name: 'Row',
  field: [
    f('id', 1, 3),
    f('tags', 2, 9, 3),
    f('counts', 3, 3, 3),
    f('place', 4, 11, 1, 'Place'),
    f('visits', 5, 11, 3, '.Row.Visit'),
  ],
  nestedType: [
    { name: 'Place', field: [f('city', 1, 9), f('lat', 2, 1), f('names', 3, 9, 3)] },
    {
      name: 'Visit',
      field: [f('at', 1, 3), f('kind', 2, 11, 1, 'Kind')],
      nestedType: [{ name: 'Kind', field: [f('code', 1, 9), f('raw', 2, 12)] }],
    },
  ],
};

describe('repeated and nested columns', () => {
  test('of a change stay with its row, and are nobody’s whose row takes its place', async () => {
    await bench.query(
      'CREATE TABLE lab.moved (id INT64, place STRUCT<city STRING>, n INT64, PRIMARY KEY (id) NOT ENFORCED)',
    );
    const form = {
      name: 'Row',
      field: [f('id', 1, 3), f('place', 2, 11, 1, 'Place'), f('n', 3, 3), f('_CHANGE_TYPE', 4, 9)],
      nestedType: [{ name: 'Place', field: [f('city', 1, 9)] }],
    };
    const type = protobuf
      .parse(`syntax = "proto2"; message Row { optional int64 id = 1; optional Place place = 2; optional int64 n = 3;
        optional string type = 4; message Place { optional string city = 1; } }`)
      .root.lookupType('Row');
    const rows = await appender(bench.emulator, 'moved', form);
    closing.push(rows.close);
    const append = (...all: object[]) =>
      rows.append(all.map((row) => type.encode(type.fromObject({ ...row, type: 'UPSERT' })).finish()));
    await append({ id: 1, place: { city: 'first' } });
    expect(await bench.rows('SELECT id, place.city FROM lab.moved')).toEqual([[1, 'first']]);
    await append(
      { id: 2, place: { city: 'new' }, n: 2 },
      { id: 1, place: { city: 'changed' }, n: 1 },
      { id: 3, n: 3 },
      { id: 2, n: 22 },
      { id: 4, place: { city: 'last' } },
    );
    expect(await bench.rows('SELECT id, place.city, n FROM lab.moved ORDER BY id')).toEqual([
      [1, 'changed', 1],
      [2, null, 22],
      [3, null, 3],
      [4, 'last', null],
    ]);
  });

  test('arrive as they were sent, at any depth; what is left out is NULL or an empty array', async () => {
    await bench.query(`CREATE TABLE lab.deep (id INT64, tags ARRAY<STRING>, counts ARRAY<INT64>,
      place STRUCT<city STRING, lat FLOAT64, names ARRAY<STRING>>,
      visits ARRAY<STRUCT<\`at\` TIMESTAMP, kind STRUCT<code STRING, raw BYTES>>>)`);
    const rows = await appender(bench.emulator, 'deep', descriptor);
    closing.push(rows.close);
    const bytes = (row: object) => proto.encode(proto.fromObject(row)).finish();
    const full = {
      id: 1,
      tags: ['a', 'a longer text than twelve bytes'],
      counts: [1, -2, 3],
      place: { city: 'São Paulo', lat: -23.5, names: ['SP'] },
      visits: [{ at: 1_767_225_600_000_000, kind: { code: 'x', raw: Buffer.from([1, 255]) } }, { kind: {} }],
    };
    expect((await rows.append([bytes(full), bytes({ id: 2 })])).error).toBeFalsy();
    expect(await bench.rows('SELECT tags, counts, place, visits FROM lab.deep ORDER BY id')).toEqual([
      [
        ['a', 'a longer text than twelve bytes'],
        [1, -2, 3],
        { city: 'São Paulo', lat: -23.5, names: ['SP'] },
        [
          { at: '2026-01-01T00:00:00Z', kind: { code: 'x', raw: 'Af8=' } },
          { at: null, kind: { code: null, raw: null } },
        ],
      ],
      [[], [], null, []],
    ]);
    expect(
      await bench.rows('SELECT id, v.kind.code FROM lab.deep, UNNEST(visits) AS v WHERE v.at IS NOT NULL'),
    ).toEqual([[1, 'x']]);
    expect(await bench.value('SELECT ARRAY_LENGTH(tags) FROM lab.deep WHERE id = 2')).toBe(0);
  });
  test('thousands of rows with lists and structures keep to their rows', async () => {
    await bench.query('CREATE TABLE lab.many (id INT64, counts ARRAY<INT64>)');
    const small = { name: 'Row', field: [f('id', 1, 3), f('counts', 2, 3, 3)] };
    const type = protobuf
      .parse('syntax = "proto2"; message Row { optional int64 id = 1; repeated int64 counts = 2; }')
      .root.lookupType('Row');
    const rows = await appender(bench.emulator, 'many', small);
    closing.push(rows.close);
    const row = (id: number) =>
      type.encode({ id, counts: Array.from({ length: id % 4 }, () => id) }).finish();
    await rows.append(Array.from({ length: 5000 }, (_, id) => row(id)));
    expect(
      await bench.rows(
        'SELECT COUNT(*), COUNTIF(ARRAY_LENGTH(counts) != MOD(id, 4)), COUNTIF((SELECT LOGICAL_OR(c != id) FROM UNNEST(counts) AS c)) FROM lab.many',
      ),
    ).toEqual([[5000, 0, 0]]);
  });
  test('a repeated field for a column that is not, and a field unknown inside a structure, are refused', async () => {
    await bench.query('CREATE TABLE lab.flat (id INT64, place STRUCT<city STRING>)');
    const refused = async (described: object) => {
      const rows = await appender(bench.emulator, 'flat', described);
      closing.push(rows.close);
      return expect(rows.append([Buffer.alloc(0)])).rejects;
    };
    await (await refused({ name: 'Row', field: [f('id', 1, 3, 3)] })).toThrow(/Proto field id is repeated/);
    const inner = { name: 'P', field: [f('street', 1, 9)] };
    await (await refused({ name: 'Row', field: [f('place', 1, 11, 1, 'P')], nestedType: [inner] })).toThrow(
      /unknown to BigQuery: root.place.street/,
    );
  });
});

test('text of any length and alphabet arrives as sent, beside numbers of all sizes', async () => {
  await bench.query(
    'CREATE TABLE lab.texts (n INT64, t STRING, d NUMERIC(38, 9), s NUMERIC(4, 1), m NUMERIC(9, 2))',
  );
  const described = columns([
    ['n', 3],
    ['t', 9],
    ['d', 9],
    ['s', 9],
    ['m', 9],
  ]);
  const rows = await appender(bench.emulator, 'texts', described);
  closing.push(rows.close);
  const texts = ['', 'a', 'twelve bytes', 'thirteen byte', 'é'.repeat(6), 'é'.repeat(7), '🙂 '.repeat(500)];
  const numbers = ['-0.000000001', '12345678901234567890123456789.123456789', '7', '.5', '+1.25'];
  await rows.append(
    texts.map((t, n) => rowBytes(described, { n, t, d: numbers[n % 5], s: '-999.9', m: '1234567.89' })),
  );
  const back = await bench.rows('SELECT t, CAST(d AS STRING), s, m FROM lab.texts ORDER BY n');
  expect(back.map((r) => r[0])).toEqual(texts);
  expect(back.slice(0, 5).map((r) => r[1])).toEqual([
    '-0.000000001',
    '12345678901234567890123456789.123456789',
    '7',
    '0.5',
    '1.25',
  ]);
  expect(back.every((r) => r[2] === -999.9 && r[3] === 1234567.89)).toBe(true);
  const bad = await rows.append([Buffer.from([0x12, 2, 0xc3, 0x28])]);
  expect(bad.rowErrors?.[0]?.message).toBe('Field t: value is not valid UTF-8');
});

test('dates and times come as text or packed, as the clients send them', async () => {
  await bench.query('CREATE TABLE lab.civil (d DATETIME, t TIME)');
  const packed = columns([
    ['d', 3],
    ['t', 3],
  ]);
  const rows = await appender(bench.emulator, 'civil', packed);
  closing.push(rows.close);
  // 2026-11-21 15:04:05.000006, in the order year, month, day, hour, minute, second, microsecond.
  const time = (15n << 32n) | (4n << 26n) | (5n << 20n) | 6n;
  const at = (2026n << 46n) | (11n << 42n) | (21n << 37n) | time;
  await rows.append([rowBytes(packed, { d: String(at), t: String(time) })]);
  const asText = columns([
    ['d', 9],
    ['t', 9],
  ]);
  const texts = await appender(bench.emulator, 'civil', asText);
  closing.push(texts.close);
  await texts.append([rowBytes(asText, { d: '2026-11-21T15:04:05.000006', t: '15:04:05.000006' })]);
  const expected = ['2026-11-21T15:04:05.000006', '15:04:05.000006'];
  expect(await bench.rows('SELECT d, t FROM lab.civil')).toEqual([expected, expected]);
  const bad = await texts.append([rowBytes(asText, { d: '2026-02-30 00:00:00', t: '24:00:00' })]);
  expect(bad.rowErrors).toHaveLength(1);
});

test('a value left out is NULL or the default, as the writer says for all columns or for one', async () => {
  const fields = [
    { name: 'n', type: 'INT64', mode: 'REQUIRED' },
    { name: 'state', type: 'STRING', defaultValueExpression: "'new'" },
    { name: 'amount', type: 'NUMERIC', precision: '6', scale: '2', defaultValueExpression: '1.5' },
  ];
  await bench.send('POST', '/projects/lab/datasets/lab/tables', {
    tableReference: { projectId: 'lab', datasetId: 'lab', tableId: 'filled' },
    schema: { fields },
  });
  const described = columns([
    ['n', 3],
    ['state', 9],
    ['amount', 9],
  ]);
  const client = writerClient(bench.emulator);
  closing.push(() => client.close());
  const send = async (row: object, options: object) => {
    const connection = await client.createStreamConnection({
      streamId: 'projects/lab/datasets/lab/tables/filled/streams/_default',
    });
    const writer = new managedwriter.Writer({ connection, protoDescriptor: described, ...options });
    expect(
      (await writer.appendRows({ serializedRows: [rowBytes(described, { ...row })] }).getResult()).error,
    ).toBeFalsy();
  };
  await send({ n: 1 }, {});
  await send({ n: 2 }, { defaultMissingValueInterpretation: 'DEFAULT_VALUE' });
  await send(
    { n: 3, state: 'own' },
    { missingValueInterpretations: { state: 'DEFAULT_VALUE', amount: 'NULL_VALUE' } },
  );
  await send(
    { n: 4 },
    {
      defaultMissingValueInterpretation: 'DEFAULT_VALUE',
      missingValueInterpretations: { state: 'NULL_VALUE' },
    },
  );
  expect(await bench.rows('SELECT n, state, amount FROM lab.filled ORDER BY n')).toEqual([
    [1, null, null],
    [2, 'new', 1.5],
    [3, 'own', null],
    [4, null, 1.5],
  ]);
});

test('rows of a table partitioned by arrival are in the partition of the day they came', async () => {
  await bench.send('POST', '/projects/lab/datasets/lab/tables', {
    tableReference: { projectId: 'lab', datasetId: 'lab', tableId: 'arrived' },
    schema: { fields: [{ name: 'n', type: 'INT64' }] },
    timePartitioning: { type: 'DAY' },
  });
  const described = columns([['n', 3]]);
  const rows = await appender(bench.emulator, 'arrived', described);
  closing.push(rows.close);
  await rows.append([rowBytes(described, { n: 1 })]);
  expect(
    await bench.rows(
      'SELECT n, _PARTITIONTIME BETWEEN TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 25 HOUR) AND CURRENT_TIMESTAMP() FROM lab.arrived',
    ),
  ).toEqual([[1, true]]);
});

test('INTERVAL and BIGNUMERIC arrive as texts, or as bytes scaled by 10^38', async () => {
  await bench.query('CREATE TABLE lab.exact (id INT64, span INTERVAL, n BIGNUMERIC, packed BIGNUMERIC)');
  const shape = columns([
    ['id', 3],
    ['span', 9],
    ['n', 9],
    ['packed', 12],
  ]);
  const rows = await appender(bench.emulator, 'exact', shape);
  closing.push(rows.close);
  const minusTen = Buffer.alloc(32, 255);
  for (let i = 0, rest = BigInt.asUintN(256, -(10n ** 39n)); i < 32; i++, rest >>= 8n)
    minusTen[i] = Number(rest & 255n);
  const row = {
    id: 1,
    span: '1-2 3 4:5:6.5',
    n: '0.00000000000000000000000000000000000001',
    packed: minusTen,
  };
  const sent = await rows.append([rowBytes(shape, row), rowBytes(shape, { id: 2 })]);
  expect(sent.error).toBeFalsy();
  expect(
    await bench.rows('SELECT span, CAST(n AS STRING), CAST(packed AS STRING) FROM lab.exact ORDER BY id'),
  ).toEqual([
    ['1-2 3 4:5:6.500', '0.00000000000000000000000000000000000001', '-10'],
    [null, null, null],
  ]);
  await rows.append([rowBytes(shape, { id: 3, span: 'soon' })]).catch(() => {});
  expect(await bench.value('SELECT COUNT(*) FROM lab.exact')).toBe(2);
});
