import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const orderlake = join(import.meta.dirname, 'orderlake.mjs');
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderlake-cli-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(words: string[], environment: Record<string, string> = {}): Promise<Ended> {
  const options = { cwd: directory, env: { ...process.env, ...environment } };
  return new Promise((resolve) => {
    execFile(process.execPath, [orderlake, ...words], options, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

test.each([
  [['confg'], "unknown command 'confg'", 'Did you mean config?'],
  [['start', '--ordres', '5'], "unknown option '--ordres'", 'Did you mean --orders?'],
  [['start', '--orders', 'many'], 'expected a whole number', 'got "many"'],
  [['config', '--rate', '0'], '--rate cannot be used', 'expected a number from 0.01'],
  [['emulators', '--only', 'pubsb'], 'Expected some of pubsub', 'got pubsb'],
  [
    ['dead-letters', 'replay', '--reason', 'payment_mismach'],
    'expected payment_mismatch',
    'got payment_mismach',
  ],
  [
    ['dead-letters', 'list', '--since', '2026-11-21 10:00'],
    'Expected a time with its zone',
    'got 2026-11-21',
  ],
  [['daily', '--days', '2017-02-31x'], 'Expected days as 2017-11-24', 'got 2017-02-31x'],
])('orderlake %j is refused with exit code 2 and says what was expected', async (words, what, hint) => {
  const { code, out, err } = await run(words);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(what);
  expect(err).toContain(hint);
});

test('every command says by example how it is used', async () => {
  const { out } = await run(['--help']);
  const commands = [...out.matchAll(/^ {2}(\w+)(?: \[options\]| <| {2})/gm)].map(([, name]) => name!);
  expect(commands).toContain('start');
  const helps = await Promise.all(
    commands.filter((name) => name !== 'help').map((name) => run([name, '--help'])),
  );
  for (const help of helps)
    expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Examples:') });
});

test('config tells where each value came from', async () => {
  writeFileSync(join(directory, 'orderlake.json'), JSON.stringify({ seed: 7, rate: 10 }));
  const { out } = await run(['config', '--json', '--rate', '20'], { ORDERLAKE_REGION: 'us-east1' });
  expect(JSON.parse(out)).toMatchObject({
    seed: { value: 7, from: 'orderlake.json' },
    rate: { value: 20, from: '--rate' },
    region: { value: 'us-east1', from: 'ORDERLAKE_REGION' },
    project: { value: 'orderlake-local', from: 'default' },
  });
});

test('a misspelt key in the file is refused', async () => {
  writeFileSync(join(directory, 'orderlake.json'), JSON.stringify({ sead: 7 }));
  expect(await run(['config'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean seed?'),
  });
});

test('there is no colour where nobody looks', async () => {
  const { err } = await run(['config', '--seed', 'x']);
  expect(err).not.toContain('\u001b');
});

/** With a pipe for standard output that nobody reads any more. */
function runUnread(words: string[], streams: string): Promise<Ended> {
  const program = [process.execPath, orderlake, ...words].map((word) => `'${word}'`).join(' ');
  // The reader is gone before the program has begun.
  const line = `{ sleep 0.05; ${program}; echo $? >&3; } ${streams} | true`;
  return new Promise((resolve) => {
    execFile('sh', ['-c', `{ ${line}; } 3>&1`], { cwd: directory }, (_error, out, err) => {
      resolve({ code: Number(out), out: '', err });
    });
  });
}

test.each([
  [['--help'], '', 0],
  [['config', '--json'], '', 0],
  [['contract', 'bundle'], '', 0],
  [['generate', '--orders', '2000', '--to', '-'], '', 0],
  [['config', '--rate', '0'], '2>&1', 2],
])('orderlake %j %s ends as ever when nobody reads what it says', async (words, streams, code) => {
  const ended = await runUnread(words, streams);
  expect(ended.code).toBe(code);
  expect(ended.err).not.toMatch(/EPIPE|at .*:\d+/);
});

test('where nobody is signed in, that is said, with the command that mends it', async () => {
  // As on a machine with neither emulators nor an account; no test asks Google.
  const nobody = { HOME: directory, METADATA_SERVER_DETECTION: 'none', PUBSUB_EMULATOR_HOST: '' };
  const { code, out, err } = await run(['doctor', '--project', 'my-project'], nobody);
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain('gcloud auth application-default login');
  expect(err).not.toMatch(/at .*:\d+/);
});

test('where Google cannot be reached, that is said once and soon', async () => {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const file = join(directory, 'key.json');
  const private_key = key.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(
    file,
    JSON.stringify({ type: 'service_account', client_email: 'nobody@nowhere', private_key }),
  );
  // Nobody listens at the proxy: no test asks Google.
  const away = {
    GOOGLE_APPLICATION_CREDENTIALS: file,
    HTTPS_PROXY: 'http://127.0.0.1:1',
    PUBSUB_EMULATOR_HOST: '',
  };
  const { code, out, err } = await run(['doctor', '--project', 'my-project'], away);
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain('Google Cloud gives no access token: got');
  expect(err).toContain('HTTPS_PROXY');
  expect(err.trim().split('\n')).toHaveLength(1);
});
