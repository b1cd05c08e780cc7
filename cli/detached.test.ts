import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const orderlake = `"${process.execPath}" "${join(import.meta.dirname, 'orderlake.mjs')}"`;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderlake-detached-'));
});
afterEach(() => {
  shell(`${orderlake} emulators --stop`);
  rmSync(directory, { recursive: true });
});

const shell = (line: string): string =>
  execFileSync('sh', ['-c', line], { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

test('a shell has emulators in the background with one line, and ends them with another', async () => {
  const start = `${orderlake} emulators --only pubsub --detach --export`;
  const host = shell(`eval "$(${start})" && printf %s "$PUBSUB_EMULATOR_HOST"`);
  expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
  const seen = await fetch(`http://${host}/_emulator`);
  expect(await seen.json()).toMatchObject({ name: 'pubsub' });
  const again = spawnSync('sh', ['-c', start], { cwd: directory, encoding: 'utf8' });
  expect(again).toMatchObject({ status: 5, stdout: '', stderr: expect.stringContaining('--stop') });
  shell(`${orderlake} emulators --stop`);
  await expect(fetch(`http://${host}/_emulator`)).rejects.toThrow('fetch failed');
  expect(existsSync(join(directory, '.orderlake/emulators.json'))).toBe(false);
});

test('where nothing runs there is nothing to stop, and that is no failure', () => {
  expect(shell(`${orderlake} emulators --stop`)).toBe('');
});
