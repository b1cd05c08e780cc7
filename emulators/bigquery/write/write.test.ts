import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../frame/index.ts';
import { Bench } from '../testing.ts';
import { normalSequence } from './change-cells.ts';
import { type Appender, appender, columns, rowBytes } from './testing.ts';

let bench: Bench;
let later = 0;
const open: Appender[] = [];
beforeAll(async () => {
  bench = await Bench.start({ clock: { ...systemClock, now: () => systemClock.now() + later } });
  await bench.query(`CREATE SCHEMA lab;
    CREATE TABLE lab.readings (id STRING NOT NULL, n INT64, price NUMERIC(12, 2), seen TIMESTAMP, day DATE, ok BOOL, f FLOAT64, raw BYTES, doc JSON, text STRING(5));
    CREATE TABLE lab.state (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)`);
});
afterAll(async () => {
  for (const one of open) one.close();
  await bench.stop();
});
const to = async (table: string, descriptor: object): Promise<Appender> => {
  const made = await appender(bench.emulator, table, descriptor);
  open.push(made);
  return made;
};
const reading = columns([
  ['id', 9],
  ['n', 3],
  ['price', 9],
  ['seen', 3],
  ['day', 5],
  ['ok', 8],
  ['f', 1],
  ['raw', 12],
  ['doc', 9],
  ['text', 9],
]);
const change = columns([
  ['id', 9],
  ['n', 3],
  ['_CHANGE_TYPE', 9],
  ['_CHANGE_SEQUENCE_NUMBER', 9],
]);

describe('appending', () => {
  test('every type arrives exactly, and the next query sees the rows', async () => {
    const rows = await to('readings', reading);
    const row = {
      id: 'a',
      n: '-9007199254740993',
      price: '12.34',
      seen: '1767225600000001',
      day: 20454,
      ok: true,
      f: 1.5,
      raw: Buffer.from([0, 255]),
      doc: '{"a":1}',
      text: 'hello',
    };
    expect((await rows.append([rowBytes(reading, row), rowBytes(reading, { id: 'b' })])).error).toBeFalsy();
    expect(
      await bench.rows(
        "SELECT CAST(n AS STRING), price, seen, day, ok, f, TO_HEX(raw), JSON_VALUE(doc, '$.a'), text FROM lab.readings WHERE id = 'a'",
      ),
    ).toEqual([
      [
        '-9007199254740993',
        12.34,
        '2026-01-01T00:00:00.000001Z',
        '2026-01-01',
        true,
        1.5,
        '00ff',
        '1',
        'hello',
      ],
    ]);
    expect(await bench.rows("SELECT n, price, seen, text FROM lab.readings WHERE id = 'b'")).toEqual([
      [null, null, null, null],
    ]);
  });
  test('one bad row refuses the whole request and is named; the stream goes on', async () => {
    const rows = await to('readings', reading);
    const refused = await rows.append([
      rowBytes(reading, { id: 'c' }),
      rowBytes(reading, { id: 'd', price: '1.234' }),
      rowBytes(reading, { n: 1 }),
      rowBytes(reading, { id: 'e', text: 'too long' }),
    ]);
    expect(refused.error?.code).toBe(3);
    expect(refused.rowErrors?.map((e) => [Number(e.index), e.message])).toEqual([
      [1, 'Field price: NUMERIC value 1.234 does not fit NUMERIC(12, 2)'],
      [2, 'Field id is required but was not set'],
      [3, 'Field text: STRING(5) has maximum length 5 but got a value with length 8'],
    ]);
    expect(await bench.value("SELECT COUNT(*) FROM lab.readings WHERE id IN ('c', 'd', 'e')")).toBe(0);
    expect((await rows.append([rowBytes(reading, { id: 'f' })])).error).toBeFalsy();
  });
  test('a query sees all that was acknowledged before it began, however it came', async () => {
    await bench.query('CREATE TABLE lab.flood (n INT64)');
    const number = columns([['n', 3]]);
    const rows = await to('flood', number);
    const request = Array.from({ length: 500 }, (_, i) => rowBytes(number, { n: i }));
    for (let sent = 0; sent < 8; sent++) {
      await rows.append(request);
      expect(await bench.value('SELECT COUNT(*) FROM lab.flood')).toBe((sent + 1) * 500);
    }
  });
  test('long texts of many requests keep to their rows, wherever a request ends', async () => {
    await bench.query('CREATE TABLE lab.long (n INT64, t STRING)');
    const described = columns([
      ['n', 3],
      ['t', 9],
    ]);
    const rows = await to('long', described);
    let n = 0;
    const row = () => rowBytes(described, { n, t: `${n++} is the number of a row longer than twelve bytes` });
    const sent: Promise<unknown>[] = [];
    for (const size of [1, 2047, 3, 700, 9000, 1, 1, 4096])
      sent.push(rows.append(Array.from({ length: size }, row)));
    for (let i = 0; i < 150; i++) sent.push(rows.append([row()]));
    await Promise.all(sent);
    expect(
      await bench.rows(
        "SELECT COUNT(*), COUNT(DISTINCT n), COUNTIF(t = CONCAT(CAST(n AS STRING), ' is the number of a row longer than twelve bytes')) FROM lab.long",
      ),
    ).toEqual([[n, n, n]]);
  });
  test('a request that is no message, and one that is too large, are refused with a reason', async () => {
    const broken = await appender(bench.emulator, 'readings', reading);
    open.push(broken);
    const row = await broken.append([Buffer.from([0x0a, 0x7f, 1])]);
    expect(row.rowErrors?.[0]?.message).toMatch(/not a message of the given schema/);
    const large = await to('readings', reading);
    await expect(
      large.append([rowBytes(reading, { id: 'x', doc: `"${'y'.repeat(21 * 1024 * 1024)}"` })]),
    ).rejects.toThrow(/AppendRows request too large: \d+ limit 20971520/);
  });
  test('a column the table does not have, and a table that is not there, are refused', async () => {
    const unknown = await to(
      'readings',
      columns([
        ['id', 9],
        ['colour', 9],
      ]),
    );
    await expect(unknown.append([Buffer.alloc(0)])).rejects.toThrow(/unknown to BigQuery: root.colour/);
    const nowhere = await to('nowhere', columns([['id', 9]]));
    await expect(nowhere.append([Buffer.alloc(0)])).rejects.toThrow(
      /not found. Entity: projects\/lab\/datasets\/lab\/tables\/nowhere/,
    );
  });
});

