import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.query(`
    CREATE SCHEMA folded DEFAULT COLLATE 'und:ci';
    CREATE SCHEMA plain;
    CREATE TABLE plain.t (id INT64, ci STRING COLLATE 'und:ci', s STRING, r ARRAY<STRING COLLATE 'und:ci'>);
    INSERT INTO plain.t VALUES
      (1, 'pear', 'pear', ['x', 'Y']), (2, 'Pear', 'Pear', []), (3, 'fig', 'fig', NULL), (4, NULL, NULL, ['X']),
      (5, 'PEAR', 'APPLE', ['z'])`);
});
afterAll(() => bench.stop());

describe('a column with the collation und:ci', () => {
  test.each<[string, unknown[][]]>([
    ["SELECT id FROM plain.t WHERE ci = 'PEAR' ORDER BY id", [[1], [2], [5]]],
    ["SELECT id FROM plain.t WHERE s = 'PEAR'", []],
    ["SELECT id FROM plain.t WHERE COLLATE(ci, '') = 'pear'", [[1]]],
    ["SELECT id FROM plain.t WHERE ci LIKE 'p%A%' ORDER BY id", [[1], [2], [5]]],
    ["SELECT id FROM plain.t WHERE 'Z' IN UNNEST(r) OR ci NOT IN ('PEAR', 'x') ORDER BY id", [[3], [5]]],
    ['SELECT id FROM plain.t ORDER BY ci DESC, id', [[1], [2], [5], [3], [4]]],
    ["SELECT id FROM plain.t ORDER BY s COLLATE 'und:ci', id", [[4], [5], [3], [1], [2]]],
    ["SELECT id FROM plain.t ORDER BY ci COLLATE '', id", [[4], [5], [2], [3], [1]]],
    [
      'SELECT LOWER(ci), COUNT(*), MIN(id) FROM plain.t GROUP BY ci ORDER BY ci',
      [
        [null, 1, 4],
        ['fig', 1, 3],
        ['pear', 3, 1],
      ],
    ],
    ['SELECT MIN(id), UPPER(ci) AS u FROM plain.t GROUP BY u HAVING u > "g"', [[1, 'PEAR']]],
    ['SELECT COUNT(*) FROM plain.t GROUP BY ALL', [[5]]],
    ['SELECT SUM(id) AS id FROM plain.t GROUP BY ci ORDER BY id', [[3], [4], [8]]],
    ["SELECT COUNT(*), s = 'FIG' FROM plain.t WHERE id = 3 GROUP BY s, COLLATE(s, 'und:ci')", [[1, false]]],
    ['SELECT ci AS k FROM plain.t GROUP BY ci HAVING SUM(LENGTH(k)) > 4 AND k > "g"', [['pear']]],
    [
      "SELECT (0.5, 'A') = x FROM (SELECT (1, COLLATE('a', 'und:ci')) AS x UNION ALL SELECT (0.5, 'a'))",
      [[false], [true]],
    ],
    ["SELECT 'A' IN UNNEST(ARRAY<STRING>[COLLATE('a', 'und:ci')])", [[true]]],
    [
      'SELECT UPPER(ci), COUNT(*) FROM plain.t GROUP BY ROLLUP(ci) ORDER BY 2, 1',
      [
        [null, 1],
        ['FIG', 1],
        ['PEAR', 3],
        [null, 5],
      ],
    ],
    [
      'SELECT STRING_AGG(ci ORDER BY id), MIN(id) FROM plain.t GROUP BY ci IS NULL ORDER BY 1',
      [
        [null, 4],
        ['pear,Pear,fig,PEAR', 1],
      ],
    ],
    ['SELECT COUNT(*) FROM (SELECT DISTINCT ci, id > 4 FROM plain.t)', [[4]]],
    ['SELECT DISTINCT UPPER(ci) AS u FROM plain.t ORDER BY u', [[null], ['FIG'], ['PEAR']]],
    [
      'SELECT id, ROW_NUMBER() OVER (PARTITION BY ci ORDER BY id) FROM plain.t QUALIFY RANK() OVER (ORDER BY ci) = 3',
      [
        [1, 1],
        [2, 2],
        [5, 3],
      ],
    ],
    ['SELECT COUNT(*) FROM plain.t AS a JOIN plain.t AS b ON a.ci = b.s', [[7]]],
    ["SELECT id FROM plain.t JOIN (SELECT 'FIG' AS ci) USING (ci)", [[3]]],
    ["SELECT UPPER(ci) FROM plain.t UNION DISTINCT SELECT 'Fig' ORDER BY 1", [[null], ['FIG'], ['PEAR']]],
    ["SELECT ci FROM plain.t WHERE id > 2 INTERSECT DISTINCT SELECT 'FIG'", [['fig']]],
    ["SELECT UPPER(ci) FROM plain.t EXCEPT DISTINCT (SELECT 'Fig' UNION ALL SELECT NULL)", [['PEAR']]],
    ["SELECT * FROM (SELECT ci, id FROM plain.t) PIVOT(COUNT(id) FOR ci IN ('PEAR', 'kiwi'))", [[3, 0]]],
    ["SELECT COUNTIF(s LIKE ANY ('X', ci)), COUNTIF('PEAR' LIKE ALL ('%a%', ci)) FROM plain.t", [[3, 3]]],
    ["DECLARE v DEFAULT (SELECT ci FROM plain.t WHERE id = 1); SELECT v = 'PEAR'", [[false]]],
    ["SELECT COUNT(*) FROM plain.t, UNNEST(r) AS e WHERE e = 'X'", [[2]]],
    [
      "WITH w AS (SELECT STRUCT(ci AS k) AS v FROM plain.t) SELECT COUNT(*) FROM w WHERE v.k = 'PEAR' OR v = STRUCT('FIG')",
      [[4]],
    ],
    ["SELECT COUNT(*) FROM (SELECT IF(id = 1, ci, 'FIG') AS x FROM plain.t) WHERE x = 'fig'", [[4]]],
    ["FROM plain.t |> AGGREGATE COUNT(*) AS n GROUP BY ci |> WHERE ci = 'FIG' |> SELECT n", [[1]]],
    [
      "CREATE TEMP FUNCTION same(a STRING, b STRING) AS (a = b); SELECT COUNTIF(same(ci, 'PEAR')) FROM plain.t",
      [[1]],
    ],
    [
      "CREATE TEMP FUNCTION same(a ANY TYPE, b ANY TYPE) AS (a = b); SELECT COUNTIF(same(ci, 'PEAR')) FROM plain.t",
      [[3]],
    ],
    ["CREATE TEMP TABLE c AS SELECT ci FROM plain.t; SELECT COUNT(*) FROM c WHERE ci = 'PEAR'", [[3]]],
  ])('%s', async (sql, rows) => {
    expect(await bench.rows(sql)).toEqual(rows);
  });

  test('is changed by statements that find its rows by it, and seen through a view', async () => {
    await bench.query(`
      CREATE TABLE plain.changed AS SELECT id, ci FROM plain.t;
      UPDATE plain.changed SET ci = 'Kiwi' WHERE ci = 'PEAR' AND id < 5;
      DELETE FROM plain.changed WHERE ci IN ('FIG', 'x');
      MERGE plain.changed USING (SELECT 'pear' AS k) ON ci = k WHEN MATCHED THEN UPDATE SET ci = 'lime';
      CREATE VIEW plain.seen AS SELECT ci FROM plain.changed`);
    expect(await bench.rows("SELECT ci FROM plain.seen WHERE ci IN ('KIWI', 'LIME') ORDER BY ci, 1")).toEqual(
      [['Kiwi'], ['Kiwi'], ['lime']],
    );
  });
});

