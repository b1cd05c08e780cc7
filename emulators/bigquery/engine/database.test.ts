import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Database } from './database.ts';
import { registerNatives } from './native-functions.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'database-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what does not fit into the memory allowed is on disk, in the folder given and not where the process stands', async () => {
  const database = await Database.open({ memoryLimit: '8MB', staging: folder });
  const total = await database.write(async (connection) => {
    await connection.run('CREATE TABLE numbers (n BIGINT, t VARCHAR)');
    for (let i = 0; i < 5; i++)
      await connection.run(
        `INSERT INTO numbers SELECT range, repeat('longer than twelve bytes', 10) FROM range(${i * 10_000}, ${(i + 1) * 10_000})`,
      );
    const reader = await connection.runAndReadAll('SELECT count(*), sum(length(t)) FROM numbers');
    return reader.getRows()[0]?.map(Number);
  });
  expect(total).toEqual([50_000, 50_000 * 240]);
  expect(readdirSync(join(folder, 'spilled')).length).toBeGreaterThan(0);
  await database.close();
});

test('what was committed before the process was killed is there, and so are changes of its columns', async () => {
  const before = await DuckDBInstance.create(join(folder, 'killed'));
  const connection = await before.connect();
  await connection.run('CREATE TABLE t (n BIGINT, tags VARCHAR[] DEFAULT [])');
  await connection.run('ALTER TABLE t ADD COLUMN added BIGINT');
  registerNatives(connection);
  await connection.run(
    'ALTER TABLE t ALTER COLUMN n SET DATA TYPE VARCHAR USING bq_to_bignumeric(CAST(n AS VARCHAR))',
  );
  await connection.run('INSERT INTO t (n, added) VALUES (1, 2)');
  // As a kill at this moment leaves them.
  for (const ending of ['', '.wal'])
    copyFileSync(join(folder, `killed${ending}`), join(folder, `left${ending}`));
  connection.closeSync();
  before.closeSync();
  const after = await Database.open({ memoryLimit: '100MB', file: join(folder, 'left') });
  const reader = await after.read((connection) => connection.runAndReadAll('SELECT tags, added FROM t'));
  expect(reader.getRowsJson()).toEqual([[[], '2']]);
  await after.close();
});
