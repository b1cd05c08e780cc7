import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Broker } from '../broker/broker.ts';
import { PubSubProtos } from '../wire/protos.ts';
import { type Journal, openJournal } from './journal.ts';

const topicName = 'projects/p/topics/topic';
const names = ['projects/p/subscriptions/first', 'projects/p/subscriptions/second'] as const;
const payload = Buffer.concat([Buffer.from([0x0a, 100]), Buffer.alloc(100, 97)]);
const protos = new PubSubProtos();
const segmentBytes = 1_000;

let folder: string;
const open: { broker: Broker; journal: Journal }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => {
  for (const { broker, journal } of open.splice(0)) {
    broker.stop();
    journal.close();
  }
  rmSync(folder, { recursive: true });
});

function start(path: string): { broker: Broker; journal: Journal } {
  const broker = new Broker({ clock: new DrivenClock(), maxBacklogBytes: 1e9 });
  const journal = openJournal(path, broker, protos, segmentBytes);
  open.push({ broker, journal });
  return { broker, journal };
}

const segments = (path: string): number => readdirSync(path).filter((name) => name.endsWith('.log')).length;
const idsOf = (broker: Broker, name: string): number[] =>
  [...broker.subscription(name).unacked()].map(({ id }) => id);

function fill(broker: Broker, count: number): number[] {
  broker.createTopic({ name: topicName });
  for (const name of names) broker.createSubscription({ name, topic: topicName });
  return Array.from({ length: count }, () => {
    const [message] = broker.publish(broker.topic(topicName), payload, [0, payload.length]);
    return message!.id;
  });
}

const greedy = () => ({
  outstandingMessages: 0,
  outstandingBytes: 0,
  ackDeadlineMs: 600_000,
  roomMessages: () => 1_000_000,
  roomBytes: () => 1_000_000,
  deliver: () => {},
  end: () => {},
});

/** Takes everything and acknowledges what the condition says. */
async function settle(broker: Broker, name: string, condition: (id: number) => boolean): Promise<void> {
  const subscription = broker.subscription(name);
  const ids = idsOf(broker, name);
  subscription.attach(greedy());
  await Promise.resolve();
  for (const id of ids.filter(condition)) subscription.ack(id);
}

test('a journal of many segments is read back whole, and written anew as one', async () => {
  const path = join(folder, 'data');
  const { broker, journal } = start(path);
  const ids = fill(broker, 60);
  await settle(broker, names[0], (id) => id % 2 === 0);
  expect(segments(path)).toBeGreaterThan(5);
  journal.close();
  open.pop();
  broker.stop();
  const again = start(path);
  expect(segments(path)).toBe(1);
  expect(idsOf(again.broker, names[0])).toEqual(ids.filter((id) => id % 2 === 1));
  expect(idsOf(again.broker, names[1])).toEqual(ids);
});

test('segments go as soon as nobody holds a message of them or of an older one', async () => {
  const path = join(folder, 'data');
  const { broker, journal } = start(path);
  const ids = fill(broker, 60);
  const before = segments(path);
  await settle(broker, names[0], () => true);
  journal.flush();
  expect(segments(path)).toBe(before);
  await settle(broker, names[1], (id) => id !== ids[30]);
  journal.flush();
  expect(segments(path)).toBeLessThan(before / 2 + 2);
  expect(segments(path)).toBeGreaterThan(1);
  // What is left says all there is to say: settings, counts, the one message.
  cpSync(path, join(folder, 'killed'), { recursive: true });
  rmSync(join(folder, 'killed', 'emulator.lock'));
  const again = start(join(folder, 'killed'));
  expect(idsOf(again.broker, names[0])).toEqual([]);
  expect(idsOf(again.broker, names[1])).toEqual([ids[30]]);
  expect(again.broker.counters.nextId).toBeGreaterThan(ids.at(-1)!);
});

type Step =
  | { readonly do: 'publish'; readonly count: number }
  | { readonly do: 'ack'; readonly reader: 0 | 1; readonly picks: readonly number[] }
  | { readonly do: 'replace'; readonly reader: 0 | 1 };

const reader = fc.constantFrom(0 as const, 1 as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('ack' as const), reader, picks: fc.array(fc.nat(), { maxLength: 5 }) }),
  fc.record({ do: fc.constant('replace' as const), reader }),
);

/** The newest segment and its length: what a call writes is appended there, or begins another. */
function newest(path: string): { file: string; size: number } {
  const file = join(
    path,
    readdirSync(path)
      .filter((name) => name.endsWith('.log'))
      .sort()
      .at(-1) ?? '',
  );
  return { file, size: statSync(file).size };
}

async function killInTheMiddle(steps: readonly Step[], cut: number): Promise<void> {
  const path = mkdtempSync(join(folder, 'run-'));
  const { broker, journal } = start(path);
  fill(broker, 0);
  for (const name of names) broker.subscription(name).attach(greedy());
  const held = [new Set<number>(), new Set<number>()] as const;

  const perform = async (one: Step): Promise<void> => {
    if (one.do === 'publish') {
      const ranges = Array.from({ length: one.count }, () => [0, payload.length]).flat();
      for (const { id } of broker.publish(broker.topic(topicName), payload, ranges))
        for (const ids of held) ids.add(id);
      await Promise.resolve();
    } else if (one.do === 'ack') {
      const ids = [...held[one.reader]];
      for (const pick of one.picks) {
        const id = ids[pick % Math.max(1, ids.length)];
        if (id === undefined) continue;
        broker.subscription(names[one.reader]).ack(id);
        held[one.reader].delete(id);
      }
      // As the timer does some milliseconds later; up to then an ack may be undone by a kill.
      journal.flush();
    } else {
      broker.deleteSubscription(names[one.reader]);
      held[one.reader].clear();
      broker.createSubscription({ name: names[one.reader], topic: topicName }).attach(greedy());
    }
  };
  for (const one of steps.slice(0, -1)) await perform(one);
  const [told, before] = [held.map((ids) => new Set(ids)), newest(path)];
  for (const one of steps.slice(-1)) await perform(one);

  const killed = mkdtempSync(join(folder, 'killed-'));
  cpSync(path, killed, { recursive: true });
  rmSync(join(killed, 'emulator.lock'));
  // The last call was under way: any part of what it appended may be missing.
  const after = newest(killed);
  if (after.file.endsWith(before.file.slice(path.length)))
    truncateSync(after.file, before.size + (cut % (after.size - before.size + 1)));

  const again = start(killed).broker;
  names.forEach((name, i) => {
    const got = again.subscriptions.has(name) ? idsOf(again, name) : [];
    const certain = [...told[i]!].filter((id) => held[i]!.has(id));
    expect(got).toEqual(expect.arrayContaining(certain));
    for (const id of got) expect(told[i]!.has(id) || held[i]!.has(id)).toBe(true);
    expect(again.counters.nextId).toBeGreaterThan(Math.max(0, ...told[i]!));
  });
}

test('killed in the middle of any write it keeps what was told, and brings back nothing that was settled', async () => {
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 20 }),
    fc.nat(),
    killInTheMiddle,
  );
  await fc.assert(property, { numRuns: 40 });
});
