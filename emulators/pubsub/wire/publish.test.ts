import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Broker } from '../broker/broker.ts';
import type { Delivery } from '../broker/delivery.ts';
import { AckIds } from './ack-id.ts';
import { PubSubProtos } from './protos.ts';
import { decodePublishRequest, encodePublishResponse } from './publish.ts';
import { encodeReceived } from './received.ts';

const protos = new PubSubProtos();
interface PubsubMessage {
  data?: Uint8Array;
  attributes?: Record<string, string>;
  orderingKey?: string;
}
interface Received extends PubsubMessage {
  messageId: string;
  publishTime: { seconds: number; nanos: number };
}
const request = protos.codec<{ topic: string; messages: PubsubMessage[] }>('PublishRequest');
const response = protos.codec<{ messageIds: string[] }>('PublishResponse');
const pulled = protos.codec<{
  receivedMessages: { ackId: string; message: Received; deliveryAttempt?: number }[];
}>('StreamingPullResponse');

const attributes = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 20 }).filter((key) => !key.startsWith('goog') && key !== '__proto__'),
  fc.string({ maxLength: 300, unit: 'grapheme' }),
  { minKeys: 1, maxKeys: 5 },
);
const message = fc.record(
  {
    data: fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
    attributes,
    orderingKey: fc.string({ minLength: 1, maxLength: 50 }),
  },
  { requiredKeys: ['attributes'] },
);

test('any message comes out as it went in, though it is never decoded on its way', () => {
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 300 }),
      (messages, attempt) => {
        const clock = new DrivenClock(Date.UTC(2026, 1, 3, 4, 5, 6, 789));
        const broker = new Broker({ clock, maxBacklogBytes: 1e9 });
        const topic = broker.createTopic({ name: 'projects/p/topics/topic' });
        const subscription = broker.createSubscription({
          name: 'projects/p/subscriptions/subscription',
          topic: 'projects/p/topics/topic',
          deadLetterPolicy: { deadLetterTopic: 'projects/p/topics/topic', maxDeliveryAttempts: 5 },
        });
        const asked = decodePublishRequest(
          Buffer.from(request.encode({ topic: 'projects/p/topics/topic', messages })),
        );
        const stored = broker.publish(topic, asked.bytes, asked.ranges);
        const { messageIds } = response.decode(encodePublishResponse(stored));
        const batch = stored.map((one) => ({ message: one, attempt }) as unknown as Delivery);
        const { receivedMessages } = pulled.decode(encodeReceived(subscription, batch));
        broker.stop();

        expect(receivedMessages.map((received) => received.message)).toEqual(
          messages.map((given, i) => ({
            ...(given.data === undefined ? {} : { data: Buffer.from(given.data) }),
            attributes: given.attributes,
            ...(given.orderingKey === undefined ? {} : { orderingKey: given.orderingKey }),
            messageId: messageIds[i],
            publishTime: { seconds: Date.UTC(2026, 1, 3, 4, 5, 6) / 1000, nanos: 789_000_000 },
          })),
        );
        receivedMessages.forEach(({ ackId, deliveryAttempt }, i) => {
          expect(deliveryAttempt).toBe(attempt);
          const ackIds = new AckIds();
          ackIds.add(Buffer.from(ackId), 0, ackId.length);
          expect(ackIds.text(0)).toBe(`${subscription.number}-${messageIds[i]}-${attempt}`);
        });
      },
    ),
    { numRuns: 60 },
  );
});

test('bytes that are no publish request are refused, never taken for one or fatal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const { ranges } = decodePublishRequest(Buffer.from(bytes));
        expect(ranges.at(-1)).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 1_000 },
  );
});
