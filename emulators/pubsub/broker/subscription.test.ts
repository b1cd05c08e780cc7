import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Broker } from './broker.ts';
import type { Consumer, Delivery } from './delivery.ts';

const topicName = 'projects/p/topics/topic';
const name = 'projects/p/subscriptions/subscription';
const payload = Buffer.from([0x0a, 1, 97]);

interface Held {
  readonly id: number;
  readonly attempt: number;
}

/** A reader with a limit, that remembers what it was given. */
class Reader implements Consumer {
  outstandingMessages = 0;
  outstandingBytes = 0;
  readonly ackDeadlineMs = 10_000;
  readonly given: Held[] = [];
  most = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  roomMessages(): number {
    return this.#limit - this.outstandingMessages;
  }

  roomBytes(): number {
    return Number.POSITIVE_INFINITY;
  }

  deliver(batch: readonly Delivery[]): void {
    this.given.push(...batch.map(({ message, attempt }) => ({ id: message.id, attempt })));
    this.most = Math.max(this.most, this.outstandingMessages);
  }

  end(): void {}
}

type Step =
  | { readonly do: 'publish'; readonly count: number }
  | { readonly do: 'ack' | 'nack' | 'extend'; readonly pick: number }
  | { readonly do: 'wait'; readonly milliseconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ do: fc.constantFrom('ack' as const, 'nack' as const, 'extend' as const), pick: fc.nat() }),
  fc.record({ do: fc.constant('wait' as const), milliseconds: fc.integer({ min: 0, max: 25_000 }) }),
);

test('whatever readers do, nothing unacknowledged is lost, nothing acknowledged comes back, and no limit is passed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), fc.boolean(), run),
    { numRuns: 150 },
  );
});

async function run(steps: readonly Step[], limit: number, withRetry: boolean): Promise<void> {
  const clock = new DrivenClock();
  const broker = new Broker({ clock, maxBacklogBytes: 1e9 });
  const topic = broker.createTopic({ name: topicName });
  const retryPolicy = { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 5 } };
  const subscription = broker.createSubscription({
    name,
    topic: topicName,
    ...(withRetry ? { retryPolicy } : {}),
  });
  const readers = [new Reader(limit), new Reader(limit)];
  for (const reader of readers) subscription.attach(reader);
  const given = (): Held[] => readers.flatMap((reader) => reader.given);
  const published = new Set<number>();
  const acked = new Map<number, number>();

  const perform = (one: Step): void => {
    if (one.do === 'publish') {
      const ranges = Array.from({ length: one.count }, () => [0, payload.length]).flat();
      for (const { id } of broker.publish(topic, payload, ranges)) published.add(id);
    } else if (one.do === 'wait') clock.advance(one.milliseconds);
    else {
      const all = given();
      const target = all[one.pick % Math.max(1, all.length)];
      if (target === undefined) return;
      if (one.do === 'ack') {
        subscription.ack(target.id);
        if (!acked.has(target.id)) acked.set(target.id, all.filter(({ id }) => id === target.id).length);
      } else subscription.modifyDeadline(target.id, target.attempt, one.do === 'nack' ? 0 : 60);
    }
  };
  for (const one of steps) {
    perform(one);
    await Promise.resolve();
    expect(subscription.backlog().unacked).toBe(published.size - acked.size);
  }
  for (const [id, times] of acked) expect(given().filter((held) => held.id === id)).toHaveLength(times);
  for (const reader of readers) expect(reader.most).toBeLessThanOrEqual(limit);

  // From here on everything is acknowledged as soon as it comes: all that is left must come.
  for (let i = 0; i < 500 && subscription.backlog().unacked > 0; i++) {
    for (const { id } of given()) subscription.ack(id);
    clock.advance(70_000);
    await Promise.resolve();
  }
  expect(new Set(given().map(({ id }) => id))).toEqual(published);
  expect(subscription.backlog()).toEqual({ unacked: 0, outstanding: 0, oldestAgeMs: 0 });
  expect(broker.backlogBytes).toBe(0);
  broker.stop();
  expect(clock.timers).toBe(0);
}
