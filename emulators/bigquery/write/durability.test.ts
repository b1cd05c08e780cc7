import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BigQueryEmulator } from '../index.ts';
import { Bench } from '../testing.ts';
import { appender, columns, rowBytes } from './testing.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigquery-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** The emulator in a process of its own, which can be killed. */
async function startElsewhere(): Promise<Bench> {
  const face = new URL('../index.ts', import.meta.url).href;
  const code = `const { startBigQuery } = await import('${face}');
    const { environment } = await startBigQuery({ dataDirectory: ${JSON.stringify(folder)} });
    console.log(JSON.stringify(environment));`;
  child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  return new Bench({ environment: JSON.parse(line.toString()) } as BigQueryEmulator);
}

test('no row acknowledged before SIGKILL is lost, and none comes twice', async () => {
  const before = await startElsewhere();
  await before.query(
    'CREATE SCHEMA lab; CREATE TABLE lab.log (n INT64); CREATE TABLE lab.state (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)',
  );
  const number = columns([['n', 3]]);
  const change = columns([
    ['id', 9],
    ['n', 3],
    ['_CHANGE_TYPE', 9],
    ['_CHANGE_SEQUENCE_NUMBER', 9],
  ]);
  const [log, state] = await Promise.all([
    appender(before.emulator, 'log', number),
    appender(before.emulator, 'state', change),
  ]);
  for (let n = 0; n < 10; n++) {
    await log.append([rowBytes(number, { n })]);
    await state.append([
      rowBytes(change, {
        id: 'k',
        n,
        _CHANGE_TYPE: n === 9 ? 'DELETE' : 'UPSERT',
        _CHANGE_SEQUENCE_NUMBER: n.toString(16),
      }),
    ]);
    // Some are in their table already, the rest only in the journal.
    if (n === 4) expect(await before.value('SELECT COUNT(*) FROM lab.log')).toBe(5);
  }
  child?.kill('SIGKILL');
  await once(child as ChildProcess, 'exit');
  log.close();
  state.close();
  const after = await Bench.start({ dataDirectory: folder });
  expect(await after.rows('SELECT n FROM lab.log ORDER BY n')).toEqual(
    Array.from({ length: 10 }, (_, n) => [n]),
  );
  expect(await after.value('SELECT COUNT(*) FROM lab.state')).toBe(0);
  await after.stop();
});

test('datasets, tables, procedures and rows are there after a stop and a start', async () => {
  const first = await Bench.start({ dataDirectory: folder });
  await first.query(
    'CREATE SCHEMA lab; CREATE TABLE lab.t (a NUMERIC(5, 2)); INSERT lab.t VALUES (1.25); CREATE PROCEDURE lab.p() BEGIN SELECT SUM(a) AS s FROM lab.t; END',
  );
  await first.stop();
  const second = await Bench.start({ dataDirectory: folder });
  expect(await second.rows('CALL lab.p()')).toEqual([[1.25]]);
  await second.stop();
});
