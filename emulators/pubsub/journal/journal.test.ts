import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Takes everything and acknowledges what the condition says. */
async function settle(broker: Broker, name: string, condition: (id: number) => boolean): Promise<void> {
  const subscription = broker.subscription(name);
  const consumer = {
    outstandingMessages: 0,
    outstandingBytes: 0,
    ackDeadlineMs: 600_000,
    roomMessages: () => 1_000_000,
    roomBytes: () => 1_000_000,
    deliver: () => {},
    end: () => {},
  };
  const ids = idsOf(broker, name);
  subscription.attach(consumer);
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
