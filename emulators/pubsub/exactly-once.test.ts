import { AckResponses } from '@google-cloud/pubsub';
import { expect, test, vi } from 'vitest';
import { DrivenClock } from '../frame/index.ts';
import { benchOfFile, publish, pull, subscriptionName, withSubscription } from './testing.ts';

const clock = new DrivenClock();
const bench = benchOfFile({ clock });

const exactlyOnce = { enableExactlyOnceDelivery: true };
const acknowledge = (...ackIds: string[]) =>
  bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds });
const failure = (ackId: string, reason: string) => ({
  code: 9,
  reason,
  domain: 'pubsub.googleapis.com',
  errorInfoMetadata: { [ackId]: reason },
});

test('an ack whose deadline has passed fails, and says which id it was', async () => {
  await withSubscription(bench, exactlyOnce);
  await publish(bench, 'a', 'b');
  const [a, b] = await pull(bench);
  await acknowledge(b!.ackId);
  clock.advance(10_100);
  await expect(acknowledge(a!.ackId)).rejects.toMatchObject(
    failure(a!.ackId, 'PERMANENT_FAILURE_INVALID_ACK_ID'),
  );
  const [again] = await pull(bench);
  expect(again!.ackId).not.toBe(a!.ackId);
  await acknowledge(again!.ackId);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
});

test('an ack that is repeated because its answer was lost succeeds again', async () => {
  await withSubscription(bench, exactlyOnce);
  await publish(bench, 'a');
  const [a] = await pull(bench);
  await acknowledge(a!.ackId);
  await acknowledge(a!.ackId);
});

test('a deadline cannot be extended after it has passed', async () => {
  await withSubscription(bench, exactlyOnce);
  await publish(bench, 'a');
  const [a] = await pull(bench);
  clock.advance(10_100);
  const extended = bench.subscriber.modifyAckDeadline({
    subscription: subscriptionName,
    ackIds: [a!.ackId],
    ackDeadlineSeconds: 60,
  });
  await expect(extended).rejects.toMatchObject(failure(a!.ackId, 'PERMANENT_FAILURE_INVALID_ACK_ID'));
});

test('with ordering an ack before its turn fails for now', async () => {
  await withSubscription(bench, { ...exactlyOnce, enableMessageOrdering: true });
  const topic = bench.pubsub.topic('events', { messageOrdering: true });
  await Promise.all(
    ['a', 'b'].map((text) => topic.publishMessage({ data: Buffer.from(text), orderingKey: 'k' })),
  );
  const [first, second] = await pull(bench);
  await expect(acknowledge(second!.ackId)).rejects.toMatchObject(
    failure(second!.ackId, 'TRANSIENT_FAILURE_UNORDERED_ACK_ID'),
  );
  await acknowledge(first!.ackId, second!.ackId);
  expect(bench.emulator.backlog(subscriptionName).unacked).toBe(0);
});

test('a stream confirms acks and extensions id by id', async () => {
  await withSubscription(bench, exactlyOnce);
  await publish(bench, 'a');
  const stream = bench.subscriber.streamingPull();
  const responses: Record<string, unknown>[] = [];
  stream.on('data', (response) => responses.push(response));
  stream.write({ subscription: subscriptionName, streamAckDeadlineSeconds: 60 });
  const received = () => responses.flatMap((response) => response.receivedMessages as { ackId: string }[]);
  await vi.waitFor(() => expect(received()).toHaveLength(1));
  expect(responses[0]).toMatchObject({ subscriptionProperties: { exactlyOnceDeliveryEnabled: true } });
  const { ackId } = received()[0]!;
  const stale = ackId.replace(/\d+$/, '7');
  stream.write({ modifyDeadlineAckIds: [ackId, stale], modifyDeadlineSeconds: [30, 30], ackIds: [stale] });
  await vi.waitFor(() =>
    expect(responses.map((response) => response.modifyAckDeadlineConfirmation)).toContainEqual(
      expect.objectContaining({ ackIds: [ackId], invalidAckIds: [stale] }),
    ),
  );
  stream.write({ ackIds: [ackId] });
  await vi.waitFor(() =>
    expect(responses.map((response) => response.acknowledgeConfirmation)).toContainEqual(
      expect.objectContaining({ ackIds: [ackId] }),
    ),
  );
  const ended = new Promise((resolve) => stream.once('end', resolve));
  stream.end();
  await ended;
});

test('the client learns whether its ack counted', async () => {
  await withSubscription(bench, exactlyOnce);
  const subscription = bench.pubsub.subscription('reader');
  const response = new Promise((resolve, reject) => {
    subscription.on('error', reject);
    subscription.on('message', (message) => void message.ackWithResponse().then(resolve, reject));
  });
  await publish(bench, 'a');
  expect(await response).toBe(AckResponses.Success);
  await subscription.close();
});
