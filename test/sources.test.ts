import { once } from 'node:events';
import type { PubSub, Topic } from '@google-cloud/pubsub';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PubSubEmulator, startPubSub } from '../emulators/pubsub/index.ts';
import { pubsubClient, subscriberClient } from '../runtime/google-clients.ts';
import { type OrderlakeError, systemClock } from '../runtime/index.ts';
import { type Delivery, pubsubSource, RawSource, type Source } from '../streaming/index.ts';

const project = 'sources';
const flow = { maxMessages: 100, maxBytes: 1 << 20, ackBatchMillis: 1, closeSeconds: 1 };

let emulator: PubSubEmulator;
let client: PubSub;
let topic: Topic;
let opened: Opened | undefined;
let before: string | undefined;

beforeEach(async () => {
  before = process.env.PUBSUB_EMULATOR_HOST;
  emulator = await startPubSub();
  Object.assign(process.env, emulator.environment);
  client = await pubsubClient(project);
  [topic] = await client.createTopic('orders');
  await topic.createSubscription('reader', { ackDeadlineSeconds: 10 });
});

afterEach(async () => {
  await opened?.source.close();
  opened = undefined;
  await client.close();
  await emulator.stop();
  if (before === undefined) delete process.env.PUBSUB_EMULATOR_HOST;
  else process.env.PUBSUB_EMULATOR_HOST = before;
});

type Waited = (error: OrderlakeError) => void;
const reopening = (waiting: Waited) => ({ clock: systemClock, random: () => 0.02, waiting });

const kinds = {
  client: async (subscription: string, waited: Waited): Promise<Source> =>
    pubsubSource(client, { subscription, ...flow }, reopening(waited)),
  raw: async (subscription: string, waited: Waited): Promise<Source> =>
    new RawSource(
      { project, subscription, ...flow },
      { client: await subscriberClient(project, process.env), ...reopening(waited) },
    ),
};

interface Opened {
  readonly source: Source;
  readonly received: Delivery[];
  readonly waits: OrderlakeError[];
  until(holds: () => boolean): Promise<void>;
  /** Resolves when so many deliveries came since the opening. */
  count(deliveries: number): Promise<void>;
}

async function open(kind: keyof typeof kinds, subscription = 'reader'): Promise<Opened> {
  const received: Delivery[] = [];
  const waits: OrderlakeError[] = [];
  const arrivals = new EventTarget();
  const source = await kinds[kind](subscription, (error) => {
    waits.push(error);
    arrivals.dispatchEvent(new Event('change'));
  });
  source.open({
    receive(delivery) {
      received.push(delivery);
      arrivals.dispatchEvent(new Event('change'));
    },
    fail: (error) => {
      throw error;
    },
  });
  const until = async (holds: () => boolean) => {
    while (!holds()) await once(arrivals, 'change');
  };
  opened = {
    source,
    received,
    waits,
    until,
    count: (deliveries) => until(() => received.length >= deliveries),
  };
  return opened;
}

async function publish(texts: readonly string[]): Promise<void> {
  await Promise.all(
    texts.map((text) => topic.publishMessage({ data: Buffer.from(text), attributes: { name: text } })),
  );
}

const textOf = ({ message }: Delivery) => new TextDecoder().decode(message.bytes);

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('the source "%s"', (kind) => {
  test('hands over every message with its attributes and times', async () => {
    const { received, count } = await open(kind);
    const from = Date.now() * 1_000;
    await publish(['a', 'b', 'c']);
    await count(3);
    expect(received.map(textOf).toSorted()).toEqual(['a', 'b', 'c']);
    for (const { message, deliveryAttempt } of received) {
      expect(message.attributes).toEqual({ name: new TextDecoder().decode(message.bytes) });
      expect(message.messageId).toMatch(/^\d+$/);
      expect(message.publishedAt).toBeGreaterThan(from - 1_000_000);
      expect(message.receivedAt).toBeLessThan(from + 60_000_000);
      expect(deliveryAttempt).toBe(1);
    }
  });

  test('what is acknowledged is gone when it has closed', async () => {
    const { source, received, count } = await open(kind);
    await publish(['a', 'b']);
    await count(2);
    for (const delivery of received) delivery.ack();
    await source.close();
    expect(emulator.backlog(`projects/${project}/subscriptions/reader`).unacked).toBe(0);
  });

  test('what is given back comes again', async () => {
    const { received, count } = await open(kind);
    await publish(['a']);
    await count(1);
    received[0]!.nack();
    await count(2);
    expect(received.map(textOf)).toEqual(['a', 'a']);
    // Pub/Sub counts only for a subscription that gives up some day.
    expect(received.map(({ message }) => message.deliveryAttempt)).toEqual([null, null]);
  });

  test('how often it came is told with the message, where Pub/Sub counts', async () => {
    const [letters] = await client.createTopic('letters');
    const deadLetterPolicy = { deadLetterTopic: letters.name, maxDeliveryAttempts: 5 };
    await topic.createSubscription('counting', { deadLetterPolicy });
    const { received, count } = await open(kind, 'counting');
    await publish(['a']);
    await count(1);
    received[0]!.nack();
    await count(2);
    const told = received.map(({ message, deliveryAttempt }) => [message.deliveryAttempt, deliveryAttempt]);
    expect(told).toEqual([
      [1, 1],
      [2, 2],
    ]);
    received[1]!.ack();
  });

  test('what is still held when closing takes too long is given back, not acknowledged', async () => {
    const { source, count } = await open(kind);
    await publish(['a']);
    await count(1);
    await source.close();
    const again = await open(kind);
    await again.count(1);
    expect(textOf(again.received[0]!)).toBe('a');
  });

  test('no more is out at once than it may hold', async () => {
    const { received, count } = await open(kind);
    await publish(Array.from({ length: 250 }, (_, index) => String(index)));
    await count(100);
    for (const delivery of received.slice(0, 50)) delivery.ack();
    await count(150);
    expect(received.length).toBe(150);
    for (const delivery of received.slice(50)) delivery.ack();
    await count(250);
    for (const delivery of received.slice(150)) delivery.ack();
  });

  test('a subscription that is not there yet is waited for, and the waiting says what to do', async () => {
    const { received, waits, until, count } = await open(kind, 'later');
    await until(() => waits.length > 0);
    expect(waits[0]!.message).toContain('orderlake infra apply');
    await topic.createSubscription('later');
    await publish(['a']);
    await count(1);
    received[0]!.ack();
  });

  test('a subscription that is deleted and made again is read again', async () => {
    const { received, waits, until, count } = await open(kind);
    await publish(['a']);
    await count(1);
    received[0]!.ack();
    await client.subscription('reader').delete();
    await until(() => waits.length > 0);
    await topic.createSubscription('reader');
    await publish(['b']);
    await count(2);
    expect(textOf(received[1]!)).toBe('b');
    received[1]!.ack();
  });
});

test('a raw source whose connection is cut opens another stream and goes on', async () => {
  const { received, waits, count } = await open('raw');
  await publish(['a']);
  await count(1);
  emulator.faults.next('Acknowledge', 1, { kind: 'drop' });
  received[0]!.ack();
  await publish(['b']);
  await count(2);
  expect(textOf(received[1]!)).toBe('b');
  expect(waits.map(({ code }) => code)).toContain('TRANSIENT');
});
