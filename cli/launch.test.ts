import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'orderlake-launch-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('what npm started hears of a signal that only npm and its shell were sent', async () => {
  const program = join(folder, 'program.mjs');
  writeFileSync(
    program,
    `process.on('SIGTERM', () => process.stdout.write('asked to end\\n', () => process.exit()));
    setInterval(() => {}, 1_000);
    console.log('running');`,
  );
  // Something behind it, or some shells would become what they run.
  const shell = spawn(
    'sh',
    ['-c', `"${process.execPath}" "${resolve('cli/launch.mjs')}" "${program}"; true`],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    },
  );
  let said = '';
  shell.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await once(shell.stdout, 'data');
  shell.kill('SIGTERM');
  await once(shell.stdout, 'close');
  expect(said).toBe('running\nasked to end\n');
});
