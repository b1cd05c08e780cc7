import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DrivenClock } from '../../../frame/index.ts';
import { Bench } from '../../testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start({ clock: new DrivenClock(Date.UTC(2026, 0, 10)) });
  await bench.send('POST', '/projects/lab/datasets', {
    datasetReference: { datasetId: 'd' },
    location: 'EU',
  });
  await bench.send('POST', '/projects/lab/datasets/d/tables', {
    tableReference: { tableId: 'things' },
    schema: {
      fields: [
        { name: 'id', type: 'STRING', mode: 'REQUIRED', description: 'the key' },
        { name: 'day', type: 'DATE' },
        { name: 'price', type: 'NUMERIC', precision: '12', scale: '2' },
        { name: 'parts', type: 'RECORD', mode: 'REPEATED', fields: [{ name: 'n', type: 'INTEGER' }] },
      ],
    },
    timePartitioning: { type: 'DAY', field: 'day' },
    clustering: { fields: ['id'] },
    tableConstraints: { primaryKey: { columns: ['id'] } },
    labels: { team: 'a' },
    description: 'all things',
  });
  await bench.query(
    "INSERT d.things (id, day, price) VALUES ('a', DATE '2026-01-01', 1), ('bc', DATE '2026-01-01', 2), ('d', NULL, 3)",
  );
  await bench.query('CREATE VIEW d.few AS SELECT id FROM d.things');
  await bench.query('CREATE PROCEDURE d.p(x INT64, OUT y STRING) BEGIN SELECT x; END');
  await bench.query('CREATE SCHEMA o OPTIONS(description="others", labels=[("team", "a")])');
  await bench.query(`CREATE FUNCTION o.f(x ANY TYPE, d DATE) RETURNS INT64 AS (1) OPTIONS(description="one");
    CREATE TABLE o.parts (n INT64, thing STRING, FOREIGN KEY (thing) REFERENCES d.things(id) NOT ENFORCED);
    CREATE TABLE o.plain (n INT64);
    CREATE SNAPSHOT TABLE o.taken CLONE o.plain`);
});
afterAll(() => bench.stop());
const rows = (columns: string, view: string) => bench.rows(`SELECT ${columns} FROM ${view}`);

