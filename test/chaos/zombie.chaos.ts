import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../cli/bigquery.ts';
import type { Child } from '../../cli/child.ts';
import type { WorkerLine } from '../../cli/run-worker.ts';
import { type LocalRun, startLocalRun } from '../local-run.ts';
import { project, SmallWorld, until } from './small-world.ts';

const messages = 60;
const lane = (worker: Child) => (worker.latest as WorkerLine | undefined)?.lanes[0];

/**
 * A process that stands still, as in a machine that is being moved, does not know that its leases have ended: when it
 * goes on it writes what it holds, and acknowledges what another has settled. BigQuery has no fence for that and needs
 * none: its rows are older than those by now, or the same, and its acknowledgements are nobody's.
 */
describe.each(['client', 'raw'])('a worker that reads by "%s" and stood still past its leases', (source) => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await SmallWorld.start({ seed: 31 });
  });
  afterAll(() => world.stop());

  test('writes what it held when it wakes, and changes nothing', async () => {
    // It gathers for so long that it holds everything and has written nothing when it is stopped.
    const zombie = world.startWorker(['--source', source, '--write-batch-millis', '10000']);
    await zombie.firstLine();
    await world.publish(messages);
    await until('it holds everything', () => lane(zombie)?.received === messages);
    zombie.kill('SIGSTOP');
    world.endLeases();

    const heir = world.startWorker(['--source', source]);
    await world.settledInTime();
    // What comes after is newer: of the same orders, too.
    await world.publish(messages);
    await world.settledInTime();
    const before = await everyRow();
    const heard = await history();

    heir.kill('SIGTERM');
    expect(await heir.ended).toEqual({ code: 0, signal: null });
    zombie.kill('SIGCONT');
    await until('it has written what it held', () => (lane(zombie)?.committed ?? 0) > 0);
    await until('it holds nothing', () => (zombie.latest as WorkerLine).unsettled === 0);

    expect(await everyRow()).toEqual(before);
    // The history only grows: copies of events that are there, and are one event to whoever asks.
    const now = await history();
    expect(now.copies).toBeGreaterThan(heard.copies);
    expect(now.events).toBe(heard.events);
    const verdict = await world.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);

    await world.publish(messages);
    await world.settledInTime();
    expect((await world.verify()).holds).toBe(true);
    zombie.kill('SIGTERM');
    expect(await zombie.ended).toEqual({ code: 0, signal: null });
  }, 120_000);
});

describe('a worker of the lake that stood still', () => {
  let run: LocalRun;
  beforeAll(async () => {
    run = await startLocalRun();
  }, 60_000);
  afterAll(() => run.stop());

  test('is refused by its next commit once another has begun, and ends by itself', async () => {
    const words = ['--sinks', 'iceberg', '--primary-sink', 'iceberg'];
    const bigquery = run.startWorker({ words: ['--sinks', 'bigquery'] });
    const zombie = run.startWorker({ words: [...words, '--lake-commit-millis', '3000'] });
    await zombie.firstLine();
    await run.publish(50);
    await until('it holds something', () => (lane(zombie)?.received ?? 0) > 0);
    zombie.kill('SIGSTOP');
    const heir = run.startWorker({ words });
    await heir.firstLine();
    zombie.kill('SIGCONT');
    // What it held is handed out again as soon as it is gone.
    expect(await zombie.ended).toEqual({ code: 5, signal: null });
    await run.backlogBelow(0);
    for (const worker of [heir, bigquery]) worker.kill('SIGTERM');
    for (const worker of [heir, bigquery]) expect(await worker.ended).toEqual({ code: 0, signal: null });
    const verdict = await run.verify();
    expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
  }, 180_000);
});

async function everyRow(): Promise<unknown> {
  const tables = [
    'orders',
    'order_items',
    'order_payments',
    'customers',
    'products',
    'sellers',
    'dead_letters',
  ];
  // A letter says when it was received, and is the same letter.
  const columns = (table: string) => (table === 'dead_letters' ? '* EXCEPT (received_at, attempts)' : '*');
  return Promise.all(
    tables.map((table) =>
      ask(project, `SELECT ${columns(table)} FROM raw.${table} ORDER BY TO_JSON_STRING(${table})`),
    ),
  );
}

async function history(): Promise<{ copies: number; events: number }> {
  const [row] = await ask(
    project,
    `SELECT COUNT(*) AS copies, COUNT(DISTINCT event_id) AS events FROM raw.order_events
    WHERE occurred_at > TIMESTAMP '1970-01-01'`,
  );
  return { copies: Number(row?.copies), events: Number(row?.events) };
}