test.each([
  [
    "SELECT COLLATE('a', 'und:ci') < COLLATE('b', 'binary')",
    'Collation conflict: "binary" vs. "und:ci". Collation on argument 2 ("binary") in function < is not compatible with other arguments',
  ],
  [
    "SELECT CONCAT(ci, COLLATE(s, 'binary')) FROM plain.t",
    'Collation on argument 2 ("binary") in function CONCAT',
  ],
  [
    "SELECT ci FROM plain.t UNION ALL SELECT COLLATE(s, 'binary') FROM plain.t",
    'Collation conflict: "binary" vs. "und:ci" at [1:24]',
  ],
  [
    "SELECT ci IN ('a', COLLATE('b', 'binary')) FROM plain.t",
    'Collation conflict: "binary" vs. "und:ci" at [1:11]',
  ],
  [
    'SELECT REGEXP_CONTAINS(s, ci) FROM plain.t',
    'Collation is not allowed on argument 2 ("und:ci"). Use COLLATE(arg, \'\') to remove collation',
  ],
  ['SELECT APPROX_TOP_COUNT(ci, 1) FROM plain.t', 'Collation is not allowed on argument 1'],
  [
    "SELECT id FROM plain.t ORDER BY id COLLATE 'und:ci'",
    'COLLATE can only be applied to columns or expressions of type STRING',
  ],
  ["SELECT id FROM plain.t ORDER BY s COLLATE 'und'", "The collation 'und' is not supported by the emulator"],
  [
    'WITH RECURSIVE w AS (SELECT ci FROM plain.t UNION ALL SELECT ci FROM w) SELECT * FROM w',
    'Collation is not supported in recursive queries',
  ],
  [
    'SELECT * FROM plain.t UNPIVOT(v FOR n IN (ci, s))',
    'Collation "und:ci" in UNPIVOT IN clause is not supported',
  ],
  [
    "CREATE FUNCTION plain.f(x STRING) AS (COLLATE(x, 'und:ci'))",
    'Collation "und:ci" in return type of user-defined function body is not allowed',
  ],
  ["CREATE TABLE plain.x (a INT64 COLLATE 'und:ci')", 'but was applied to INT64'],
  [
    "CREATE TABLE plain.x (a STRING COLLATE 'und:ci') CLUSTER BY a",
    'Clustering by a column with a collation is not supported: a',
  ],
  ["ALTER VIEW plain.t SET DEFAULT COLLATE 'und:ci'", 'ALTER VIEW does not support SET DEFAULT COLLATE'],
  [
    "SELECT (SELECT COUNTIF(x = ci) FROM UNNEST(['FIG']) AS x) FROM plain.t GROUP BY ci",
    'A sub-query over what is grouped by a collation is not supported by the emulator',
  ],
])('%s fails in the words of the service', async (sql, words) => {
  await expect(bench.query(sql)).rejects.toThrow(words);
});

