import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { BytesRead } from './bytes-read.ts';
import { csvRows } from './csv-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'csv-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(content: string | Uint8Array) {
  const path = join(folder, 'some.csv');
  writeFileSync(path, content);
  return (await all(csvRows(path))).flat();
}

it('a quoted cell may hold separators, quotes and line breaks; lines are counted as an editor does', async () => {
  const rows = await rowsOf('\ufeff"a","b"\n1,"x, ""y""\r\nz"\n2,plain\r\n');
  expect(rows).toEqual([
    { line: 1, cells: ['a', 'b'], torn: false },
    { line: 2, cells: ['1', 'x, "y"\r\nz'], torn: false },
    { line: 4, cells: ['2', 'plain'], torn: false },
  ]);
});

it('any cells come back as they were written, plain or gzipped', async () => {
  const cell = fc.string().filter((text) => !text.includes('\r'));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(table, fc.boolean(), async (cells, zipped) => {
      const text = cells
        .map((row) => `${row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')}\n`)
        .join('');
      const rows = await rowsOf(zipped ? gzipSync(text) : text);
      // A mark at the very beginning is no part of the text.
      if (!text.startsWith('"\ufeff')) expect(rows.map((row) => row.cells)).toEqual(cells);
    }),
    { numRuns: 50 },
  );
});

it('a quote that nobody closed costs its own line, not the rest of the file', async () => {
  const good = Array.from({ length: 9_000 }, (_, i) => `${i},fine value\n`).join('');
  const rows = await rowsOf(`a,b\n1,"never closed\n${good}`);
  expect(rows[1]).toEqual({ line: 2, cells: ['1,"never closed'], torn: true });
  expect(rows).toHaveLength(9_002);
  expect(rows.at(-1)).toEqual({ line: 9_002, cells: ['8999', 'fine value'], torn: false });
});

it('a last row torn within its quotes is known as torn', async () => {
  const rows = await rowsOf('a,b\n1,2\n3,"half of');
  expect(rows.at(-1)).toEqual({ line: 3, cells: ['3,"half of'], torn: true });
});

it('counts the bytes as they lie on disk, whatever they unpack to', async () => {
  const zipped = gzipSync('some,row\n'.repeat(50_000));
  const paths = ['one.csv', 'two.csv'].map((name) => join(folder, name));
  for (const path of paths) writeFileSync(path, zipped);
  const shares: number[] = [];
  const read = new BytesRead(paths, (share) => shares.push(share));
  for (const path of paths) await all(csvRows(path, read));
  expect(shares).toEqual([0.5, 1]);
});

it('of a download that broke off, what came before the break is read', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${(i * 7919) % 10_007}\n`).join('');
  const zipped = gzipSync(`a,b\n${lines}`);
  const rows = await rowsOf(zipped.subarray(0, zipped.length >> 1));
  expect(rows.length).toBeGreaterThan(5_000);
  expect(rows[100]!.cells).toEqual(['99', String((99 * 7919) % 10_007)]);
  expect(rows.at(-1)!.torn).toBe(true);
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
