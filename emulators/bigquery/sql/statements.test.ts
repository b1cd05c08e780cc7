import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.query(`
    CREATE SCHEMA lab;
    CREATE TABLE lab.sensors (sensor_id INT64 NOT NULL, room STRING, installed DATE);
    INSERT INTO lab.sensors VALUES (1, 'hall', '2025-12-01'), (2, 'attic', '2026-01-15'), (3, NULL, NULL);
    CREATE TABLE lab.readings (
      reading_id INT64, sensor_id INT64, taken_at TIMESTAMP, celsius NUMERIC(8, 2), humidity FLOAT64, tags ARRAY<STRING>,
      parts ARRAY<STRUCT<name STRING, weight NUMERIC>>, detail STRING);
    INSERT INTO lab.readings VALUES
      (1, 1, '2026-01-01 02:30:00+00', NUMERIC '20.10', 0.5, ['a', 'b'], [STRUCT('x' AS name, NUMERIC '1.5' AS weight), ('y', 2)], '{"unit":{"name":"C"},"ok":true}'),
      (2, 1, '2026-01-01 12:00:00+00', NUMERIC '20.20', 0.25, ['b'], [STRUCT('x' AS name, NUMERIC '0.5' AS weight)], '{"unit":{"name":"F"}}'),
      (3, 1, '2026-01-02 12:00:00+00', NUMERIC '20.20', NULL, [], [], NULL),
      (4, 2, '2026-01-05 00:00:00+00', NUMERIC '-3.00', 1.0, ['c'], [], '{"unit":null}');
    CREATE TABLE lab.books (title STRING, shelf STRING, copies INT64);
    INSERT INTO lab.books VALUES ('Dune', 'A', 3), ('Emma', 'A', 1), ('Ulysses', 'B', 2), ('Walden', NULL, 1);`);
});
afterAll(() => bench.stop());

type Case = readonly [sql: string, rows: readonly (readonly unknown[])[]];

