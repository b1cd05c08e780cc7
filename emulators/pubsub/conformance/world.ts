import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { v1 } from '@google-cloud/pubsub';

export interface Clients {
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  readonly schemas: v1.SchemaServiceClient;
}

export interface Server extends Clients {
  /** `projects/…` */
  readonly project: string;
  /** Lets so much time pass for the server: by its clock where that can be driven, by waiting otherwise. */
  passTime(milliseconds: number): Promise<void>;
  /** How long to ask again for what should come. */
  readonly patienceMs: number;
}

export interface Pulled {
  readonly text: string;
  readonly ackId: string;
  readonly attempt: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly id: string;
}

type Outgoing = string | { data?: string; attributes?: Record<string, string>; orderingKey?: string };

/** What scenarios do, each in names of its own: they may run side by side. */
export class World {
  readonly server: Server;

  constructor(server: Server) {
    this.server = server;
  }

  name(kind: 'topics' | 'subscriptions' | 'snapshots' | 'schemas'): string {
    return `${this.server.project}/${kind}/conformance-${randomBytes(5).toString('hex')}`;
  }

  async topic(settings: object = {}): Promise<string> {
    const name = this.name('topics');
    await this.server.publisher.createTopic({ name, ...settings });
    return name;
  }

  async subscription(topic: string, settings: object = {}): Promise<string> {
    const name = this.name('subscriptions');
    await this.server.subscriber.createSubscription({ name, topic, ...settings });
    return name;
  }

  /** A topic and one subscription of it. */
  async pair(settings: object = {}): Promise<{ topic: string; subscription: string }> {
    const topic = await this.topic();
    return { topic, subscription: await this.subscription(topic, settings) };
  }

  async publish(topic: string, ...outgoing: Outgoing[]): Promise<string[]> {
    const messages = outgoing.map((one) => {
      const { data, ...rest } = typeof one === 'string' ? { data: one } : one;
      return { ...rest, ...(data === undefined ? {} : { data: Buffer.from(data) }) };
    });
    const [{ messageIds }] = await this.server.publisher.publish({ topic, messages });
    return messageIds ?? [];
  }

  /** One pull that takes what is there. */
  async pullOnce(subscription: string, maxMessages = 100): Promise<Pulled[]> {
    const request = { subscription, maxMessages, returnImmediately: true };
    const [{ receivedMessages }] = await this.server.subscriber.pull(request);
    return (receivedMessages ?? []).map(({ ackId, message, deliveryAttempt }) => ({
      text: Buffer.from(message?.data ?? '').toString(),
      ackId: ackId ?? '',
      attempt: deliveryAttempt ?? 0,
      attributes: { ...message?.attributes },
      id: message?.messageId ?? '',
    }));
  }

  /** Pulls until so many have come; fails when they do not. */
  async pull(subscription: string, count: number): Promise<Pulled[]> {
    const got: Pulled[] = [];
    const until = performance.now() + this.server.patienceMs;
    for (;;) {
      got.push(...(await this.pullOnce(subscription, count - got.length)));
      if (got.length >= count) return got;
      assert.ok(performance.now() < until, `expected ${count} messages, got ${got.length}`);
      await sleep(20);
    }
  }

  async expectNothing(subscription: string): Promise<void> {
    const got = await this.pullOnce(subscription);
    assert.deepEqual(
      got.map(({ text }) => text),
      [],
    );
  }

  async acknowledge(subscription: string, ...pulled: Pulled[]): Promise<void> {
    await this.server.subscriber.acknowledge({ subscription, ackIds: pulled.map(({ ackId }) => ackId) });
  }

  async modify(subscription: string, ackDeadlineSeconds: number, ...pulled: Pulled[]): Promise<void> {
    const ackIds = pulled.map(({ ackId }) => ackId);
    await this.server.subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds });
  }

  passSeconds(seconds: number): Promise<void> {
    return this.server.passTime(seconds * 1000);
  }
}

export const texts = (pulled: readonly Pulled[]): string[] => pulled.map(({ text }) => text);
export const sorted = (pulled: readonly Pulled[]): string[] => texts(pulled).sort();

export const codes = {
  invalid: 3,
  notFound: 5,
  exists: 6,
  precondition: 9,
  unimplemented: 12,
} as const;

/** What a server need not have it refuses with UNIMPLEMENTED and the name of what is missing. */
export async function servedOrRefusedByName(call: Promise<unknown>, name: string): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: { code?: number; message?: string }) => thrown,
  );
  if (error?.code !== codes.unimplemented) return;
  assert.ok(error.message?.includes(name), `expected "${name}" in "${error.message}"`);
}

/** The call is refused with this code, and in words that hold this text. */
export async function refused(call: Promise<unknown>, code: number, text = ''): Promise<void> {
  const outcome = await call.then(
    () => undefined,
    (error: { code?: number; message?: string }) => error,
  );
  assert.ok(outcome !== undefined, `expected a refusal with code ${code}, got an answer`);
  assert.equal(outcome.code, code, outcome.message);
  assert.ok(outcome.message?.includes(text), `expected "${text}" in "${outcome.message}"`);
}
