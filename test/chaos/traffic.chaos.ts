import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Child } from '../../cli/child.ts';
import type { WorkerLine } from '../../cli/run-worker.ts';
import { names } from '../../contracts/index.ts';
import type { LedgerLine } from '../../generator/index.ts';
import { pubsubClient } from '../../runtime/google-clients.ts';
import { isShort } from './length.ts';
import { project, SmallWorld, until } from './small-world.ts';

let world: SmallWorld;
beforeAll(async () => {
  world = await SmallWorld.start({ seed: 17 });
});
afterAll(() => world.stop());

async function holds(): Promise<void> {
  const verdict = await world.verify();
  expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
}

describe('invalid traffic', () => {
  let worker: Child;
  beforeAll(async () => {
    worker = world.startWorker();
    await worker.firstLine();
  });
  afterAll(async () => {
    worker.kill('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
  });

  test.each([5, 50, 100])(
    '%i in a hundred messages dead: each has its letter, the others their rows',
    async (share) => {
      let sent = 0;
      const wanted = ({ outcome }: LedgerLine) => {
        const isDead = Math.floor(((sent + 1) * share) / 100) > Math.floor((sent * share) / 100);
        if ((outcome === 'dead') !== isDead) return false;
        sent++;
        return true;
      };
      await world.publish(200, wanted);
      await world.settled();
      await holds();
    },
  );

  test('without the topic of the dead letters what is dead waits, and what is good does not', async () => {
    const client = await pubsubClient(project);
    await client.topic(names.deadLetterTopic).delete();
    await world.publish(20, ({ outcome }) => outcome === 'dead');
    await world.publish(30, ({ outcome }) => outcome !== 'dead');
    await until('only what is dead is left', () => world.backlog.unacked === 20);
    await until('the worker says what must be mended', () => failing(worker) === 'SETUP');
    await client.createTopic(names.deadLetterTopic);
    await client.close();
    await world.settledInTime();
    await holds();
  });
});

const failing = (worker: Child) => (worker.latest as WorkerLine).lanes[0]?.failing?.code;

describe.each(isShort ? ['client'] : ['client', 'raw'])('SIGTERM under load, read by "%s"', (source) => {
  const ready = async () => {
    const worker = world.startWorker(['--source', source]);
    await worker.firstLine();
    return worker;
  };
  const asked = async (worker: Child) => {
    const from = performance.now();
    worker.kill('SIGTERM');
    const end = await worker.ended;
    return { end, millis: performance.now() - from, line: worker.latest as WorkerLine };
  };
  const onTheWay = () => until('an append is on its way', () => world.bigquery.faults.planned.length === 0);

  test('while BigQuery is slow: what is held is written and acknowledged, the rest is left', async () => {
    const worker = await ready();
    world.bigquery.faults.next('AppendRows', 1, { kind: 'slow', milliseconds: 700 });
    await world.publish(300);
    await onTheWay();
    const { end, millis, line } = await asked(worker);
    expect(end).toEqual({ code: 0, signal: null });
    expect(millis).toBeLessThan(10_000);
    expect(line.unsettled).toBe(0);
    for (const { received, acknowledged, refused } of line.lanes)
      expect(acknowledged + refused).toBe(received);
    await finishWith(await ready());
  });

  test('while appends fail: what is held is given back in time', async () => {
    const worker = await ready();
    world.bigquery.faults.next('AppendRows', 10_000, { kind: 'fail', code: 'UNAVAILABLE' });
    await world.publish(50);
    await until('appends fail', () => (world.bigquery.faults.planned[0]?.times ?? 0) < 10_000);
    const { end, millis, line } = await asked(worker);
    expect(end).toEqual({ code: 0, signal: null });
    expect(millis).toBeLessThan(10_000);
    expect(line.lanes[0]?.acknowledged).toBe(0);
    await finishWith(await ready());
  });

  test('while nothing answers: it leaves in time with exit code 4, and acknowledges nothing', async () => {
    const worker = await ready();
    world.bigquery.faults.next('AppendRows', 10_000, { kind: 'hang' });
    await world.publish(50);
    await until('an append hangs', () => world.bigquery.faults.hanging > 0);
    const { end, millis } = await asked(worker);
    expect(end).toEqual({ code: 4, signal: null });
    expect(millis).toBeLessThan(10_000);
    expect(world.backlog.unacked).toBe(50);
    await finishWith(await ready());
  });

  test('a second SIGTERM: it leaves at once, and what it held comes again', async () => {
    const worker = await ready();
    world.bigquery.faults.next('AppendRows', 10_000, { kind: 'hang' });
    await world.publish(50);
    await until('an append hangs', () => world.bigquery.faults.hanging > 0);
    worker.kill('SIGTERM');
    await until('it drains', () => (worker.latest as WorkerLine).unsettled > 0);
    const { end, millis } = await asked(worker);
    expect(end).toEqual({ code: 4, signal: null });
    expect(millis).toBeLessThan(3_000);
    expect(world.backlog.unacked).toBe(50);
    await finishWith(await ready());
  });

  async function finishWith(next: Child): Promise<void> {
    world.bigquery.faults.reset();
    await world.settledInTime();
    next.kill('SIGTERM');
    await next.ended;
    await holds();
  }
});
