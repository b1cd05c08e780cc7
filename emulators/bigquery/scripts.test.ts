import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Bench } from './testing.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  await bench.query('CREATE SCHEMA lab');
});
beforeEach(() =>
  bench.query(`
    CREATE OR REPLACE TABLE lab.stock AS
      SELECT * FROM UNNEST([STRUCT('Dune' AS title, 3 AS copies), ('Emma', 1), ('Walden', 2)]);
    CREATE OR REPLACE TABLE lab.arrivals AS SELECT * FROM UNNEST([STRUCT('Dune' AS title, 2 AS copies), ('Ulysses', 7)])`),
);
afterAll(() => bench.stop());

const stock = (): Promise<readonly (readonly unknown[])[]> =>
  bench.rows('SELECT title, copies FROM lab.stock ORDER BY title');
const failure = (sql: string): Promise<string> =>
  bench.query(sql).then(
    () => 'it was answered',
    (error: Error) => error.message,
  );

describe('changes of data', () => {
  test('MERGE updates, inserts and deletes what only the target has', async () => {
    const { affected } = await bench.query(`MERGE lab.stock t USING lab.arrivals s ON t.title = s.title
      WHEN MATCHED THEN UPDATE SET copies = t.copies + s.copies
      WHEN NOT MATCHED THEN INSERT ROW
      WHEN NOT MATCHED BY SOURCE AND t.copies < 2 THEN DELETE`);
    expect(affected).toBe(3);
    expect(await stock()).toEqual([
      ['Dune', 5],
      ['Ulysses', 7],
      ['Walden', 2],
    ]);
  });
  test('MERGE ON FALSE replaces a part of the table', async () => {
    await bench.query(`MERGE lab.stock t USING (SELECT 'Dune' AS title, 9 AS copies) s ON FALSE
      WHEN NOT MATCHED THEN INSERT (title, copies) VALUES (title, copies)
      WHEN NOT MATCHED BY SOURCE AND t.title = 'Dune' THEN DELETE`);
    expect(await stock()).toEqual([
      ['Dune', 9],
      ['Emma', 1],
      ['Walden', 2],
    ]);
  });
  test('a MERGE or UPDATE that meets a row twice changes nothing', async () => {
    await bench.query("INSERT lab.arrivals VALUES ('Dune', 1)");
    const twice = /must match at most one source row/;
    expect(
      await failure(
        'MERGE lab.stock t USING lab.arrivals s ON t.title = s.title WHEN MATCHED THEN UPDATE SET copies = s.copies',
      ),
    ).toMatch(twice);
    expect(
      await failure('UPDATE lab.stock t SET copies = s.copies FROM lab.arrivals s WHERE t.title = s.title'),
    ).toMatch(twice);
    expect(await stock()).toEqual([
      ['Dune', 3],
      ['Emma', 1],
      ['Walden', 2],
    ]);
  });
  test('UPDATE … FROM, DELETE and TRUNCATE say how many rows they changed', async () => {
    expect(
      (
        await bench.query(
          'UPDATE lab.stock t SET copies = t.copies + s.copies FROM lab.arrivals s WHERE t.title = s.title',
        )
      ).affected,
    ).toBe(1);
    expect(
      (await bench.query('DELETE lab.stock WHERE title IN (SELECT title FROM lab.arrivals)')).affected,
    ).toBe(1);
    expect((await bench.query('TRUNCATE TABLE lab.stock')).affected).toBe(2);
  });
  test('a field of a STRUCT is set, be it NULL or that of a source alike, and no part of it twice', async () => {
    await bench.query(`CREATE TABLE lab.nested AS SELECT 1 AS id, STRUCT(2 AS a, STRUCT(3 AS c, 'd' AS d) AS b) AS s;
      INSERT lab.nested VALUES (4, NULL);
      UPDATE lab.nested t SET s.a = u.s.b.c, s.b.c = 5 FROM lab.nested u WHERE u.id = 1`);
    const rows = await bench.rows('SELECT id, s.a, s.b FROM lab.nested ORDER BY id');
    expect(rows).toEqual([
      [1, 3, { c: 5, d: 'd' }],
      [4, 3, { c: 5, d: null }],
    ]);
    const refused = (set: string) => failure(`UPDATE lab.nested SET ${set} WHERE TRUE`);
    expect(await refused('s.a = 1, s = NULL')).toBe('Update item s overlaps with s.a at [1:32]');
    expect(await refused('s.a = 1, S.A = 2')).toBe('Update item S.A assigned more than once at [1:32]');
  });
  test('a value of another type is refused, a literal is taken', async () => {
    expect(await failure("INSERT lab.stock (title, copies) VALUES ('x', 'many')")).toMatch(
      /Value has type STRING which cannot be inserted into column copies, which has type INT64/,
    );
    await bench.query(
      "CREATE TABLE lab.days (d DATE); INSERT lab.days VALUES ('2026-01-01'); INSERT lab.days SELECT '2026-01-02'",
    );
    expect(await bench.rows('SELECT d FROM lab.days ORDER BY d')).toEqual([['2026-01-01'], ['2026-01-02']]);
  });
});

