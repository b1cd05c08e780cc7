import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConflictError, InputError } from '../../runtime/index.ts';
import { openRunFolder } from './run-folder.ts';

const run = { seed: 1, orders: 500, sinks: ['bigquery', 'iceberg'], clickShare: 0.05 };
let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'orderlake-run-'));
});
afterEach(() => rmSync(path, { recursive: true }));

test('the first start begins, the next with the same flags goes on', async () => {
  const first = await openRunFolder(path, run, false);
  expect(first.goesOn).toBe(false);
  first.release();
  const second = await openRunFolder(path, run, false);
  expect(second.goesOn).toBe(true);
  second.release();
});

test('other flags are refused, and the refusal says which the run had', async () => {
  (await openRunFolder(path, run, false)).release();
  const refused = openRunFolder(path, { ...run, seed: 2 }, false);
  await expect(refused).rejects.toThrow(InputError);
  await expect(refused).rejects.toThrow(
    /expected --seed 1 --sinks bigquery,iceberg --click-share 0.05 --orders 500.*--fresh/,
  );
  (await openRunFolder(path, run, false)).release();
});

test('fresh clears what the run kept, and nothing else', async () => {
  const first = await openRunFolder(path, run, false);
  writeFileSync(first.ledger, '{}\n');
  writeFileSync(join(path, 'mine.txt'), 'kept');
  first.release();
  const second = await openRunFolder(path, { ...run, seed: 2 }, true);
  expect(second.goesOn).toBe(false);
  expect([existsSync(second.ledger), existsSync(join(path, 'mine.txt'))]).toEqual([false, true]);
  second.release();
});

test('two starts in one folder are refused', async () => {
  const first = await openRunFolder(path, run, false);
  await expect(openRunFolder(path, run, false)).rejects.toThrow(ConflictError);
  first.release();
});
