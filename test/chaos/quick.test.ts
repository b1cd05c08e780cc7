import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../cli/bigquery.ts';
import type { Child } from '../../cli/child.ts';
import type { WorkerLine } from '../../cli/run-worker.ts';
import { exampleOrder, names } from '../../contracts/index.ts';
import type { Fault } from '../../emulators/frame/index.ts';
import { pubsubClient } from '../../runtime/google-clients.ts';
import { type CrashPoint, killAt } from './crash-points.ts';
import { Dice } from './dice.ts';
import { project, SmallWorld, until } from './small-world.ts';

/** The way through `test:chaos` in seconds: one world, and the same worker wherever it need not be killed. */
let world: SmallWorld;
let worker: Child;
beforeAll(async () => {
  world = await SmallWorld.start({ seed: 19 });
  worker = world.startWorker();
}, 60_000);
afterAll(() => world.stop());

async function holds(): Promise<void> {
  await world.settledInTime();
  const verdict = await world.verify();
  expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
}

/** Two of the points of the matrix in one death: rows are written, letters are in the table, nothing is acknowledged. */
const between: CrashPoint = {
  name: 'rows and letters are durable, and neither topic nor subscription has heard of it',
  traffic: () => true,
  hold({ bigquery, pubsub }) {
    bigquery.faults.next('AppendRows', 100, { kind: 'slow', milliseconds: 50 });
    pubsub.faults.next('Acknowledge', 100, { kind: 'hang' });
  },
  holdLate: ({ pubsub }) => pubsub.faults.next('Publish', 100, { kind: 'hang' }),
  reached: ({ pubsub }) =>
    until('acks and letters hang', () => pubsub.faults.planned.every(({ times }) => times < 100)),
};

test('killed where nothing is acknowledged yet: nothing is lost, nothing counts twice', async () => {
  await worker.firstLine();
  await killAt(between, world, [worker], 60);
  expect(world.backlog.unacked).toBe(60);
  worker = world.startWorker();
  await holds();
}, 60_000);

test('appends that fail, land and fail, are cut off or refused leave every row once', async () => {
  const dice = new Dice(1);
  const faults: readonly Fault[] = [
    { kind: 'fail', code: 'UNAVAILABLE' },
    { kind: 'fail', code: 'INTERNAL', landed: true },
    { kind: 'fail', code: 'RESOURCE_EXHAUSTED' },
    { kind: 'drop' },
    { kind: 'drop', landed: true },
    { kind: 'slow', milliseconds: 50 },
  ];
  world.bigquery.faults.next('AppendRows', 1, { kind: 'fail', code: 'INVALID_ARGUMENT' });
  for (let step = 0; step < 8; step++) world.bigquery.faults.next('AppendRows', 1, dice.oneOf(faults));
  await world.publish(60);
  await holds();
}, 60_000);

test('everything once more, and what is hostile, change nothing', async () => {
  const client = await pubsubClient(project);
  const attributes = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`key-${index}`, 'x']));
  await client.subscription(names.subscriptions.bigquery).seek(new Date(Date.now() - 3_600_000));
  await client.close();
  await world.send(new TextEncoder().encode('['.repeat(10_000)), attributes);
  await world.settledInTime();
  const { comparisons } = await world.verify();
  const wrong = comparisons.flatMap((one) => [...one.missing, ...one.twice, ...one.different]);
  expect(wrong).toEqual([]);
  expect(comparisons.flatMap(({ unexpected }) => unexpected)).toHaveLength(1);
}, 60_000);

test('the history keeps the message as it came, when, how often, and which worker took it', async () => {
  const begun = Date.now() * 1_000;
  const payload = JSON.stringify({
    ...exampleOrder,
    event_id: 'kept-1',
    order: { ...exampleOrder.order, customer_city: ' sao paulo' },
  });
  const messageId = await world.send(Buffer.from(payload), { event_id: 'kept-1', source: 'a test' });
  await world.settledInTime();
  const [row] = await ask(
    project,
    `SELECT * EXCEPT (published_at, received_at, occurred_at), UNIX_MICROS(occurred_at) AS occurred_at,
      UNIX_MICROS(published_at) AS published_at, UNIX_MICROS(received_at) AS received_at
    FROM raw.order_events WHERE occurred_at > TIMESTAMP '1970-01-01' AND message_id = '${messageId}' LIMIT 1`,
  );
  const { published_at: published, received_at: received, attributes, corrections, ...kept } = row ?? {};
  expect(kept).toEqual({
    event_id: 'kept-1',
    event_type: 'order.placed',
    schema_version: 1,
    order_id: exampleOrder.order.order_id,
    version: exampleOrder.order.version,
    occurred_at: Date.parse(exampleOrder.occurred_at) * 1_000,
    content_hash: expect.stringMatching(/^[0-9a-f]{16}$/),
    payload,
    message_id: messageId,
    worker_version: expect.stringMatching(/^\d+\.\d+\.\d+\+[0-9a-f]{12}$/),
    // The subscription has no dead-letter policy, so Pub/Sub does not count.
    delivery_attempt: null,
  });
  expect(JSON.parse(String(attributes))).toEqual({ event_id: 'kept-1', source: 'a test' });
  expect(JSON.parse(String(corrections))).toEqual([{ path: '/order/customer_city', kind: 'trimmed' }]);
  // By two clocks: that of Pub/Sub was pushed forward, so that leases end.
  expect(Number(published)).toBeGreaterThanOrEqual(begun);
  expect(Number(received)).toBeGreaterThanOrEqual(begun);
  expect(Number(received)).toBeLessThanOrEqual(Date.now() * 1_000);
}, 60_000);

test('SIGTERM under load: what is held is written and acknowledged within ten seconds', async () => {
  world.bigquery.faults.next('AppendRows', 4, { kind: 'slow', milliseconds: 200 });
  await world.publish(60);
  const asked = performance.now();
  worker.kill('SIGTERM');
  expect(await worker.ended).toEqual({ code: 0, signal: null });
  expect(performance.now() - asked).toBeLessThan(10_000);
  const { unsettled, lanes } = worker.latest as WorkerLine;
  expect(unsettled).toBe(0);
  for (const { received, acknowledged, refused } of lanes) expect(acknowledged + refused).toBe(received);
}, 60_000);
