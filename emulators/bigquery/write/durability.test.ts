import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { managedwriter } from '@google-cloud/bigquery-storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BigQueryEmulator } from '../index.ts';
import { Bench } from '../testing.ts';
import { appender, columns, rowBytes, writerClient } from './testing.ts';

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

test('a stream goes on after SIGKILL where it stood, and what was not committed still can be', async () => {
  const before = await startElsewhere();
  await before.query('CREATE SCHEMA lab; CREATE TABLE lab.c (n INT64); CREATE TABLE lab.p (n INT64)');
  const number = columns([['n', 3]]);
  const writers = async (bench: Bench, names?: readonly string[]) => {
    const client = writerClient(bench.emulator);
    const open = async (table: string, streamType: string, name?: string) => {
      const streamId =
        name ??
        (await client.createWriteStream({
          streamType: streamType as 'PENDING',
          destinationTable: `projects/lab/datasets/lab/tables/${table}`,
        }));
      const connection = await client.createStreamConnection({ streamId });
      connection.onConnectionError(() => {});
      const writer = new managedwriter.Writer({ connection, protoDescriptor: number });
      return {
        streamId,
        connection,
        append: (offset: number, n: number) =>
          writer.appendRows({ serializedRows: [rowBytes(number, { n })] }, offset).getResult(),
      };
    };
    const committed = await open('c', 'COMMITTED', names?.[0]);
    const pending = await open('p', 'PENDING', names?.[1]);
    return { client, committed, pending };
  };
  const first = await writers(before);
  for (let n = 0; n < 6; n++) {
    await first.committed.append(n, n);
    await first.pending.append(n, n);
    if (n === 3) expect(await before.value('SELECT COUNT(*) FROM lab.c')).toBe(4);
  }
  child?.kill('SIGKILL');
  await once(child as ChildProcess, 'exit');
  first.client.close();
  const after = await Bench.start({ dataDirectory: folder });
  const second = await writers(after, [first.committed.streamId, first.pending.streamId]);
  expect((await second.committed.append(5, 5)).error?.code).toBe(6);
  expect((await second.committed.append(6, 6)).error).toBeFalsy();
  expect((await second.pending.append(6, 6)).error).toBeFalsy();
  await second.pending.connection.finalize();
  expect(await after.value('SELECT COUNT(*) FROM lab.p')).toBe(0);
  await second.client.batchCommitWriteStream({
    parent: 'projects/lab/datasets/lab/tables/p',
    writeStreams: [second.pending.streamId],
  });
  const all = Array.from({ length: 7 }, (_, n) => [n]);
  expect(await after.rows('SELECT n FROM lab.c ORDER BY n')).toEqual(all);
  expect(await after.rows('SELECT n FROM lab.p ORDER BY n')).toEqual(all);
  second.client.close();
  await after.stop();
});

test('after a start the keys of before are known: a change finds its row, and a deletion still holds', async () => {
  const change = columns([
    ['id', 9],
    ['n', 3],
    ['_CHANGE_TYPE', 9],
    ['_CHANGE_SEQUENCE_NUMBER', 9],
  ]);
  const row = (id: string, n: number, sequence: string, type = 'UPSERT') =>
    rowBytes(change, { id, n, _CHANGE_TYPE: type, _CHANGE_SEQUENCE_NUMBER: sequence });
  const first = await Bench.start({ dataDirectory: folder });
  await first.query(
    'CREATE SCHEMA lab; CREATE TABLE lab.s (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)',
  );
  const one = await appender(first.emulator, 's', change);
  await one.append([row('kept', 1, '5'), row('deleted', 1, '5')]);
  await one.append([row('deleted', 0, '7', 'DELETE')]);
  one.close();
  await first.stop();
  const second = await Bench.start({ dataDirectory: folder });
  const two = await appender(second.emulator, 's', change);
  // The first request teaches the keys; the second goes by them.
  await two.append([row('new', 1, '1')]);
  expect(await second.value('SELECT COUNT(*) FROM lab.s')).toBe(2);
  await two.append([row('kept', 2, '6'), row('deleted', 2, '6'), row('other', 1, '1')]);
  expect(await second.rows('SELECT id, n FROM lab.s ORDER BY id')).toEqual([
    ['kept', 2],
    ['new', 1],
    ['other', 1],
  ]);
  two.close();
  await second.stop();
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