const queries: Readonly<Record<string, readonly Case[]>> = {
  'order and NULLs': [
    ['SELECT shelf FROM lab.books ORDER BY shelf, title', [[null], ['A'], ['A'], ['B']]],
    ['SELECT shelf FROM lab.books ORDER BY shelf DESC, title LIMIT 1', [['B']]],
    [
      'SELECT title FROM lab.books ORDER BY shelf NULLS LAST, title LIMIT 3 OFFSET 2',
      [['Ulysses'], ['Walden']],
    ],
    ['SELECT DISTINCT shelf FROM lab.books ORDER BY shelf', [[null], ['A'], ['B']]],
    ["SELECT x FROM UNNEST([1.0, CAST('nan' AS FLOAT64), NULL]) AS x ORDER BY x DESC LIMIT 1", [[1]]],
  ],
  joins: [
    [
      'SELECT s.room, COUNT(r.reading_id) AS n FROM lab.sensors s LEFT JOIN lab.readings r ON r.sensor_id = s.sensor_id GROUP BY s.room ORDER BY n DESC',
      [
        ['hall', 3],
        ['attic', 1],
        [null, 0],
      ],
    ],
    [
      'SELECT sensor_id, room, reading_id FROM lab.sensors JOIN lab.readings USING (sensor_id) WHERE sensor_id = 2',
      [[2, 'attic', 4]],
    ],
    [
      'SELECT * FROM (SELECT 1 AS k, 2 AS a) FULL JOIN (SELECT 3 AS k, 4 AS b) USING (k) ORDER BY k',
      [
        [1, 2, null],
        [3, null, 4],
      ],
    ],
    ['SELECT COUNT(*) FROM lab.sensors, lab.books', [[12]]],
    [
      'SELECT a.title, b.title FROM lab.books a JOIN lab.books b ON a.shelf = b.shelf AND a.title < b.title'.replace(
        'b.title FROM',
        'b.title AS other FROM',
      ),
      [['Dune', 'Emma']],
    ],
  ],
  'rows that are one value': [
    ["SELECT AS STRUCT title, copies FROM lab.books WHERE shelf = 'B'", [['Ulysses', 2]]],
    [
      'SELECT AS VALUE ARRAY_AGG(b ORDER BY copies DESC LIMIT 1)[OFFSET(0)] FROM lab.books b GROUP BY shelf ORDER BY shelf LIMIT 2',
      [
        ['Walden', null, 1],
        ['Dune', 'A', 3],
      ],
    ],
    ['SELECT AS VALUE copies FROM lab.books ORDER BY copies LIMIT 1', [[1]]],
    ["SELECT b FROM lab.books b WHERE title = 'Emma'", [[{ title: 'Emma', shelf: 'A', copies: 1 }]]],
    ['SELECT m FROM (SELECT 1 AS m, 2 AS n) AS m', [[{ m: 1, n: 2 }]]],
  ],
  'sub-queries': [
    [
      'SELECT room FROM lab.sensors s WHERE EXISTS (SELECT 1 FROM lab.readings r WHERE r.sensor_id = s.sensor_id AND celsius < 0)',
      [['attic']],
    ],
    ['SELECT room FROM lab.sensors WHERE sensor_id NOT IN (SELECT sensor_id FROM lab.readings) ', [[null]]],
    [
      'SELECT (SELECT MAX(celsius) FROM lab.readings r WHERE r.sensor_id = s.sensor_id) AS m FROM lab.sensors s ORDER BY sensor_id',
      [[20.2], [-3], [null]],
    ],
    ['WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT x, y FROM a, b', [[1, 2]]],
    [
      "WITH RECURSIVE e AS (SELECT 'a' AS f, 'b' AS t UNION ALL SELECT 'b', 'a'), r AS (SELECT f, t FROM e UNION DISTINCT SELECT r.f, e.t FROM r JOIN e ON r.t = e.f) SELECT f, t FROM r ORDER BY f, t",
      [
        ['a', 'a'],
        ['a', 'b'],
        ['b', 'a'],
        ['b', 'b'],
      ],
    ],
    [
      'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT SUM(i) FROM n',
      [[15]],
    ],
    ['SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 2) EXCEPT DISTINCT SELECT 1', [[2]]],
    [
      "SELECT 1 AS x, 'a' AS y UNION ALL SELECT NUMERIC '2.5', NULL ORDER BY x DESC",
      [
        [2.5, null],
        [1, 'a'],
      ],
    ],
  ],
  grouping: [
    [
      'SELECT shelf, SUM(copies) AS n FROM lab.books GROUP BY shelf HAVING n > 1 ORDER BY 2 DESC',
      [
        ['A', 4],
        ['B', 2],
      ],
    ],
    ['SELECT UPPER(title) AS title FROM lab.books GROUP BY title ORDER BY title LIMIT 1', [['DUNE']]],
    [
      'SELECT shelf, COUNT(*) AS n FROM lab.books GROUP BY ROLLUP (shelf) ORDER BY n DESC, shelf LIMIT 2',
      [
        [null, 4],
        ['A', 2],
      ],
    ],
    ['SELECT COUNT(DISTINCT shelf) AS d, COUNT(shelf) AS c, COUNT(*) AS n FROM lab.books', [[2, 3, 4]]],
    [
      'SELECT DATE_TRUNC(DATE(taken_at), MONTH) AS month, COUNT(*) AS n FROM lab.readings GROUP BY month',
      [['2026-01-01', 4]],
    ],
    [
      'SELECT shelf, COUNT(*) AS n FROM lab.books GROUP BY ALL ORDER BY shelf',
      [
        [null, 1],
        ['A', 2],
        ['B', 1],
      ],
    ],
    ['SELECT COUNT(*) AS n, SUM(copies) AS s FROM lab.books WHERE FALSE', [[0, null]]],
  ],
  'exact numbers': [
    ['SELECT SUM(celsius) AS s FROM lab.readings', [[57.5]]],
    ['SELECT AVG(celsius) AS a FROM lab.readings WHERE sensor_id = 1', [[20.166666667]]],
    ['SELECT celsius / 3 AS x FROM lab.readings WHERE reading_id = 1', [[6.7]]],
    ['SELECT ROUND(SAFE_DIVIDE(SUM(celsius), COUNT(*)), 2) AS x FROM lab.readings', [[14.38]]],
    ['SELECT SUM(SUM(celsius)) OVER () AS total FROM lab.readings GROUP BY sensor_id', [[57.5], [57.5]]],
    [
      "SELECT NUMERIC '0.1' + NUMERIC '0.2' = NUMERIC '0.3' AS exact, 0.1 + 0.2 = 0.3 AS floating",
      [[true, false]],
    ],
    ['SELECT 7 / 2 AS a, DIV(7, 2) AS b, 5 - 2 * 3 AS c, -7 / 2 AS d', [[3.5, 3, -1, -3.5]]],
  ],
  windows: [
    [
      'SELECT reading_id, ROW_NUMBER() OVER (PARTITION BY sensor_id ORDER BY taken_at DESC) AS n FROM lab.readings ORDER BY 1',
      [
        [1, 3],
        [2, 2],
        [3, 1],
        [4, 1],
      ],
    ],
    [
      'SELECT reading_id FROM lab.readings QUALIFY ROW_NUMBER() OVER (PARTITION BY sensor_id ORDER BY taken_at DESC) = 1 ORDER BY 1',
      [[3], [4]],
    ],
    [
      'SELECT reading_id, SUM(celsius) OVER (ORDER BY reading_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s FROM lab.readings ORDER BY 1',
      [
        [1, 20.1],
        [2, 40.3],
        [3, 40.4],
        [4, 17.2],
      ],
    ],
    [
      'SELECT reading_id, RANK() OVER w AS r, DENSE_RANK() OVER w AS d FROM lab.readings WINDOW w AS (ORDER BY celsius DESC) ORDER BY 1',
      [
        [1, 3, 2],
        [2, 1, 1],
        [3, 1, 1],
        [4, 4, 3],
      ],
    ],
    [
      'SELECT reading_id, LAG(reading_id) OVER (ORDER BY reading_id) AS before, LEAD(reading_id, 1, 0) OVER (ORDER BY reading_id) AS after FROM lab.readings ORDER BY 1 LIMIT 2',
      [
        [1, null, 2],
        [2, 1, 3],
      ],
    ],
    [
      'SELECT reading_id, LAST_VALUE(humidity IGNORE NULLS) OVER (ORDER BY reading_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS h FROM lab.readings ORDER BY 1',
      [
        [1, 0.5],
        [2, 0.25],
        [3, 0.25],
        [4, 1],
      ],
    ],
    [
      'SELECT d, COUNT(*) OVER (ORDER BY UNIX_DATE(d) RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS n FROM (SELECT DISTINCT DATE(taken_at) AS d FROM lab.readings) ORDER BY d',
      [
        ['2026-01-01', 1],
        ['2026-01-02', 2],
        ['2026-01-05', 1],
      ],
    ],
    ['SELECT DISTINCT PERCENTILE_CONT(humidity, 0.5) OVER () AS median FROM lab.readings', [[0.5]]],
    [
      'SELECT NTILE(2) OVER (ORDER BY reading_id) AS half FROM lab.readings ORDER BY reading_id',
      [[1], [1], [2], [2]],
    ],
    [
      'SELECT reading_id, AVG(celsius) OVER (PARTITION BY sensor_id) AS a FROM lab.readings ORDER BY 1 LIMIT 1',
      [[1, 20.166666667]],
    ],
  ],
  'arrays and structs': [
    [
      'SELECT reading_id, tag FROM lab.readings, UNNEST(tags) AS tag ORDER BY 1, 2',
      [
        [1, 'a'],
        [1, 'b'],
        [2, 'b'],
        [4, 'c'],
      ],
    ],
    [
      'SELECT r.reading_id, p.name, i FROM lab.readings r LEFT JOIN UNNEST(r.parts) AS p WITH OFFSET AS i WHERE reading_id < 4 ORDER BY 1, 3',
      [
        [1, 'x', 0],
        [1, 'y', 1],
        [2, 'x', 0],
        [3, null, null],
      ],
    ],
    [
      'SELECT reading_id, (SELECT SUM(weight) FROM UNNEST(parts)) AS w FROM lab.readings ORDER BY 1',
      [
        [1, 3.5],
        [2, 0.5],
        [3, null],
        [4, null],
      ],
    ],
    ["SELECT reading_id FROM lab.readings WHERE 'b' IN UNNEST(tags) ORDER BY 1", [[1], [2]]],
    [
      'SELECT ARRAY(SELECT name FROM UNNEST(parts) ORDER BY name DESC) AS names FROM lab.readings WHERE reading_id = 1',
      [[['y', 'x']]],
    ],
    [
      'SELECT ARRAY_AGG(STRUCT(reading_id, celsius AS c) ORDER BY reading_id LIMIT 1) AS a FROM lab.readings',
      [[[{ reading_id: 1, c: 20.1 }]]],
    ],
    [
      'SELECT parts[OFFSET(0)].name AS n, parts[SAFE_OFFSET(7)].name AS m FROM lab.readings WHERE reading_id = 1',
      [['x', null]],
    ],
    ["SELECT s.a, s.b FROM (SELECT STRUCT(1 AS a, 'q' AS b) AS s)", [[1, 'q']]],
    ['SELECT p.* FROM lab.readings, UNNEST(parts) AS p WHERE reading_id = 2', [['x', 0.5]]],
    [
      'SELECT ARRAY_AGG(title ORDER BY copies DESC, title)[OFFSET(0)] AS most, ANY_VALUE(title HAVING MIN copies) IS NOT NULL AS least FROM lab.books',
      [['Dune', true]],
    ],
  ],
  'dates, times and zones': [
    [
      "SELECT reading_id, DATE(taken_at, 'America/Sao_Paulo') AS d FROM lab.readings ORDER BY 1 LIMIT 2",
      [
        [1, '2025-12-31'],
        [2, '2026-01-01'],
      ],
    ],
    [
      "SELECT COUNT(*) FROM lab.readings WHERE taken_at >= '2026-01-02' AND DATE(taken_at) < '2026-01-05'",
      [[1]],
    ],
    [
      "SELECT day, COUNT(r.reading_id) AS n FROM UNNEST(GENERATE_DATE_ARRAY(DATE '2026-01-01', DATE '2026-01-03')) AS day LEFT JOIN lab.readings r ON DATE(r.taken_at) = day GROUP BY day ORDER BY day",
      [
        ['2026-01-01', 2],
        ['2026-01-02', 1],
        ['2026-01-03', 0],
      ],
    ],
    [
      'SELECT TIMESTAMP_DIFF(MAX(taken_at), MIN(taken_at), DAY) AS whole, DATE_DIFF(DATE(MAX(taken_at)), DATE(MIN(taken_at)), DAY) AS boundaries FROM lab.readings',
      [[3, 4]],
    ],
    [
      'SELECT MAX(installed) - 1 AS before FROM lab.sensors'.replace(
        'MAX(installed) - 1',
        'DATE_SUB(MAX(installed), INTERVAL 1 DAY)',
      ),
      [['2026-01-14']],
    ],
  ],
  'text and JSON': [
    [
      "SELECT JSON_VALUE(detail, '$.unit.name') AS u FROM lab.readings ORDER BY reading_id",
      [['C'], ['F'], [null], [null]],
    ],
    [
      "SELECT STRING_AGG(title, '/' ORDER BY title DESC) AS t FROM lab.books WHERE title LIKE '%e%' OR title LIKE 'E%'",
      [['Walden/Ulysses/Emma/Dune']],
    ],
    [
      "SELECT CASE shelf WHEN 'A' THEN 'first' WHEN 'B' THEN 'second' ELSE 'none' END AS s FROM lab.books ORDER BY title",
      [['first'], ['first'], ['second'], ['none']],
    ],
    [
      'SELECT r\'\\d\' AS raw, \'it\\\'s\' AS quoted, """two\nlines""" AS triple -- comment',
      [['\\d', "it's", 'two\nlines']],
    ],
    [
      "SELECT CONCAT(title, '-', CAST(copies AS STRING)) AS x FROM lab.books WHERE shelf = 'B'",
      [['Ulysses-2']],
    ],
    [
      "SELECT CAST(2.0 AS STRING) AS a, CAST(NUMERIC '1.50' AS STRING) AS b, CAST(TIMESTAMP '2026-01-01 00:00:00.5+00' AS STRING) AS c",
      [['2', '1.5', '2026-01-01 00:00:00.500+00']],
    ],
  ],
  naming: [
    ['SELECT books.title FROM `lab.lab.books` WHERE books.copies = 3', [['Dune']]],
    ['SELECT COUNT(*) FROM `lab`.lab.`books`', [[4]]],
    [
      'SELECT * EXCEPT (copies) REPLACE (LOWER(title) AS title) FROM lab.books ORDER BY 1 LIMIT 1',
      [['dune', 'A']],
    ],
    ['SELECT b FROM (SELECT 1 AS a, 2 AS b,)', [[2]]],
    ["SELECT table_name FROM lab.INFORMATION_SCHEMA.TABLES WHERE table_name LIKE 'b%'", [['books']]],
    [
      "SELECT data_type FROM lab.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'readings' AND column_name IN ('celsius', 'tags') ORDER BY 1",
      [['ARRAY<STRING>'], ['NUMERIC(8, 2)']],
    ],
  ],
  pipes: [
    [
      'FROM lab.books |> AGGREGATE SUM(copies) AS n DESC GROUP BY shelf',
      [
        ['A', 4],
        ['B', 2],
        [null, 1],
      ],
    ],
    [
      "FROM lab.books |> WITH wanted AS (SELECT 'A' AS shelf) |> JOIN wanted USING (shelf) |> AGGREGATE COUNT(*)",
      [[2]],
    ],
    ['FROM lab.books |> TABLESAMPLE SYSTEM (100 PERCENT) |> AGGREGATE COUNT(*)', [[4]]],
    ['FROM lab.books |> TABLESAMPLE SYSTEM (0 PERCENT) |> AGGREGATE COUNT(*)', [[0]]],
  ],
};