describe('scripts', () => {
  test.each([
    ['DECLARE n INT64 DEFAULT 2; SET n = n * 10; SELECT n', [[20]]],
    ['DECLARE a, b INT64 DEFAULT 1; SET (a, b) = (b + 1, a + 5); SELECT a, b', [[2, 6]]],
    [
      "IF (SELECT COUNT(*) FROM lab.stock) > 5 THEN SELECT 'many'; ELSEIF TRUE THEN SELECT 'few'; ELSE SELECT 'none'; END IF",
      [['few']],
    ],
    [
      'DECLARE i INT64 DEFAULT 0; WHILE TRUE DO SET i = i + 1; IF i = 3 THEN BREAK; END IF; END WHILE; SELECT i',
      [[3]],
    ],
    [
      'DECLARE s STRING DEFAULT ""; FOR r IN (SELECT title FROM lab.stock ORDER BY title) DO SET s = CONCAT(s, r.title, "."); END FOR; SELECT s',
      [['Dune.Emma.Walden.']],
    ],
    ['DELETE FROM lab.stock WHERE copies = 1; SELECT @@row_count', [[1]]],
    [
      "DECLARE n INT64; EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM lab.stock WHERE copies > @least' INTO n USING 1 AS least; SELECT n",
      [[2]],
    ],
    [
      "BEGIN SELECT ERROR('bad luck'); EXCEPTION WHEN ERROR THEN SELECT @@error.message LIKE 'bad luck%'; END",
      [[true]],
    ],
    [
      'DECLARE i INT64 DEFAULT 0; outer_loop: LOOP SET i = i + 1; WHILE TRUE DO IF i > 2 THEN BREAK outer_loop; END IF; CONTINUE outer_loop; END WHILE; END LOOP outer_loop; SELECT i',
      [[3]],
    ],
    ["SET @@dataset_id = 'lab'; SELECT COUNT(*), @@dataset_id FROM stock", [[3, 'lab']]],
    ['DECLARE i INT64 DEFAULT 0; b: BEGIN SET i = 1; LEAVE b; SET i = 2; END b; SELECT i', [[1]]],
    [
      "BEGIN BEGIN RAISE USING MESSAGE = 'deep'; EXCEPTION WHEN ERROR THEN RAISE; END; EXCEPTION WHEN ERROR THEN SELECT @@error.message, @@error.statement_text; END",
      [['deep', "RAISE USING MESSAGE = 'deep'"]],
    ],
    ['CREATE TEMP TABLE t AS SELECT 1 AS x; INSERT INTO t VALUES (2); SELECT SUM(x) FROM t', [[3]]],
  ])('%s', async (sql, rows) => {
    expect(await bench.rows(sql)).toEqual(rows);
  });

  test('the procedures of the service are there or refused by name', async () => {
    await bench.query('CREATE MATERIALIZED VIEW lab.refreshed AS SELECT COUNT(*) AS n FROM lab.stock');
    await bench.query("CALL BQ.REFRESH_MATERIALIZED_VIEW('lab.refreshed')");
    expect(await failure("CALL BQ.REFRESH_MATERIALIZED_VIEW('lab.stock')")).toMatch(/is a TABLE, not/);
    expect(await failure("CALL BQ.JOBS.CANCEL('x')")).toMatch(
      /The procedure BQ.JOBS.CANCEL is not supported by the emulator at \[1:1\]/,
    );
    await bench.query('DROP MATERIALIZED VIEW lab.refreshed');
  });
  test('a variable is declared once, also where a block stands in another', async () => {
    expect(await failure('DECLARE x INT64; BEGIN DECLARE x INT64; END')).toMatch(
      /Variable 'x' redeclaration is not allowed at \[1:24\]/,
    );
  });
  test('a variable ends with its script', async () => {
    await bench.query('DECLARE left_over INT64 DEFAULT 1; SELECT left_over');
    expect(await failure('SELECT left_over')).toMatch(/Unrecognized name: left_over/);
  });
  test('an ASSERT that fails ends the script with its message, and nothing after it runs', async () => {
    expect(
      await failure(
        "ASSERT (SELECT COUNT(*) FROM lab.stock) = 0 AS 'the shelf is not empty'; TRUNCATE TABLE lab.stock",
      ),
    ).toBe('the shelf is not empty at [1:1]');
    expect(await stock()).toHaveLength(3);
  });
  test('what a transaction did is undone by ROLLBACK, and by an error', async () => {
    await bench.query('BEGIN TRANSACTION; DELETE FROM lab.stock WHERE TRUE; ROLLBACK TRANSACTION');
    expect(
      await failure("BEGIN TRANSACTION; DELETE FROM lab.stock WHERE TRUE; RAISE USING MESSAGE = 'stop'"),
    ).toBe('stop at [1:54]');
    expect(await stock()).toHaveLength(3);
    await bench.query("BEGIN; DELETE FROM lab.stock WHERE title = 'Emma'; COMMIT");
    expect(await stock()).toHaveLength(2);
  });
  test('others do not see a transaction before it commits', async () => {
    const script = bench.query(
      "BEGIN TRANSACTION; INSERT lab.stock VALUES ('x', 1); SELECT COUNT(*) FROM lab.stock; ROLLBACK",
    );
    expect((await script).rows).toEqual([[4]]);
    expect(await stock()).toHaveLength(3);
  });
});

