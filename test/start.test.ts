import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';

const launcher = resolve('cli/launch.mjs');
let directory: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderlake-start-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

/** `npm start -- …` as package.json spells it, in a folder of its own. */
function start(...words: string[]) {
  const child = spawn(process.execPath, [launcher, 'cli/main.ts', 'start', ...words], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const said = async (words: RegExp) => {
    while (!words.test(err)) await wait(20);
    return words.exec(err)!;
  };
  return { child, ended, said, out: () => out, err: () => err };
}

test('a bounded run walks every order through everything and proves it', async () => {
  const run = start('--orders', '1500', '--once', '--json');
  const code = await run.ended;
  expect(run.err()).not.toMatch(/error|Warning/);
  const verdict = JSON.parse(run.out());
  expect({ code, holds: verdict.holds }).toEqual({ code: 0, holds: true });
  const found = Object.fromEntries(
    verdict.comparisons.map(({ store, found }: { store: string; found: number }) => [store, found]),
  );
  expect(found['BigQuery orders']).toBeGreaterThan(1_400);
  expect(found['Iceberg orders']).toBe(found['BigQuery orders']);
  expect(found['dead letters']).toBeGreaterThan(0);
}, 60_000);

test('killed with every process at once, it goes on with the same flags and still proves it', async () => {
  const flags = ['--orders', '6000', '--once', '--json'];
  const run = start(...flags);
  await run.said(/bigquery [1-9]\d*\/s/);
  for (const pid of [...childrenOf(run.child.pid!), run.child.pid!]) process.kill(pid, 'SIGKILL');
  await run.ended;
  const again = start(...flags);
  const code = await again.ended;
  expect(again.err()).toContain('Going on where the run');
  const verdict = JSON.parse(again.out());
  expect({ code, holds: verdict.holds }, verdict.lines.join('\n')).toEqual({ code: 0, holds: true });
}, 90_000);

test('Ctrl-C ends the shop, drains, runs the daily job and prints its KPIs', async () => {
  const run = start('--rate', '300');
  await run.said(/iceberg [1-9]\d*\/s/);
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(run.err()).toContain('SUCCEEDED');
  expect(run.out()).toMatch(/order_date +orders +revenue/);
}, 60_000);

test('when the start is killed nothing of it is left running', async () => {
  const run = start('--rate', '50');
  const [, first, second] = await run.said(/Workers (\d+) and (\d+)/);
  run.child.kill('SIGKILL');
  await run.ended;
  for (const pid of [first, second]) while (isAlive(Number(pid))) await wait(50);
}, 60_000);

function childrenOf(pid: number): number[] {
  return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