describe('columns that say nothing of how they are compared', () => {
  const collations = (dataset: string, table: string): Promise<unknown> =>
    bench.rows(
      `SELECT column_name, collation_name FROM ${dataset}.INFORMATION_SCHEMA.COLUMNS WHERE table_name = '${table}'`,
    );

  test('take what their table says, and it what its dataset says; an empty collation keeps a column out', async () => {
    await bench.query("CREATE TABLE folded.a (x STRING, y STRING COLLATE '', z STRUCT<v STRING>, n INT64)");
    expect(await collations('folded', 'a')).toEqual([
      ['x', 'und:ci'],
      ['y', 'NULL'],
      ['z', 'NULL'],
      ['n', 'NULL'],
    ]);
    const [[ddl]] = (await bench.rows(
      "SELECT ddl FROM folded.INFORMATION_SCHEMA.TABLES WHERE table_name = 'a' AND default_collation_name = 'und:ci'",
    )) as [[string]];
    expect(ddl).toContain("z STRUCT<v STRING COLLATE 'und:ci'>,\n  n INT64\n)\nDEFAULT COLLATE 'und:ci'");
    await bench.query(
      "CREATE TABLE folded.b (x STRING) DEFAULT COLLATE ''; CREATE TABLE folded.c LIKE plain.t",
    );
    expect(await collations('folded', 'b')).toEqual([['x', 'NULL']]);
    expect(await collations('folded', 'c')).toContainEqual(['s', 'NULL']);
  });

  test('take nothing that is said after they are there', async () => {
    await bench.query(`
      CREATE TABLE plain.d (x STRING);
      ALTER TABLE plain.d SET DEFAULT COLLATE 'und:ci';
      ALTER TABLE plain.d ADD COLUMN y STRING, ADD COLUMN z STRING COLLATE '';
      ALTER TABLE plain.d ADD COLUMN w STRING;
      ALTER TABLE plain.d ALTER COLUMN w SET DATA TYPE STRING COLLATE ''`);
    expect(await collations('plain', 'd')).toEqual([
      ['x', 'NULL'],
      ['y', 'und:ci'],
      ['z', 'NULL'],
      ['w', 'NULL'],
    ]);
  });

  test('are told of and asked for over REST', async () => {
    const path = '/projects/lab/datasets';
    const datasetReference = { datasetId: 'rest' };
    await bench.send('POST', path, { datasetReference, defaultCollation: 'und:ci' });
    const fields = [
      { name: 'a', type: 'STRING' },
      { name: 'b', type: 'STRING', collation: '' },
    ];
    const body = { tableReference: { tableId: 't' }, schema: { fields } };
    expect(await bench.send('POST', `${path}/rest/tables`, body)).toMatchObject({
      defaultCollation: 'und:ci',
      schema: {
        fields: [
          { name: 'a', collation: 'und:ci' },
          { name: 'b', collation: '' },
        ],
      },
    });
    // A client sends what it knows of the schema.
    const grown = { schema: { fields: [...fields, { name: 'c', type: 'STRING' }] } };
    expect(await bench.send('PATCH', `${path}/rest/tables/t`, grown)).toMatchObject({
      schema: { fields: [{ collation: 'und:ci' }, { collation: '' }, { collation: 'und:ci' }] },
    });
    const other = { schema: { fields: [{ name: 'a', type: 'INTEGER', collation: 'und:ci' }] } };
    await expect(bench.send('PATCH', `${path}/rest/tables/t`, other)).rejects.toThrow('not of type STRING');
    expect(
      (
        await bench.send<{ schema: unknown }>('POST', '/projects/lab/queries', {
          query: 'SELECT a FROM rest.t',
          useLegacySql: false,
        })
      ).schema,
    ).toEqual({ fields: [{ name: 'a', type: 'STRING', mode: 'NULLABLE', collation: 'und:ci' }] });
  });
});