describe('procedures', () => {
  test('a procedure takes arguments, has its own variables and may call another', async () => {
    await bench.query(`
      CREATE OR REPLACE PROCEDURE lab.restock(wanted STRING, extra INT64) BEGIN
        DECLARE before INT64 DEFAULT (SELECT copies FROM lab.stock WHERE title = wanted);
        UPDATE lab.stock SET copies = before + extra WHERE title = wanted;
      END;
      CREATE OR REPLACE PROCEDURE lab.restock_twice(wanted STRING) BEGIN
        CALL lab.restock(wanted, 10);
        CALL lab.restock(wanted, 10);
      END`);
    await bench.query("CALL lab.restock_twice('Emma')");
    expect(await bench.value("SELECT copies FROM lab.stock WHERE title = 'Emma'")).toBe(21);
  });
  test('an OUT argument comes back', async () => {
    await bench.query(
      'CREATE OR REPLACE PROCEDURE lab.total(OUT n INT64) BEGIN SET n = (SELECT SUM(copies) FROM lab.stock); END',
    );
    expect(await bench.value('DECLARE n INT64; CALL lab.total(n); SELECT n')).toBe(6);
  });
  test('a missing procedure and a wrong number of arguments are refused', async () => {
    expect(await failure('CALL lab.nothing()')).toBe('Not found: Routine lab:lab.nothing');
    expect(await failure('CALL lab.total()')).toMatch(/takes 1 arguments, 0 given/);
  });
});

