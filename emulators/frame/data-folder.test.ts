import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDataFolder, DataFolderInUseError } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claim-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a claimed folder is refused to a second emulator until it is released', () => {
  const claim = claimDataFolder(folder);
  expect(() => claimDataFolder(folder)).toThrow(DataFolderInUseError);
  // A command that meets it says this sentence and ends with the exit code for "somebody else won".
  expect(() => claimDataFolder(folder)).toThrow(
    expect.objectContaining({
      exitCode: 5,
      message: `The folder ${folder} is in use by process ${process.pid}. Stop that emulator or name another folder.`,
    }),
  );
  claim.release();
  claimDataFolder(folder).release();
});

test('the claim of a process that is gone is taken over', () => {
  const gone = spawnSync(process.execPath, ['-e', 'console.log(process.pid)'], { encoding: 'utf8' });
  writeFileSync(join(folder, 'emulator.lock'), JSON.stringify({ pid: Number(gone.stdout), startedAt: '1' }));
  claimDataFolder(folder).release();
});

test('the claim of an earlier process with our own pid is taken over, as in a restarted container', () => {
  writeFileSync(join(folder, 'emulator.lock'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
  claimDataFolder(folder).release();
});
