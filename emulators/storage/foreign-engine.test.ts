import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { overFiles } from './testing/over-backends.ts';

overFiles('an engine that knows only files', (stage) => {
  test('reads the objects of a bucket by their paths, and sees each replaced as a whole', async () => {
    const folder = stage.dataDirectory ?? '';
    const database = await DuckDBInstance.create(':memory:');
    const connection = await database.connect();
    const write = async (name: string, query: string) => {
      const path = join(folder, 'made.parquet');
      await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
      await stage.bucket.file(name).save(readFileSync(path), { resumable: false });
    };
    const sum = async () => {
      const files = join(folder, 'buckets', 'shelf', 'table', '**', '*.parquet');
      const query = `SELECT count(*), sum(n), max(day) FROM read_parquet('${files}', hive_partitioning = true)`;
      const [row] = (await connection.runAndReadAll(query)).getRowsJson();
      return row;
    };
    await write('table/day=1/a.parquet', 'SELECT range AS n FROM range(100)');
    await write('table/day=2/b.parquet', 'SELECT range AS n FROM range(10)');
    expect(await sum()).toEqual(['110', '4995', '2']);
    await write('table/day=2/b.parquet', 'SELECT 5::BIGINT AS n');
    expect(await sum()).toEqual(['101', '4955', '2']);
    await stage.bucket.file('table/day=1/a.parquet').delete();
    expect(await sum()).toEqual(['1', '5', '2']);
    connection.closeSync();
    database.closeSync();
  });
});
