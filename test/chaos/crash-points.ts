import { setTimeout as wait } from 'node:timers/promises';
import type { Child } from '../../cli/child.ts';
import type { LedgerLine } from '../../generator/index.ts';
import { type SmallWorld, until } from './small-world.ts';

/** A place on the way of a message at which a worker is killed. */
export interface CrashPoint {
  readonly name: string;
  /** What the workers that are to be killed are told besides; those at work already are replaced by such. */
  readonly words?: readonly string[];
  /** What is published: everything, or only what the contract calls dead. */
  readonly traffic: (line: LedgerLine) => boolean;
  /** Everything may be acknowledged by then: only the answer is missing. */
  readonly mayBeDone?: true;
  /** Sees to it that the worker comes so far and no further. */
  hold(world: SmallWorld): void;
  /** The same, once the messages are published: a fault of Publish would hold the shop too. */
  holdLate?(world: SmallWorld): void;
  /** Resolves when it has come so far. */
  reached(world: SmallWorld, workers: readonly Child[]): Promise<void>;
}

const always = 10_000;
const any = () => true;
const dead = ({ outcome }: LedgerLine) => outcome === 'dead';

const appendHangs = (world: SmallWorld) => until('an append hangs', () => world.bigquery.faults.hanging > 0);
const callHangs = (world: SmallWorld) =>
  until('a call to Pub/Sub hangs', () => world.pubsub.faults.hanging > 0);

/** Long enough for a worker to begin what it was told, and for one that acknowledges too early to be seen doing so. */
const momentMillis = 150;

function askToStop(workers: readonly Child[]): void {
  for (const worker of workers) worker.kill('SIGTERM');
}

export const crashPoints: readonly CrashPoint[] = [
  {
    name: 'messages are pulled, and no append was begun',
    words: ['--write-batch-millis', '10000'],
    traffic: ({ outcome }) => outcome !== 'dead',
    hold() {},
    reached: (world) => until('all is pulled', () => world.backlog.outstanding === world.backlog.unacked),
  },
  {
    name: 'the append was sent and never arrived',
    traffic: any,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'hang' }),
    reached: appendHangs,
  },
  {
    name: 'the append is durable, and its answer was lost',
    traffic: any,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'hang', landed: true }),
    reached: appendHangs,
  },
  {
    name: 'one table has its rows, the others do not',
    traffic: any,
    hold({ bigquery }) {
      bigquery.faults.next('AppendRows', 1, { kind: 'slow', milliseconds: 0 });
      bigquery.faults.next('AppendRows', always, { kind: 'hang' });
    },
    reached: appendHangs,
  },
  {
    name: 'an append failed and waits to be tried again',
    traffic: any,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'fail', code: 'UNAVAILABLE' }),
    reached: ({ bigquery }) =>
      until('three appends failed', () => (bigquery.faults.planned[0]?.times ?? 0) <= always - 3),
  },
  {
    name: 'the append is answered, and no ack has arrived',
    traffic: any,
    hold: ({ pubsub }) => pubsub.faults.next('Acknowledge', always, { kind: 'hang' }),
    reached: callHangs,
  },
  {
    name: 'the ack is taken, and its answer was lost',
    mayBeDone: true,
    traffic: any,
    hold: ({ pubsub }) => pubsub.faults.next('Acknowledge', always, { kind: 'hang', landed: true }),
    reached: callHangs,
  },
  {
    name: 'the first acks are taken, the others have not arrived',
    traffic: any,
    hold({ pubsub }) {
      pubsub.faults.next('Acknowledge', 1, { kind: 'slow', milliseconds: 0 });
      pubsub.faults.next('Acknowledge', always, { kind: 'hang' });
    },
    async reached(world) {
      while (world.pubsub.faults.hanging === 0) await world.publish(20);
    },
  },
  {
    name: 'the dead letter was sent and never arrived',
    traffic: dead,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'hang' }),
    reached: appendHangs,
  },
  {
    name: 'the dead letter is in the table, and its answer was lost',
    traffic: dead,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'hang', landed: true }),
    reached: appendHangs,
  },
  {
    name: 'the dead letter is in the table and not yet in the topic',
    traffic: dead,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'slow', milliseconds: 100 }),
    holdLate: ({ pubsub }) => pubsub.faults.next('Publish', always, { kind: 'hang' }),
    reached: callHangs,
  },
  {
    name: 'the dead letter is in the topic, and the answer was lost',
    traffic: dead,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'slow', milliseconds: 100 }),
    holdLate: ({ pubsub }) => pubsub.faults.next('Publish', always, { kind: 'hang', landed: true }),
    reached: callHangs,
  },
  {
    name: 'the dead letter is kept, and no ack has arrived',
    traffic: dead,
    hold: ({ pubsub }) => pubsub.faults.next('Acknowledge', always, { kind: 'hang' }),
    reached: callHangs,
  },
  {
    name: 'it drains, and its appends hang',
    traffic: any,
    hold: ({ bigquery }) => bigquery.faults.next('AppendRows', always, { kind: 'hang' }),
    async reached(world, workers) {
      await appendHangs(world);
      askToStop(workers);
    },
  },
  {
    name: 'it drains, and its acks hang',
    traffic: any,
    hold: ({ pubsub }) => pubsub.faults.next('Acknowledge', always, { kind: 'hang' }),
    async reached(world, workers) {
      await callHangs(world);
      askToStop(workers);
    },
  },
];

/** Kills the workers at the point; what they held is nobody's afterwards, and nothing is planned any more. */
export async function killAt(
  point: CrashPoint,
  world: SmallWorld,
  workers: readonly Child[],
  messages: number,
): Promise<void> {
  point.hold(world);
  await world.publish(messages, point.traffic);
  point.holdLate?.(world);
  await point.reached(world, workers);
  await wait(momentMillis);
  for (const worker of workers) worker.kill('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  world.pubsub.faults.reset();
  world.bigquery.faults.reset();
  world.endLeases();
}