for (const [topic, cases] of Object.entries(queries))
  describe(topic, () => {
    test.each(cases)('%s', async (sql, rows) => {
      expect(await bench.rows(sql)).toEqual(rows);
    });
  });

describe('what is wrong is refused in the words of BigQuery, with its position', () => {
  test.each([
    ['SELECT titel FROM lab.books', 'Unrecognized name: titel; Did you mean title? at [1:8]'],
    ['SELECT LENGHT(title) FROM lab.books', 'Function not found: LENGHT; Did you mean LENGTH? at [1:8]'],
    ["SELECT read_csv('/etc/passwd')", 'Function not found: read_csv at [1:8]'],
    [
      "SELECT * FROM read_csv('/etc/passwd')",
      'The table function read_csv is not supported by the emulator at [1:15]',
    ],
    [
      "SELECT NET.REG_DOMAIN('http://a.b')",
      'The function NET.REG_DOMAIN is not supported by the emulator at [1:8]',
    ],
    ['SELECT ST_GEOGPOINT(1, 2)', 'The function ST_GEOGPOINT is not supported by the emulator at [1:8]'],
    [
      "INSERT lab.books (title, title) VALUES ('a', 'b')",
      'INSERT has columns with duplicate name: title at [1:1]',
    ],
    ["SELECT getenv('HOME')", 'Function not found: getenv at [1:8]'],
    ["COPY lab.books TO '/tmp/x'", 'Syntax error: Unexpected keyword COPY at [1:1]'],
    ["ATTACH '/tmp/x'", 'Syntax error: Unexpected identifier "ATTACH" at [1:1]'],
    [
      "LOAD DATA INTO lab.t LIKE lab.books FROM FILES (format='CSV')",
      'Syntax error: Unexpected keyword LIKE at [1:22]',
    ],
    [
      "LOAD DATA INTO lab.t CLONE lab.books FROM FILES (format='CSV')",
      'Syntax error: Unexpected keyword CLONE at [1:22]',
    ],
    [
      "LOAD DATA INTO lab.t (a INT64) AS SELECT 1 FROM FILES (format='CSV')",
      'Syntax error: Unexpected keyword AS at [1:32]',
    ],
    ["LOAD DATA INTO lab.t () FROM FILES (format='CSV')", 'Syntax error: Unexpected ")" at [1:23]'],
    [
      'LOAD DATA INTO lab.t (a INT64, PRIMARY KEY (a) NOT ENFORCED) FROM FILES ()',
      'LOAD DATA with keys is not supported by the emulator at [1:22]',
    ],
    [
      'LOAD DATA OVERWRITE lab.t PARTITIONS (_PARTITIONTIME = 1) FROM FILES ()',
      'LOAD DATA into PARTITIONS is not supported by the emulator at [1:27]',
    ],
    ['CREATE TABLE lab.t ()', 'Syntax error: Unexpected ")" at [1:21]'],
    ['PRAGMA version', 'Syntax error: Unexpected identifier "PRAGMA" at [1:1]'],
    [
      'GRANT `roles/x` ON SCHEMA lab TO "user:a@b.c"',
      'The statement GRANT is not supported by the emulator at [1:1]',
    ],
    ['SELECT 1 +', 'Syntax error: Unexpected end of script at [1:11]'],
    ['SELECT *\nFROM lab.nothing', 'Not found: Table lab:lab.nothing was not found in location US'],
    ['SELECT * FROM nowhere.thing', 'Not found: Dataset lab:nowhere was not found in location US'],
    [
      'SELECT title + 1 FROM lab.books',
      'No matching signature for operator + for argument types: STRING, INT64 at [1:14]',
    ],
    [
      "SELECT copies = 'x' FROM lab.books",
      'No matching signature for operator = for argument types: INT64, STRING at [1:15]',
    ],
    [
      'SELECT title, COUNT(*) FROM lab.books',
      'SELECT list expression references column title which is neither grouped nor aggregated at [1:1]',
    ],
    ["SELECT CAST('1.5' AS INT64)", 'Bad int64 value: 1.5 at [1:1]'],
    ["SELECT DATE '2026-02-30'", 'Invalid DATE literal: "2026-02-30" at [1:8]'],
    ["SELECT DATE(CURRENT_TIMESTAMP(), 'Mars/Base')", 'Invalid time zone: Mars/Base at [1:8]'],
    ['SELECT CAST(TRUE AS DATE)', 'Invalid cast from BOOL to DATE at [1:8]'],
    [
      'SELECT 1 AS a, 2 AS a',
      'Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): a at [1:1]',
    ],
    [
      'SELECT * FROM lab.books TABLESAMPLE SYSTEM (10 ROWS)',
      'Syntax error: Expected keyword PERCENT but got keyword ROWS at [1:48]',
    ],
    [
      "SELECT COUNT(*) FROM (SELECT STRUCT(JSON '1' AS j) AS x) GROUP BY x",
      'Grouping by expressions of type STRUCT containing JSON is not allowed at [1:67]',
    ],
    ["SELECT COLLATE('a', 'de')", "The collation 'de' is not supported by the emulator at [1:8]"],
    ["SELECT RANGE<INT64> '[1, 2)'", 'Unsupported type: RANGE<INT64> is not supported at [1:8]'],
    [
      "SELECT RANGE<DATE> '[2026-01-02, 2026-01-02)' FROM (SELECT 1) WHERE FALSE",
      'Invalid RANGE literal value: Range start element must be smaller than range end element at [1:8]',
    ],
    [
      "SELECT CONTAINS_SUBSTR(RANGE<DATE> '[2026-01-02, 2026-01-03)', '02')",
      'CONTAINS_SUBSTR of RANGE<DATE> is not supported by the emulator at [1:8]',
    ],
    [
      "SELECT RANGE<DATE> '[2026-01-02,2026-01-03)'",
      'Invalid RANGE literal value: Failed to parse range: range must be formatted exactly as [START, END) with two parts, START and END, divided with ", " at [1:8]',
    ],
    [
      "SELECT SAFE_CAST('abcd' AS STRING(3))",
      'STRING(3) has maximum length 3 but got a value with length 4 at [1:1]',
    ],
    [
      'SELECT CAST(12345 AS NUMERIC(5, 2))',
      'NUMERIC(5, 2) has precision 5 and scale 2 but got a value that is not in range of [-999.99, 999.99] at [1:1]',
    ],
    ["SELECT CAST('1' AS NUMERIC(39, 2))", 'In NUMERIC(P, 2), P must be between 2 and 31 at [1:20]'],
    [
      "SELECT FORMAT_DATE(f, DATE '2026-01-01') FROM UNNEST(['%Y']) AS f",
      'FORMAT_DATE with a format, pattern or path that is no constant is not supported by the emulator at [1:8]',
    ],
    ['SELECT AS VALUE 1, 2', 'SELECT AS VALUE query must have exactly one column at [1:1]'],
    [
      'SELECT ARRAY_AGG(x LIMIT -1) FROM UNNEST([1]) AS x',
      'Limit requires non-negative count and offset at [1:26]',
    ],
    [
      "SELECT STRING_AGG(x LIMIT CAST('-1' AS INT64)) FROM UNNEST(['a']) AS x",
      'Limit requires non-negative count and offset at [1:1]',
    ],
    [
      'SELECT ARRAY_CONCAT_AGG(x.a LIMIT NULL) FROM UNNEST([STRUCT([1] AS a)]) AS x',
      'Limit requires non-null count and offset at [1:35]',
    ],
    [
      'SELECT MAX([x]) FROM UNNEST([1]) AS x',
      'MAX is not defined for arguments of type ARRAY<INT64> at [1:8]',
    ],
    ['SELECT COUNT(*)', 'Aggregate function COUNT(*) not allowed in SELECT without FROM clause at [1:8]'],
    [
      'SELECT title FROM lab.books QUALIFY copies > 1',
      'The QUALIFY clause requires analytic function to be present at [1:44]',
    ],
    [
      'SELECT title FROM lab.books WHERE copies > RANK() OVER (ORDER BY title)',
      'Analytic function not allowed in WHERE clause at [1:44]',
    ],
    [
      'SELECT shelf FROM lab.books GROUP BY shelf HAVING RANK() OVER (ORDER BY shelf) = 1',
      'Analytic function not allowed in HAVING clause at [1:51]',
    ],
    [
      'SELECT COUNT(*) OVER () AS n FROM lab.books HAVING n = 1',
      'Column n contains an analytic function, which is not allowed in HAVING clause at [1:52]',
    ],
    [
      'SELECT COUNT(*) OVER () AS n FROM lab.books GROUP BY n',
      'Column n contains an analytic function, which is not allowed in GROUP BY at [1:54]',
    ],
    [
      'SELECT 1 UNION SELECT 2',
      'Syntax error: Expected keyword ALL or keyword DISTINCT but got keyword SELECT at [1:16]',
    ],
  ])('%s', async (sql, message) => {
    const error = await bench.query(sql).then(
      () => new Error('it was answered'),
      (thrown: Error) => thrown,
    );
    expect(error.message).toBe(message);
  });
});

test('formats, patterns and paths may be parameters', async () => {
  const parameters = { f: '%Y/%m', p: '$.a', g: "it's %d" };
  const queryParameters = Object.entries(parameters).map(([name, value]) => ({
    name,
    parameterType: { type: 'STRING' },
    parameterValue: { value },
  }));
  expect(
    await bench.rows(
      `SELECT FORMAT_DATE(@\`f\`, DATE '2026-02-03'), PARSE_DATE(@f, '2026/02'), JSON_VALUE('{"a":1}', @p), FORMAT(@g, 5)`,
      { queryParameters, parameterMode: 'NAMED' },
    ),
  ).toEqual([['2026/02', '2026-02-01', '1', "it's 5"]]);
});
