import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Database } from './database.ts';

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