describe('changes by key', () => {
  const upsert = (id: string, n: number, sequence: string) =>
    rowBytes(change, { id, n, _CHANGE_TYPE: 'UPSERT', _CHANGE_SEQUENCE_NUMBER: sequence });
  const remove = (id: string, sequence: string) =>
    rowBytes(change, { id, _CHANGE_TYPE: 'DELETE', _CHANGE_SEQUENCE_NUMBER: sequence });
  const state = (id: string) => bench.value(`SELECT MAX(n) FROM lab.state WHERE id = '${id}'`);

  test('the highest sequence wins within a request and between requests; of equals the later', async () => {
    const rows = await to('state', change);
    await rows.append([upsert('k', 1, '1'), upsert('k', 3, 'FF'), upsert('k', 2, 'A')]);
    expect(await state('k')).toBe(3);
    await rows.append([upsert('k', 4, 'FE')]);
    expect(await state('k')).toBe(3);
    await rows.append([upsert('k', 5, 'FF'), upsert('k', 6, 'ff')]);
    expect(await state('k')).toBe(6);
    expect(await bench.value('SELECT COUNT(*) FROM lab.state')).toBe(1);
  });
  test('a deletion removes the row, and an older change that comes after it does not bring it back', async () => {
    const rows = await to('state', change);
    await rows.append([upsert('gone', 1, '10')]);
    await rows.append([remove('gone', '20')]);
    await rows.append([upsert('gone', 2, '1F')]);
    expect(await state('gone')).toBe(null);
    await rows.append([remove('never', '5')]);
    await rows.append([upsert('never', 1, '4')]);
    expect(await state('never')).toBe(null);
    await rows.append([upsert('gone', 3, '21')]);
    expect(await state('gone')).toBe(3);
  });
  test('find their rows by key where a column has the name that DuckDB gives the number of a row', async () => {
    await bench.query('CREATE TABLE lab.numbered (id STRING, rowid INT64, PRIMARY KEY (id) NOT ENFORCED)');
    const form = columns([
      ['id', 9],
      ['rowid', 3],
      ['_CHANGE_TYPE', 9],
    ]);
    const rows = await to('numbered', form);
    const of = (id: string, rowid: number, _CHANGE_TYPE = 'UPSERT') =>
      rowBytes(form, { id, rowid, _CHANGE_TYPE });
    await rows.append([of('a', 1), of('b', 0), of('c', 0)]);
    expect(await bench.rows('SELECT count(*) FROM lab.numbered')).toEqual([[3]]);
    await rows.append([of('b', 7), of('c', 0, 'DELETE')]);
    await rows.append([of('a', 8), of('d', 8)]);
    expect(await bench.rows('SELECT id, rowid FROM lab.numbered ORDER BY id')).toEqual([
      ['a', 8],
      ['b', 7],
      ['d', 8],
    ]);
    await expect(
      bench.query('UPDATE lab.numbered AS t SET rowid = 1 FROM UNNEST([1]) AS n WHERE t.rowid = n'),
    ).rejects.toThrow('a column named rowid by those of another table is not supported by the emulator');
  });

  test('whatever the order and the grouping, the outcome is that of the highest sequence', async () => {
    const rows = await to('state', change);
    let run = 0;
    const event = fc.record({
      key: fc.integer({ min: 0, max: 3 }),
      sequence: fc.integer({ min: 0, max: 40 }),
      deleted: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        // Requests of some changes each, after some of which a query has them brought in.
        fc.array(
          fc.record({ events: fc.array(event, { minLength: 1, maxLength: 6 }), flush: fc.boolean() }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        async (requests) => {
          const name = `p${run++}`;
          const best = new Map<string, { sequence: number; n: number | null }>();
          const outcome = async () =>
            expect(
              await bench.rows(`SELECT id, n FROM lab.state WHERE STARTS_WITH(id, '${name}/') ORDER BY id`),
            ).toEqual(
              [...best]
                .flatMap(([id, { n }]) => (n === null ? [] : [[id, n]]))
                .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
            );
          let n = 0;
          for (const { events, flush } of requests) {
            await rows.append(
              events.map(({ key, sequence, deleted }) => {
                const id = `${name}/${key}`;
                n++;
                if (sequence >= (best.get(id)?.sequence ?? -1))
                  best.set(id, { sequence, n: deleted ? null : n });
                const hex = sequence.toString(16);
                return deleted ? remove(id, hex) : upsert(id, n, hex);
              }),
            );
            if (flush) await outcome();
          }
          await outcome();
        },
      ),
      { numRuns: 8 },
    );
  });
  test('rows that statements inserted or whose key they changed are found by the next change', async () => {
    const rows = await to('state', change);
    await rows.append([upsert('here', 1, '1')]);
    expect(await state('here')).toBe(1);
    await bench.query("INSERT lab.state (id, n) VALUES ('inserted', 1)");
    await rows.append([upsert('inserted', 2, '1'), upsert('here', 2, '2')]);
    expect(await bench.value("SELECT COUNT(*) FROM lab.state WHERE id = 'inserted'")).toBe(1);
    await bench.send('POST', '/projects/lab/datasets/lab/tables/state/insertAll', {
      rows: [{ json: { id: 'streamed', n: '1' } }],
    });
    expect(await state('streamed')).toBe(1);
    await rows.append([upsert('streamed', 2, '1')]);
    expect(await bench.rows("SELECT n FROM lab.state WHERE id = 'streamed'")).toEqual([[2]]);
    later += 90 * 60_000;
    await bench.query("UPDATE lab.state SET id = 'renamed' WHERE id = 'here'");
    await rows.append([upsert('renamed', 3, '3'), upsert('here', 4, '1')]);
    expect(
      await bench.rows("SELECT id, n FROM lab.state WHERE id IN ('renamed', 'here') ORDER BY id"),
    ).toEqual([
      ['here', 4],
      ['renamed', 3],
    ]);
  });
  test('while they come, no statement changes or deletes rows, and one that only adds them may', async () => {
    await (await to('state', change)).append([upsert('active', 1, '1')]);
    for (const statement of [
      'UPDATE lab.state SET n = 0 WHERE TRUE',
      "DELETE FROM lab.state WHERE id = 'active'",
      'MERGE lab.state AS t USING (SELECT 1 AS n) AS s ON t.n = s.n WHEN MATCHED THEN DELETE',
    ])
      await expect(bench.query(statement)).rejects.toMatchObject({
        message: 'DELETE/UPDATE/MERGE DMLs are currently not supported over tables that had UPSERT streams.',
        reason: 'invalid',
      });
    await bench.query("INSERT lab.state (id, n) VALUES ('beside', 1)");
    later += 90 * 60_000;
    expect((await bench.query("DELETE FROM lab.state WHERE id = 'active'")).affected).toBe(1);
  });
  test('changes that were refused are none: statements may still change what came besides', async () => {
    await bench.query('CREATE TABLE lab.added (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)');
    const refused = await (await to('added', change)).append([upsert('k', 1, 'no number')]);
    expect(refused.rowErrors).toHaveLength(1);
    const plain = columns([['id', 9]]);
    await (await to('added', plain)).append([rowBytes(plain, { id: 'k' })]);
    expect((await bench.query("DELETE FROM lab.added WHERE id = 'k'")).affected).toBe(1);
  });
  test('keys of several columns and types are told apart, whatever their order on the wire', async () => {
    await bench.query(
      'CREATE TABLE lab.pairs (a STRING, b INT64, d DATE, n INT64, PRIMARY KEY (a, b, d) NOT ENFORCED)',
    );
    const described = (...order: string[]) =>
      columns(
        order.map((name) => [name, name === 'a' || name.startsWith('_') ? 9 : name === 'd' ? 5 : 3] as const),
      );
    const one = described('a', 'b', 'd', 'n', '_CHANGE_TYPE');
    const other = described('d', 'b', 'a', '_CHANGE_TYPE', 'n');
    const first = await to('pairs', one);
    const second = await to('pairs', other);
    const row = (d: object, a: string, b: number, day: number, n: number) =>
      rowBytes(d as never, { a, b, d: day, n, _CHANGE_TYPE: 'UPSERT' });
    await first.append([row(one, 'x', 1, 10, 0)]);
    expect(await bench.value('SELECT COUNT(*) FROM lab.pairs')).toBe(1);
    await first.append([row(one, 'x', 2, 10, 0), row(one, 'x', 1, 11, 0), row(one, 'y', -1, -10, 0)]);
    await second.append([row(other, 'x', 1, 10, 5), row(other, 'y', -1, -10, 6)]);
    expect(await bench.rows('SELECT a, b, n FROM lab.pairs ORDER BY a, b, d')).toEqual([
      ['x', 1, 5],
      ['x', 1, 0],
      ['x', 2, 0],
      ['y', -1, 6],
    ]);
  });
  test('sequence numbers compare section by section as numbers', () => {
    const ordered = ['0', '9', 'A', 'a/0', 'A/1', 'B', 'FFF', 'FFF/B', 'FFF/ABC', '1000'].map(normalSequence);
    expect([...ordered].sort()).toEqual(ordered);
    for (const bad of ['', 'G', '1/2/3/4/5', '/1', '12345678901234567'])
      expect(() => normalSequence(bad)).toThrow(/1 to 4 hexadecimal sections/);
  });
  test('a table without a primary key takes no changes', async () => {
    const rows = await to('readings', change);
    await expect(rows.append([upsert('x', 1, '1')])).rejects.toThrow(/has no primary key/);
  });
});

test('a table dropped and made again has none of the rows and none of the deletions of before', async () => {
  const definition = 'lab.again (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)';
  await bench.query(`CREATE TABLE ${definition}`);
  const rows = await to('again', change);
  const row = (type: string, sequence: string) =>
    rowBytes(change, { id: 'k', n: 1, _CHANGE_TYPE: type, _CHANGE_SEQUENCE_NUMBER: sequence });
  await rows.append([row('DELETE', 'FF')]);
  expect(await bench.value('SELECT COUNT(*) FROM lab.again')).toBe(0);
  await rows.append([row('UPSERT', 'FFF')]);
  await bench.query(`DROP TABLE lab.again; CREATE TABLE ${definition}`);
  expect(await bench.value('SELECT COUNT(*) FROM lab.again')).toBe(0);
  await rows.append([row('UPSERT', '1')]);
  expect(await bench.value('SELECT COUNT(*) FROM lab.again')).toBe(1);
});
