import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../../cli/bigquery.ts';
import type { WorkerLine } from '../../cli/run-worker.ts';
import type { Code, Fault } from '../../emulators/frame/index.ts';
import { Dice } from './dice.ts';
import { Keeper } from './keeper.ts';
import { isShort } from './length.ts';
import { project, SmallWorld, until } from './small-world.ts';

let world: SmallWorld;
let keeper: Keeper;
beforeAll(async () => {
  world = await SmallWorld.start({ seed: 7 });
  keeper = new Keeper(world, 1);
  await keeper.newest.firstLine();
});
afterAll(async () => {
  const ends = await keeper.close();
  await world.stop();
  expect(ends).toEqual([{ code: 0, signal: null }]);
});

/** After whatever was planned: all rows once or dead with a reason, and nothing planned is left over. */
async function holds(messages = 25): Promise<void> {
  await world.publish(messages);
  await world.settledInTime();
  world.bigquery.faults.reset();
  const verdict = await world.verify();
  expect(verdict.holds, verdict.lines.join('\n')).toBe(true);
}

const figures = () => (keeper.newest.latest as WorkerLine | undefined)?.lanes[0];

const passing: readonly Code[] = [
  'CANCELLED',
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'INTERNAL',
  'UNAVAILABLE',
];
const toBeMended: readonly Code[] = ['NOT_FOUND', 'PERMISSION_DENIED', 'UNAUTHENTICATED'];
const unexpected: readonly Code[] = ['ALREADY_EXISTS', 'OUT_OF_RANGE', 'UNIMPLEMENTED', 'DATA_LOSS'];

const failing = (codes: readonly Code[]) =>
  codes.flatMap((code): [string, Fault][] => [
    [code, { kind: 'fail', code }],
    [`${code} after it landed`, { kind: 'fail', code, landed: true }],
  ]);

test('a table that is not there is waited for, and the others have their rows meanwhile', async () => {
  const worker = keeper.newest;
  await ask(project, 'DROP TABLE raw.orders');
  await world.publish(25);
  await until('the worker says what must be mended', () => figures()?.failing?.code === 'SETUP');
  await world.makeTables();
  await holds();
  expect(keeper.newest).toBe(worker);
});

test.each<[string, Fault]>([
  ...failing(passing),
  ...failing(isShort ? toBeMended.slice(0, 1) : toBeMended),
  ['a cut connection', { kind: 'drop' }],
  ['a cut connection after it landed', { kind: 'drop', landed: true }],
  ['slowness', { kind: 'slow', milliseconds: 300 }],
  ['a refusal that blames no row', { kind: 'fail', code: 'INVALID_ARGUMENT' }],
  ['a refusal that blames no row, after it landed', { kind: 'fail', code: 'INVALID_ARGUMENT', landed: true }],
])('%s leaves every row once', async (_name, fault) => {
  const worker = keeper.newest;
  world.bigquery.faults.next('AppendRows', 3, fault);
  await holds();
  expect(keeper.newest).toBe(worker);
});

test('a burst of UNAVAILABLE that outlasts all retries gives the messages back, and they come again', async () => {
  world.bigquery.faults.next('AppendRows', 400, { kind: 'fail', code: 'UNAVAILABLE' });
  await world.publish(25);
  await until('messages are given back', () => (figures()?.refused ?? 0) > 0, 120_000);
  world.bigquery.faults.reset();
  await holds();
});

test.each(isShort ? unexpected.slice(0, 1) : unexpected)(
  '%s, which nobody understands, ends the worker with exit code 70, and the next one goes on',
  async (code) => {
    const ends = keeper.ends.length;
    world.bigquery.faults.next('AppendRows', 1, { kind: 'fail', code });
    await holds();
    expect(keeper.ends.slice(ends)).toEqual([{ code: 70, signal: null }]);
  },
);

test.skipIf(isShort)(
  'an answer that never comes is waited for half a minute, and then sent again',
  async () => {
    const worker = keeper.newest;
    world.bigquery.faults.next('AppendRows', 1, { kind: 'hang' });
    world.bigquery.faults.next('AppendRows', 1, { kind: 'hang', landed: true });
    await holds();
    expect(keeper.newest).toBe(worker);
  },
);

test('a column that the table lost is added by the worker, without a restart', async () => {
  const worker = keeper.newest;
  await ask(project, 'ALTER TABLE raw.orders DROP COLUMN order_approved_at');
  await holds();
  expect(keeper.newest).toBe(worker);
});

test('a column that the table has and the contract has not is no hindrance', async () => {
  await ask(project, 'ALTER TABLE raw.orders ADD COLUMN colour STRING');
  await holds();
});

test.each(Array.from({ length: isShort ? 2 : 8 }, (_, seed) => seed))(
  'outcomes in any order, script %i: every row once',
  async (seed) => {
    const dice = new Dice(seed);
    const faults = failing(passing).map(([, fault]) => fault);
    for (let step = 0; step < 20; step++) {
      world.bigquery.faults.next(
        'AppendRows',
        dice.below(3) + 1,
        dice.oneOf<Fault>([
          ...faults,
          { kind: 'drop' },
          { kind: 'drop', landed: true },
          { kind: 'slow', milliseconds: dice.below(100) },
        ]),
      );
    }
    await holds(60);
  },
);
