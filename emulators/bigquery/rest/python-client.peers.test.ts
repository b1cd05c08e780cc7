import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startBigQuery } from '../index.ts';

const run = promisify(execFile);
const folder = join('.orderlake', 'peers', 'bigquery-python');
const python = join(folder, 'bin', 'python');
const program = fileURLToPath(new URL('./python-client.py', import.meta.url));

async function install(): Promise<void> {
  if (!existsSync(python)) await run('python3', ['-m', 'venv', folder]);
  const there = run(python, ['-c', 'import google.cloud.bigquery']);
  await there.catch(() => run(python, ['-m', 'pip', 'install', '--quiet', 'google-cloud-bigquery==3.47.0']));
}

test('the Python client finds what it looks for', async () => {
  await install();
  const emulator = await startBigQuery();
  try {
    const { origin } = new URL(emulator.environment.BIGQUERY_EMULATOR_HOST);
    const { stdout } = await run(python, [program, origin]);
    const noon = '2026-01-02 12:00:00.000006';
    expect(
      Object.fromEntries(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual({
      datasets: { a: 'b' },
      tables: ['INTEGER', 'NUMERIC', 'TIMESTAMP', 'RECORD'],
      'streamed rows': [[1, '1.5', `${noon}+00:00`, { x: 2.5, d: '2026-01-04' }]],
      'rows without ids': 2,
      'the database API': [[2, 'x']],
      'a row that is refused': 'invalid',
      parameters: [
        [5, 'x', 1.5, true, '1.25', '2026-01-02', `${noon}+00:00`, noon, '12:00:00.000006', null, [1, 2], 7],
      ],
      ranges: [
        [
          { start: '2026-01-02', end: null },
          { start: '2026-01-01 12:00:00.000006+00:00', end: `${noon}+00:00` },
        ],
      ],
      'dry run': [['t'], ['id'], 8],
      statements: ['CREATE', 'c', 1],
      'a large load': [30_000, 30_000, 1],
      'JSON rows': 1,
      'a copy': 2,
      'a script': [2, 1],
      'a session': [[5]],
      'a routine': [[12]],
      'an outdated table': 'PreconditionFailed 412',
      'a missing table': 'NotFound 404',
      'a wrong query': 'BadRequest 400',
      projects: ['lab'],
      'the end': null,
    });
  } finally {
    await emulator.stop();
  }
});
