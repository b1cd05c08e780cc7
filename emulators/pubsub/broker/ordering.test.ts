import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Broker } from './broker.ts';
import type { Consumer, Delivery } from './delivery.ts';

const topicName = 'projects/p/topics/topic';
const name = 'projects/p/subscriptions/subscription';
const keys = ['a', 'b', ''] as const;
const payloadOf = (key: string): Buffer =>
  Buffer.concat([Buffer.from([0x0a, 1, 97]), ...(key ? [Buffer.from([0x2a, 1]), Buffer.from(key)] : [])]);

interface Given {
  readonly id: number;
  readonly attempt: number;
  readonly key: string;
}

class Reader implements Consumer {
  outstandingMessages = 0;
  outstandingBytes = 0;
  readonly ackDeadlineMs = 10_000;
  readonly given: Given[] = [];
  readonly #keys: ReadonlyMap<number, string>;
  readonly #limit: number;

  constructor(keysOfIds: ReadonlyMap<number, string>, limit: number) {
    this.#keys = keysOfIds;
    this.#limit = limit;
  }

  roomMessages(): number {
    return this.#limit - this.outstandingMessages;
  }

  roomBytes(): number {
    return Number.POSITIVE_INFINITY;
  }

  deliver(batch: readonly Delivery[]): void {
    for (const { message, attempt } of batch)
      this.given.push({ id: message.id, attempt, key: this.#keys.get(message.id) ?? '' });
  }

  end(): void {}
}

type Step =
  | { readonly do: 'publish'; readonly key: (typeof keys)[number] }
  | { readonly do: 'ack' | 'nack'; readonly pick: number }
  | { readonly do: 'wait'; readonly milliseconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), key: fc.constantFrom(...keys) }),
  fc.record({ do: fc.constantFrom('ack' as const, 'nack' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('wait' as const), milliseconds: fc.integer({ min: 0, max: 15_000 }) }),
);

/**
 * The rule, as whoever reads one key sees it: a message comes only after every earlier one of its key has come, and
 * after a message came again, all that follow it come again before anything later than them.
 */
function expectOrdered(given: readonly Given[], published: readonly Given[]): void {
  for (const key of ['a', 'b']) {
    const order = published.filter((one) => one.key === key).map(({ id }) => id);
    let before = -1;
    for (const { id } of given.filter((one) => one.key === key)) {
      const place = order.indexOf(id);
      expect(place).toBeLessThanOrEqual(before + 1);
      before = place;
    }
  }
}

async function run(steps: readonly Step[], limit: number, withRetry: boolean): Promise<void> {
  const clock = new DrivenClock();
  const broker = new Broker({ clock, maxBacklogBytes: 1e9 });
  const topic = broker.createTopic({ name: topicName });
  const subscription = broker.createSubscription({
    name,
    topic: topicName,
    enableMessageOrdering: true,
    ...(withRetry ? { retryPolicy: { minimumBackoff: { seconds: 1 } } } : {}),
  });
  const keysOfIds = new Map<number, string>();
  const published: Given[] = [];
  const readers = [new Reader(keysOfIds, limit), new Reader(keysOfIds, limit)];
  const log: Given[] = [];
  const backTo = new Map<string, number>();
  for (const reader of readers) {
    const deliver = reader.deliver.bind(reader);
    reader.deliver = (batch) => {
      const from = reader.given.length;
      deliver(batch);
      for (const one of reader.given.slice(from)) {
        log.push(one);
        // After a nack the key goes on with that message or an earlier one, and no other.
        if (one.key !== '') expect(one.id).toBeLessThanOrEqual(backTo.get(one.key) ?? one.id);
        backTo.delete(one.key);
      }
    };
    subscription.attach(reader);
  }
  for (const one of steps) {
    if (one.do === 'publish') {
      const payload = payloadOf(one.key);
      // The key must be known before the message is delivered, which happens in the next turn.
      const [message] = broker.publish(topic, payload, [0, payload.length]);
      keysOfIds.set(message!.id, one.key);
      published.push({ id: message!.id, attempt: 0, key: one.key });
    } else if (one.do === 'wait') clock.advance(one.milliseconds);
    else {
      const target = log[one.pick % Math.max(1, log.length)];
      if (target === undefined) continue;
      if (one.do === 'ack') {
        subscription.ack(target.id, target.attempt);
        // A late ack at the head of its key counts: the key then goes on behind it.
        if (backTo.get(target.key) === target.id) backTo.delete(target.key);
      } else if (subscription.modifyDeadline(target.id, target.attempt, 0) === 'done') {
        backTo.set(target.key, Math.min(target.id, backTo.get(target.key) ?? target.id));
      }
    }
    await Promise.resolve();
  }
  expectOrdered(log, published);
  // What was delivered up to here and not acknowledged must come again by itself: only what is new is acknowledged.
  let seen = log.length;
  for (let i = 0; i < 500 && subscription.backlog().unacked > 0; i++) {
    clock.advance(700_000);
    await Promise.resolve();
    for (; seen < log.length; seen++) subscription.ack(log[seen]!.id, log[seen]!.attempt);
    await Promise.resolve();
  }
  expectOrdered(log, published);
  expect(new Set(log.map(({ id }) => id))).toEqual(new Set(published.map(({ id }) => id)));
  expect(subscription.backlog()).toEqual({ unacked: 0, outstanding: 0, oldestAgeMs: 0 });
  expect(readers.map((reader) => reader.outstandingMessages)).toEqual([0, 0]);
  expect(broker.backlogBytes).toBe(0);
  broker.stop();
  expect(clock.timers).toBe(0);
}

test('whatever two readers do, each key is delivered in its order, and nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), run),
    { numRuns: 200 },
  );
});