describe('INFORMATION_SCHEMA', () => {
  test('SCHEMATA', async () => {
    expect(
      await rows(
        'schema_name, location, creation_time',
        "INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = 'd'",
      ),
    ).toEqual([['d', 'EU', '2026-01-10T00:00:00Z']]);
    expect(await rows('schema_name', '`region-eu`.INFORMATION_SCHEMA.SCHEMATA ORDER BY 1')).toEqual([
      ['d'],
      ['o'],
    ]);
  });
  test('TABLES, with the statement that makes each', async () => {
    const [few, things] = await rows(
      'table_name, table_type, is_insertable_into, ddl',
      'd.INFORMATION_SCHEMA.TABLES ORDER BY 1',
    );
    expect(few).toEqual(['few', 'VIEW', 'NO', 'CREATE VIEW `lab.d.few`\nAS SELECT id FROM d.things;']);
    expect(things?.slice(0, 3)).toEqual(['things', 'BASE TABLE', 'YES']);
    expect(things?.[3]).toBe(`CREATE TABLE \`lab.d.things\`
(
  id STRING NOT NULL OPTIONS(description="the key"),
  day DATE,
  price NUMERIC(12, 2),
  parts ARRAY<STRUCT<n INT64>>,
  PRIMARY KEY (id) NOT ENFORCED
)
PARTITION BY day
CLUSTER BY id
OPTIONS(
  description="all things",
  labels=[STRUCT("team", "a")]
);`);
  });
  test('COLUMNS', async () => {
    expect(
      await rows(
        'column_name, ordinal_position, is_nullable, data_type, is_partitioning_column, clustering_ordinal_position',
        "d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'things'",
      ),
    ).toEqual([
      ['id', 1, 'NO', 'STRING', 'NO', 1],
      ['day', 2, 'YES', 'DATE', 'YES', null],
      ['price', 3, 'YES', 'NUMERIC(12, 2)', 'NO', null],
      ['parts', 4, 'YES', 'ARRAY<STRUCT<n INT64>>', 'NO', null],
    ]);
  });
  test('COLUMN_FIELD_PATHS', async () => {
    expect(
      await rows(
        'field_path, data_type, description',
        "d.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS WHERE column_name IN ('id', 'parts')",
      ),
    ).toEqual(
      [
        ['id', 'STRING', 'the key'],
        // The view's own column has the name alone.
        ['id', 'STRING', null],
        ['parts', 'ARRAY<STRUCT<n INT64>>', null],
        ['parts.n', 'INT64', null],
      ].sort(),
    );
  });
  test('PARTITIONS counts the rows and bytes that are there now', async () => {
    // id 2 + length, day 8, price 16.
    expect(
      await rows(
        'partition_id, total_rows, total_logical_bytes',
        "d.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'things' ORDER BY 1",
      ),
    ).toEqual([
      ['20260101', 2, 55],
      ['__NULL__', 1, 19],
    ]);
  });
  test('TABLE_OPTIONS', async () => {
    expect(
      await rows('option_name, option_type, option_value', 'd.INFORMATION_SCHEMA.TABLE_OPTIONS'),
    ).toEqual([
      ['description', 'STRING', '"all things"'],
      ['labels', 'ARRAY<STRUCT<STRING, STRING>>', '[STRUCT("team", "a")]'],
    ]);
  });
  test('TABLE_CONSTRAINTS and KEY_COLUMN_USAGE', async () => {
    expect(
      await rows('constraint_name, constraint_type, enforced', 'd.INFORMATION_SCHEMA.TABLE_CONSTRAINTS'),
    ).toEqual([['things.pk$', 'PRIMARY KEY', 'NO']]);
    expect(
      await rows('constraint_name, column_name, ordinal_position', 'd.INFORMATION_SCHEMA.KEY_COLUMN_USAGE'),
    ).toEqual([['things.pk$', 'id', 1]]);
  });
  test('ROUTINES', async () => {
    expect(await rows('routine_name, routine_type, routine_body', 'd.INFORMATION_SCHEMA.ROUTINES')).toEqual([
      ['p', 'PROCEDURE', 'SQL'],
    ]);
  });
  test('JOBS tells what was read and changed, and where', async () => {
    await bench.query('SELECT price FROM d.things');
    expect(
      await rows(
        'dml_statistics.inserted_row_count AS inserted, destination_table.table_id AS filled, ARRAY_LENGTH(referenced_tables) AS n, referenced_tables[SAFE_OFFSET(0)].table_id AS referenced, total_bytes_billed AS billed',
        "`region-eu`.INFORMATION_SCHEMA.JOBS WHERE query LIKE 'INSERT d.things%' OR query = 'SELECT price FROM d.things' ORDER BY n",
      ),
    ).toEqual([
      [3, 'things', 0, null, 0],
      [null, null, 1, 'things', 10 * 1024 * 1024],
    ]);
  });
  test('JOBS tells what ran, and what failed why', async () => {
    await bench.query("SELECT 1, 'it''s'").catch(() => {});
    await bench.query("SELECT ERROR('it\\'s')").catch(() => {});
    const jobs = await rows(
      'job_type, statement_type, state, error_result.reason AS reason, query',
      "`region-eu`.INFORMATION_SCHEMA.JOBS WHERE query LIKE 'SELECT ERROR%' OR query LIKE 'INSERT%' ORDER BY query",
    );
    expect(jobs.map((j) => j.slice(0, 4))).toEqual([
      ['QUERY', 'INSERT', 'DONE', null],
      ['QUERY', null, 'DONE', 'invalidQuery'],
    ]);
  });
  test.each<[view: string, columns: string, rows: unknown[][]]>([
    [
      'd.INFORMATION_SCHEMA.PARAMETERS',
      'specific_name, ordinal_position, parameter_mode, is_result, parameter_name, data_type',
      [
        ['p', 1, 'IN', 'NO', 'x', 'INT64'],
        ['p', 2, 'OUT', 'NO', 'y', 'STRING'],
      ],
    ],
    [
      'o.INFORMATION_SCHEMA.PARAMETERS',
      'ordinal_position, parameter_mode, is_result, parameter_name, data_type',
      [
        [0, null, 'YES', null, 'INT64'],
        [1, null, 'NO', 'x', 'ANY TYPE'],
        [2, null, 'NO', 'd', 'DATE'],
      ],
    ],
    ['o.INFORMATION_SCHEMA.ROUTINE_OPTIONS', 'specific_name, option_value', [['f', '"one"']]],
    [
      'INFORMATION_SCHEMA.SCHEMATA_OPTIONS',
      'schema_name, option_name, option_value',
      [
        ['o', 'description', '"others"'],
        ['o', 'labels', '[STRUCT("team", "a")]'],
      ],
    ],
    ['o.INFORMATION_SCHEMA.TABLE_SNAPSHOTS', 'table_name, base_table_name', [['taken', 'plain']]],
    ['d.INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE', 'table_name, column_name', [['things', 'id']]],
    [
      'o.INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE',
      'table_schema, table_name, column_name, constraint_name',
      [['d', 'things', 'id', 'parts.fk$1']],
    ],
    [
      'd.INFORMATION_SCHEMA.TABLE_STORAGE',
      'table_name, total_rows, total_partitions, deleted',
      [['things', 3, 2, false]],
    ],
    [
      'd.__TABLES__',
      'table_id, row_count, type, creation_time',
      [
        ['few', 0, 2, Date.UTC(2026, 0, 10)],
        ['things', 3, 1, Date.UTC(2026, 0, 10)],
      ],
    ],
  ])('%s: %s', async (view, columns, expected) => {
    expect(await rows(columns, `${view} ORDER BY 1, 2`)).toEqual(expected);
  });
  test('what is not there is refused by name', async () => {
    await expect(rows('1', 'd.INFORMATION_SCHEMA.SEARCH_INDEXES')).rejects.toThrow(
      'INFORMATION_SCHEMA.SEARCH_INDEXES is not supported by the emulator',
    );
    await expect(rows('1', 'nope.INFORMATION_SCHEMA.TABLES')).rejects.toThrow('Not found: Dataset lab:nope');
  });
});