test('texts have the order of the root collation up to accents, whatever their case', async () => {
  const letter = fc.constantFrom(...'aAbBzZ09 -_.,éÉèÈñÑøØßçÇâÂαΑωΩжЖ日本かカ');
  const texts = fc.sample(fc.string({ unit: letter, maxLength: 4 }), { numRuns: 60, seed: 7 });
  const root = new Intl.Collator('und', { sensitivity: 'accent' });
  const rows = await bench.rows(
    "SELECT i, j, COLLATE(a, 'und:ci') < b, COLLATE(a, 'und:ci') = b FROM UNNEST(@t) AS a WITH OFFSET AS i, UNNEST(@t) AS b WITH OFFSET AS j WHERE i < j",
    {
      parameterMode: 'NAMED',
      queryParameters: [
        {
          name: 't',
          parameterType: { type: 'ARRAY', arrayType: { type: 'STRING' } },
          parameterValue: { arrayValues: texts.map((value) => ({ value })) },
        },
      ],
    },
  );
  expect(rows).toHaveLength(1770);
  for (const [i, j, less, equal] of rows as [number, number, boolean, boolean][]) {
    const order = root.compare(String(texts[i]), String(texts[j]));
    expect([texts[i], texts[j], less, equal]).toEqual([texts[i], texts[j], order < 0, order === 0]);
  }
});