describe('times without a zone stand in the zone of the session', () => {
  const parts = `FORMAT('%t', TIMESTAMP '2026-01-01'), DATE(TIMESTAMP '2026-01-01 02:00:00+00'),
    CAST(TIMESTAMP '2026-01-01 02:00:00+00' AS STRING), TIMESTAMP_TRUNC(TIMESTAMP '2026-01-01 02:00:00+00', DAY) = '2025-12-31'`;
  const there = [['2026-01-01 03:00:00+00', '2025-12-31', '2025-12-31 23:00:00-03', true]];
  test('set by the script', async () => {
    expect(await bench.rows(`SET @@time_zone = 'America/Sao_Paulo'; SELECT ${parts}`)).toEqual(there);
    expect(await failure("SET @@time_zone = 'Mars/Base'")).toMatch(/Invalid time zone: Mars\/Base/);
  });
  test('in each step of a recursion too', async () => {
    const steps = `WITH RECURSIVE r AS (
      SELECT TIMESTAMP '2026-01-01' AS t UNION ALL SELECT '2026-01-02' FROM r WHERE t < '2026-01-02') SELECT t FROM r ORDER BY t`;
    expect(await bench.rows(`SET @@time_zone = 'America/Sao_Paulo'; ${steps}`)).toEqual([
      ['2026-01-01T03:00:00Z'],
      ['2026-01-02T03:00:00Z'],
    ]);
  });
  test('set by the connection, for that query alone', async () => {
    const connectionProperties = [{ key: 'time_zone', value: 'America/Sao_Paulo' }];
    expect(await bench.rows(`SELECT ${parts}`, { connectionProperties })).toEqual(there);
    expect(await bench.value('SELECT @@time_zone')).toBe('UTC');
  });
});

