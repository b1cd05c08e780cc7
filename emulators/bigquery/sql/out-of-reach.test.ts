import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { analysisOf } from './analyze/analysis.ts';
import { entryOf } from './catalogue/index.ts';
import { cursorOver, query } from './parse/queries.ts';
import { SqlError } from './sql-error.ts';

/** What a statement without tables would be sent to DuckDB as. */
function lowered(text: string): string {
  const c = cursorOver(text);
  const tree = query(c);
  if (c.peek().kind !== 'end') c.fail('end of input');
  const none = (): never => {
    throw new SqlError('Not found');
  };
  const names = { table: none, wildcard: none, routine: () => undefined, informationSchema: () => undefined };
  const around = { names, parameters: new Map(), variables: () => undefined, nowMicros: 0n };
  return analysisOf(around).statement(tree).sql;
}

test("no function of DuckDB's own is reached by its name", async () => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const found = await connection.runAndReadAll('SELECT DISTINCT function_name FROM duckdb_functions()');
  const names = found
    .getRowsJson()
    .map(([name]) => String(name))
    .filter((name) => /^[a-z_]\w*$/i.test(name) && !entryOf(name));
  connection.closeSync();
  instance.closeSync();
  expect(names.length).toBeGreaterThan(600);
  const reached = names.flatMap((name) =>
    [`SELECT ${name}(1)`, `SELECT * FROM ${name}('a')`].filter((text) => {
      try {
        return lowered(text) !== '';
      } catch (error) {
        if (!(error instanceof SqlError)) throw error;
        return false;
      }
    }),
  );
  expect(reached).toEqual([]);
});

test.each([
  '[x * 2 for x in [1, 2]]',
  '1::VARCHAR',
  "'abc'[1:2]",
  '[1, 2, 3][1:2]',
  "{'a': 1}",
  "MAP {'a': 1}",
  'LIST_TRANSFORM([1], x -> x + 1)',
  'LIST_TRANSFORM([1], lambda x: x + 1)',
  '5 % 2',
  '7 // 2',
  '2 ** 3',
  "'a' ~ 'a'",
  "'a' ILIKE 'A'",
  "'a' SIMILAR TO 'a'",
  "'a' GLOB 'a'",
  '1 == 1',
  '$1',
  '$$a$$',
  "x'ff'",
  '0b101',
  '1_000',
  'CAST(1 AS HUGEINT)',
  'CAST(1 AS VARCHAR)',
  'CAST(1 AS INT[])',
  "TRY_CAST('a' AS INT64)",
  'STRUCT_PACK(a := 1)',
  "POSITION('a' IN 'b')",
  "SUBSTRING('abc' FROM 2)",
  "TRIM(BOTH 'x' FROM 'x')",
  "EXTRACT(EPOCH FROM DATE '2026-01-01')",
  "DATE 'epoch'",
  "TIMESTAMP 'infinity'",
  "TIME '24:00:00'",
  'main.ABS(-1)',
  'bq_divide(1, 2)',
  'COLUMNS(*) FROM UNNEST([1])',
  '* EXCLUDE (a) FROM (SELECT 1 AS a)',
  'DISTINCT ON (a) a FROM (SELECT 1 AS a)',
  "* FROM '/etc/hosts'",
  '* FROM (VALUES (1))',
  'a FROM UNNEST([1]) a POSITIONAL JOIN UNNEST([2]) b',
  'a FROM UNNEST([1]) a SEMI JOIN UNNEST([2]) b ON a = b',
  'SUM(x) FILTER (WHERE x > 1) FROM UNNEST([1]) x',
  '1 LIMIT 10%',
  '1 WHERE TRUE',
  'x FROM UNNEST([1]) x USING SAMPLE 1',
])("no syntax of DuckDB's own is taken: SELECT %s", (rest) => {
  expect(() => lowered(`SELECT ${rest}`)).toThrow(SqlError);
});

test.each([
  'FROM range(3)',
  'VALUES (1)',
  'SUMMARIZE SELECT 1',
  'DESCRIBE SELECT 1',
  'PRAGMA database_list',
  "ATTACH 'x' AS x",
  "COPY (SELECT 1) TO 'x'",
  'INSTALL httpfs',
  'LOAD httpfs',
  'CHECKPOINT',
  'PIVOT t ON a USING sum(b)',
])('no statement of its own is taken: %s', (text) => {
  expect(() => lowered(text)).toThrow(SqlError);
});
