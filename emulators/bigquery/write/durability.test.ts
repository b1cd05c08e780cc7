import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { managedwriter } from '@google-cloud/bigquery-storage';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BigQueryEmulator } from '../index.ts';
import { Bench } from '../testing.ts';
import { appender, columns, rowBytes, writerClient } from './testing.ts';

let folder: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigquery-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The emulator in a process of its own, which can be killed. */
async function startElsewhere(folder: string): Promise<Bench> {
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

const number = columns([['n', 3]]);
const change = columns([
  ['id', 9],
  ['n', 3],
  ['_CHANGE_TYPE', 9],
  ['_CHANGE_SEQUENCE_NUMBER', 9],
]);

/** Streams with offsets into lab.c and lab.p; those of before where their names are given. */
async function offsetStreams(bench: Bench, names?: readonly string[]) {
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
}

describe('after SIGKILL', () => {
  // One death for all of them: a process of its own costs more than everything else here.
  let killed: string;
  let after: Bench;
  let names: readonly string[];
  beforeAll(async () => {
    killed = mkdtempSync(join(tmpdir(), 'bigquery-'));
    const before = await startElsewhere(killed);
    await before.query(
      `CREATE SCHEMA lab; CREATE TABLE lab.log (n INT64); CREATE TABLE lab.c (n INT64); CREATE TABLE lab.p (n INT64);
       CREATE TABLE lab.state (id STRING, n INT64, PRIMARY KEY (id) NOT ENFORCED)`,
    );
    const [log, state, streams] = await Promise.all([
      appender(before.emulator, 'log', number),
      appender(before.emulator, 'state', change),
      offsetStreams(before),
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
      if (n < 6) await streams.committed.append(n, n);
      if (n < 6) await streams.pending.append(n, n);
      // Some are in their table already, the rest only in the journal.
      if (n !== 4) continue;
      expect(
        await before.rows('SELECT (SELECT COUNT(*) FROM lab.log), (SELECT COUNT(*) FROM lab.c)'),
      ).toEqual([[5, 5]]);
    }
    names = [streams.committed.streamId, streams.pending.streamId];
    child?.kill('SIGKILL');
    await once(child as ChildProcess, 'exit');
    log.close();
    state.close();
    streams.client.close();
    after = await Bench.start({ dataDirectory: killed });
  });
  afterAll(async () => {
    await after?.stop();
    child?.kill('SIGKILL');
    rmSync(killed, { recursive: true, force: true });
  });

  test('no row acknowledged before is lost, and none comes twice', async () => {
    expect(await after.rows('SELECT n FROM lab.log ORDER BY n')).toEqual(
      Array.from({ length: 10 }, (_, n) => [n]),
    );
    expect(await after.value('SELECT COUNT(*) FROM lab.state')).toBe(0);
  });

  test('a stream goes on where it stood, and what was not committed still can be', async () => {
    const { client, committed, pending } = await offsetStreams(after, names);
    expect((await committed.append(5, 5)).error?.code).toBe(6);
    expect((await committed.append(6, 6)).error).toBeFalsy();
    expect((await pending.append(6, 6)).error).toBeFalsy();
    await pending.connection.finalize();
    expect(await after.value('SELECT COUNT(*) FROM lab.p')).toBe(0);
    await client.batchCommitWriteStream({
      parent: 'projects/lab/datasets/lab/tables/p',
      writeStreams: [pending.streamId],
    });
    const all = Array.from({ length: 7 }, (_, n) => [n]);
    expect(await after.rows('SELECT n FROM lab.c ORDER BY n')).toEqual(all);
    expect(await after.rows('SELECT n FROM lab.p ORDER BY n')).toEqual(all);
    client.close();
  });
});

test('after a start the keys of before are known: a change finds its row, and a deletion still holds', async () => {
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