describe('definitions', () => {
  test('CREATE OR REPLACE TABLE AS keeps the old rows when its query fails', async () => {
    expect(await failure('CREATE OR REPLACE TABLE lab.stock AS SELECT 1 / 0 AS x')).toMatch(
      /division by zero/,
    );
    expect(await stock()).toHaveLength(3);
    await bench.query(
      'CREATE OR REPLACE TABLE lab.stock CLUSTER BY title OPTIONS(description="new") AS SELECT DATE "2026-01-01" AS d, title FROM lab.stock',
    );
    expect(await bench.rows('SELECT MIN(d), COUNT(*) FROM lab.stock')).toEqual([['2026-01-01', 3]]);
    const table = await bench.send('GET', '/projects/lab/datasets/lab/tables/stock');
    expect(table).toMatchObject({
      clustering: { fields: ['title'] },
      description: 'new',
      numRows: '3',
    });
  });
  test('columns of INTERVAL and BIGNUMERIC are kept, changed and merged', async () => {
    await bench.query(`CREATE TABLE lab.exact (k INT64, n NUMERIC DEFAULT 7, v INTERVAL DEFAULT INTERVAL 1 DAY);
      INSERT lab.exact (k) VALUES (1), (2);
      ALTER TABLE lab.exact ALTER COLUMN k SET DATA TYPE BIGNUMERIC;
      UPDATE lab.exact SET v = v + INTERVAL 1 HOUR, k = k / 3 WHERE v = INTERVAL 24 HOUR AND k = 1;
      MERGE lab.exact t USING (SELECT BIGNUMERIC '2' AS k) s ON t.k = s.k WHEN MATCHED THEN UPDATE SET v = NULL`);
    expect(await bench.rows('SELECT CAST(k AS STRING), n, v FROM lab.exact ORDER BY k')).toEqual([
      ['0.33333333333333333333333333333333333333', 7, '0-0 1 1:0:0'],
      ['2', 7, null],
    ]);
  });
  test('columns keep to the parameters of their types', async () => {
    await bench.query(
      'CREATE TABLE lab.narrow (s STRING(2), b BYTES(2), n NUMERIC(5, 2), r STRUCT<s STRING(2), n NUMERIC(5, 2)>)',
    );
    await bench.query("INSERT lab.narrow VALUES ('ab', b'ab', 1.255, ('ab', 1.25))");
    expect(await bench.rows('SELECT s, n, r.n AS m FROM lab.narrow')).toEqual([['ab', 1.26, 1.25]]);
    expect(await failure("INSERT lab.narrow (s) VALUES ('abc')")).toMatch(/^Field s: .* maximum length of 2/);
    expect(await failure("INSERT lab.narrow (b) VALUES (b'abc')")).toMatch(
      /^Field b: .* maximum length of 2/,
    );
    expect(await failure('INSERT lab.narrow (n) VALUES (1000)')).toMatch(
      /not in range of \[-999.99, 999.99\]/,
    );
    expect(await failure("INSERT lab.narrow (r) VALUES (('abc', 1))")).toMatch(/parameters of its type/);
    expect(await failure("INSERT lab.narrow (r) VALUES (('a', 1.255))")).toMatch(/parameters of its type/);
    expect(await failure('CREATE TABLE lab.lists (a ARRAY<STRING(2)>)')).toMatch(
      /inside of the ARRAY a is not/,
    );
    expect(
      await failure("CREATE TABLE lab.even (n NUMERIC OPTIONS(rounding_mode='ROUND_HALF_EVEN'))"),
    ).toMatch(/option rounding_mode of a column is not supported/);
  });
  test('a view follows its table and may read a view', async () => {
    await bench.query(
      'CREATE OR REPLACE VIEW lab.many AS SELECT title, copies FROM lab.stock WHERE copies > 1; CREATE OR REPLACE VIEW lab.most AS SELECT MAX(copies) AS n FROM lab.many',
    );
    await bench.query("INSERT lab.stock VALUES ('Ulysses', 8)");
    expect(await bench.rows('SELECT n FROM lab.most')).toEqual([[8]]);
    expect(await failure("INSERT lab.many VALUES ('x', 1)")).toMatch(/currently a VIEW/);
  });
  test('a table function keeps to the columns that RETURNS TABLE names', async () => {
    const made = (columns: string) =>
      `CREATE OR REPLACE TABLE FUNCTION lab.pairs(n INT64) RETURNS TABLE<${columns}> AS SELECT n AS x, 'q' AS y`;
    await bench.query(made('x FLOAT64, y STRING'));
    expect(await bench.query('SELECT x, y FROM lab.pairs(3)')).toMatchObject({
      types: ['FLOAT', 'STRING'],
      rows: [[3, 'q']],
    });
    expect(await failure(made('x INT64'))).toMatch(/has more columns/);
    expect(await failure(made('y STRING, x INT64'))).toMatch(/Column y of pairs is not column 1/);
    expect(await failure(made('x INT64, y DATE'))).toMatch(/STRING/);
  });
  test('columns are added with ALTER TABLE', async () => {
    await bench.query(
      'ALTER TABLE lab.stock ADD COLUMN IF NOT EXISTS note STRING, ADD COLUMN IF NOT EXISTS copies INT64',
    );
    expect((await bench.query('SELECT * FROM lab.stock')).columns).toEqual(['title', 'copies', 'note']);
  });
  test('a table that asks for a filter on its partitions is not read without one', async () => {
    await bench.query(
      'CREATE OR REPLACE TABLE lab.log (day DATE, line STRING) PARTITION BY day OPTIONS(require_partition_filter=TRUE)',
    );
    expect(await failure('SELECT line FROM lab.log')).toMatch(/without a filter over column\(s\) 'day'/);
    expect(await bench.rows("SELECT line FROM lab.log WHERE day = '2026-01-01'")).toEqual([]);
  });
});
