import { setTimeout as wait } from 'node:timers/promises';
import type { Child } from '../../cli/child.ts';
import type { Code, Fault } from '../../emulators/frame/index.ts';
import type { Dice } from './dice.ts';
import type { Keeper } from './keeper.ts';
import type { SmallWorld } from './small-world.ts';

const codes: readonly Code[] = [
  'CANCELLED',
  'UNKNOWN',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'INTERNAL',
  'UNAVAILABLE',
];
/** What nobody expects and a worker ends of. */
const fatal: readonly Code[] = ['ALREADY_EXISTS', 'DATA_LOSS'];
/** A failure of these is answered by the shop's own client too: only what passes. */
const ofPubSub = ['Acknowledge', 'ModifyAckDeadline', 'StreamingPull', 'Publish'] as const;

/** Something bad; resolves when it is over, as far as it ends by itself. */
interface Deed {
  readonly name: string;
  readonly weight: number;
  do(world: SmallWorld, keepers: readonly Keeper[], dice: Dice): void | Promise<void>;
}

const deeds: readonly Deed[] = [
  {
    name: 'fail appends',
    weight: 8,
    do: ({ bigquery }, _keepers, dice) =>
      bigquery.faults.next('AppendRows', dice.below(6) + 1, faultOf(dice, codes)),
  },
  {
    name: 'fail an append as nobody expects',
    weight: 1,
    do: ({ bigquery }, _keepers, dice) =>
      bigquery.faults.next('AppendRows', 1, {
        kind: 'fail',
        code: dice.oneOf(fatal),
        landed: dice.below(2) === 0,
      }),
  },
  {
    name: 'fail calls to Pub/Sub',
    weight: 6,
    do: ({ pubsub }, _keepers, dice) =>
      pubsub.faults.next(
        dice.oneOf(ofPubSub),
        dice.below(3) + 1,
        faultOf(dice, ['UNAVAILABLE', 'INTERNAL', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED']),
      ),
  },
  {
    name: 'kill',
    weight: 4,
    do: (_world, keepers, dice) => workerOf(keepers, dice)?.kill('SIGKILL'),
  },
  {
    name: 'ask to stop',
    weight: 2,
    do: (_world, keepers, dice) => workerOf(keepers, dice)?.kill('SIGTERM'),
  },
  {
    name: 'freeze',
    weight: 2,
    async do(_world, keepers, dice) {
      const worker = workerOf(keepers, dice);
      worker?.kill('SIGSTOP');
      await wait(100 + dice.below(1_500));
      worker?.kill('SIGCONT');
    },
  },
  { name: 'let leases end', weight: 2, do: (world) => world.endLeases() },
  {
    name: 'stop delivering',
    weight: 1,
    async do({ pubsub }, _keepers, dice) {
      pubsub.pause();
      await wait(dice.below(800));
      pubsub.resume();
    },
  },
  {
    name: 'let faults pass',
    weight: 4,
    do({ pubsub, bigquery }) {
      pubsub.faults.reset();
      bigquery.faults.reset();
    },
  },
];

const chances = deeds.flatMap((deed) => Array.from({ length: deed.weight }, () => deed));

function workerOf(keepers: readonly Keeper[], dice: Dice): Child | undefined {
  const working = keepers.flatMap((keeper) => keeper.working);
  return working.length === 0 ? undefined : dice.oneOf(working);
}

function faultOf(dice: Dice, failures: readonly Code[]): Fault {
  const landed = dice.below(2) === 0;
  const kinds: readonly Fault[] = [
    { kind: 'fail', code: dice.oneOf(failures), landed },
    { kind: 'fail', code: dice.oneOf(failures), landed },
    { kind: 'drop', landed },
    { kind: 'hang', landed },
    { kind: 'slow', milliseconds: dice.below(1_000) },
  ];
  return dice.oneOf(kinds);
}

/** Deeds by chance for so long, while the shop publishes; then all is well again. Says how often what was done. */
export async function haunt(
  world: SmallWorld,
  keepers: readonly Keeper[],
  { dice, millis }: { readonly dice: Dice; readonly millis: number },
): Promise<Readonly<Record<string, number>>> {
  const done: Record<string, number> = {};
  const end = performance.now() + millis;
  const shop = (async () => {
    while (performance.now() < end) {
      await world.publish(20);
      await wait(50);
    }
  })();
  const under: Promise<void>[] = [];
  while (performance.now() < end) {
    const deed = dice.oneOf(chances);
    done[deed.name] = (done[deed.name] ?? 0) + 1;
    under.push(Promise.resolve(deed.do(world, keepers, dice)));
    await wait(50 + dice.below(250));
  }
  await Promise.all(under);
  const calm = setInterval(() => passed(world), 500);
  await shop;
  clearInterval(calm);
  passed(world);
  return done;
}

function passed({ pubsub, bigquery }: SmallWorld): void {
  pubsub.faults.reset();
  bigquery.faults.reset();
}
