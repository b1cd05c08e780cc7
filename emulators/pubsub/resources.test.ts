import { expect, test } from 'vitest';
import { benchOfFile, project, subscriptionName, topicName } from './testing.ts';

const bench = benchOfFile();

const refusal = (code: number, details: string) => ({ code, details: expect.stringContaining(details) });

test('a topic is created once, found, listed and deleted', async () => {
  const [made] = await bench.publisher.createTopic({ name: topicName, labels: { team: 'blue' } });
  expect(made).toMatchObject({ name: topicName, labels: { team: 'blue' }, state: 'ACTIVE' });
  await expect(bench.publisher.createTopic({ name: topicName })).rejects.toMatchObject(
    refusal(6, 'Resource already exists in the project (resource=events).'),
  );
  expect((await bench.publisher.getTopic({ topic: topicName }))[0].name).toBe(topicName);
  await bench.publisher.deleteTopic({ topic: topicName });
  await expect(bench.publisher.getTopic({ topic: topicName })).rejects.toMatchObject(
    refusal(5, 'Resource not found (resource=events).'),
  );
});

test('a subscription shows the defaults of the service', async () => {
  await bench.publisher.createTopic({ name: topicName });
  const [made] = await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName });
  expect(made).toMatchObject({
    name: subscriptionName,
    topic: topicName,
    ackDeadlineSeconds: 10,
    state: 'ACTIVE',
  });
  expect(Number(made.messageRetentionDuration!.seconds)).toBe(604_800);
  expect(Number(made.expirationPolicy!.ttl!.seconds)).toBe(2_678_400);
  const [names] = await bench.publisher.listTopicSubscriptions({ topic: topicName });
  expect(names).toEqual([subscriptionName]);
});

test('a subscription outlives its topic and shows that it is gone', async () => {
  await bench.publisher.createTopic({ name: topicName });
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName });
  await bench.publisher.deleteTopic({ topic: topicName });
  const [found] = await bench.subscriber.getSubscription({ subscription: subscriptionName });
  expect(found.topic).toBe('_deleted_topic_');
});

test('lists are paged by name and keep to their project', async () => {
  const names = ['a-topic', 'b-topic', 'c-topic'].map((id) => `${project}/topics/${id}`);
  for (const name of names.toReversed()) await bench.publisher.createTopic({ name });
  await bench.publisher.createTopic({ name: 'projects/test-2/topics/other' });
  const options = { autoPaginate: false };
  const [first, , page] = await bench.publisher.listTopics({ project, pageSize: 2 }, options);
  expect(first.map(({ name }) => name)).toEqual(names.slice(0, 2));
  const [rest, , last] = await bench.publisher.listTopics(
    { project, pageToken: page!.nextPageToken! },
    options,
  );
  expect(rest.map(({ name }) => name)).toEqual(names.slice(2));
  expect(last!.nextPageToken).toBe('');
  await bench.publisher.deleteTopic({ topic: 'projects/test-2/topics/other' });
});

test('an update changes the fields of its mask and no others', async () => {
  await bench.publisher.createTopic({ name: topicName });
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName, labels: { a: '1' } });
  const subscription = { name: subscriptionName, ackDeadlineSeconds: 99, labels: { a: '2' } };
  const [updated] = await bench.subscriber.updateSubscription({
    subscription,
    updateMask: { paths: ['ack_deadline_seconds'] },
  });
  expect(updated).toMatchObject({ ackDeadlineSeconds: 99, labels: { a: '1' } });
  await expect(
    bench.subscriber.updateSubscription({ subscription, updateMask: { paths: ['topic'] } }),
  ).rejects.toMatchObject(refusal(3, '"topic"'));
  const [topic] = await bench.publisher.updateTopic({
    topic: { name: topicName, labels: { b: '1' } },
    updateMask: { paths: ['labels'] },
  });
  expect(topic.labels).toEqual({ b: '1' });
});

test.each([
  ['topics/short', 'Invalid resource name given (name=topics/short)'],
  ['projects/test/topics/ab', 'Invalid resource name'],
  ['projects/test/topics/1abc', 'Invalid resource name'],
  ['projects/test/topics/google-things', 'Invalid resource name'],
  [`projects/test/topics/${'a'.repeat(256)}`, 'Invalid resource name'],
])('the topic name %s is refused', async (name, text) => {
  await expect(bench.publisher.createTopic({ name })).rejects.toMatchObject(refusal(3, text));
});

test.each([
  [
    { ackDeadlineSeconds: 9 },
    'ack_deadline_seconds is too small. You passed 9 in the request, but the minimum value is 10',
  ],
  [{ ackDeadlineSeconds: 601 }, 'the maximum value is 600'],
  [{ messageRetentionDuration: { seconds: 599 } }, 'minimum value is 600'],
  [{ deadLetterPolicy: { deadLetterTopic: topicName, maxDeliveryAttempts: 4 } }, 'minimum value is 5'],
  [{ retryPolicy: { minimumBackoff: { seconds: 601 } } }, 'maximum value is 600'],
  [{ labels: { Team: 'x' } }, 'label key Team'],
])('the subscription setting %j is refused with its bound', async (settings, text) => {
  await bench.publisher.createTopic({ name: topicName });
  await expect(
    bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName, ...settings }),
  ).rejects.toMatchObject(refusal(3, text));
});

test.each([
  [{ pushConfig: { pushEndpoint: 'https://push.example/x' } }, 'Push to https://push.example/x'],
  [{ pushConfig: { pushEndpoint: 'http://127.0.0.1/x', oidcToken: { audience: 'a' } } }, 'oidc_token'],
  [{ cloudStorageConfig: { bucket: 'a' } }, 'Subscription.cloud_storage_config'],
  [{ messageTransforms: [{ disabled: true }] }, 'Subscription.message_transforms'],
  [{ bigqueryConfig: { table: 'p.d.t' } }, 'Subscription.bigquery_config'],
])('what is not built is refused by its name: %j', async (settings, name) => {
  await bench.publisher.createTopic({ name: topicName });
  await expect(
    bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName, ...settings }),
  ).rejects.toMatchObject(refusal(12, name));
});

test('a method that is not built is refused by its name', async () => {
  await expect(bench.subscriber.getIamPolicy({ resource: subscriptionName } as never)).rejects.toMatchObject(
    refusal(12, '/google.iam.v1.IAMPolicy/GetIamPolicy'),
  );
});

test('a mask may name a field within a field, and leaves its neighbours alone', async () => {
  await bench.publisher.createTopic({ name: topicName });
  const deadLetterPolicy = { deadLetterTopic: topicName, maxDeliveryAttempts: 7 };
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName, deadLetterPolicy });
  const [updated] = await bench.subscriber.updateSubscription({
    subscription: { name: subscriptionName, deadLetterPolicy: { maxDeliveryAttempts: 9 } },
    updateMask: { paths: ['dead_letter_policy.max_delivery_attempts'] },
  });
  expect(updated.deadLetterPolicy).toEqual({ deadLetterTopic: topicName, maxDeliveryAttempts: 9 });
});

test('a subscription needs its topic, and its dead-letter topic', async () => {
  const settings = { name: subscriptionName, topic: topicName };
  await expect(bench.subscriber.createSubscription(settings)).rejects.toMatchObject(
    refusal(5, '(resource=events)'),
  );
  await bench.publisher.createTopic({ name: topicName });
  const deadLetterPolicy = { deadLetterTopic: `${project}/topics/absent`, maxDeliveryAttempts: 5 };
  await expect(bench.subscriber.createSubscription({ ...settings, deadLetterPolicy })).rejects.toMatchObject(
    refusal(5, '(resource=absent)'),
  );
});

const message = { data: Buffer.from('x') };
test.each([
  ['no message', [], 'message_count is too small'],
  ['1,001 messages', Array.from({ length: 1001 }, () => message), 'the maximum value is 1000'],
  ['an empty message', [message, {}], 'must contain either non-empty data, or at least one attribute'],
  [
    '11 MB',
    [{ data: Buffer.alloc(11 * 1024 * 1024, 97) }],
    'Request payload size exceeds the limit: 10485760 bytes',
  ],
  [
    '101 attributes',
    [{ attributes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, ''])) }],
    'at most 100',
  ],
  ['an attribute of 1,025 bytes', [{ attributes: { k: 'v'.repeat(1025) } }], 'at most 1024 bytes'],
  ['an attribute key of 257 bytes', [{ attributes: { ['k'.repeat(257)]: 'v' } }], 'at most 256 bytes'],
  ['an attribute of the service', [{ attributes: { googclient: 'v' } }], 'goog'],
])('publishing %s is refused', async (_, messages, text) => {
  await bench.publisher.createTopic({ name: topicName });
  await expect(bench.publisher.publish({ topic: topicName, messages })).rejects.toMatchObject(
    refusal(3, text),
  );
});

test('what the service’s own clients add to a message is taken', async () => {
  await bench.publisher.createTopic({ name: topicName });
  const traced = { ...message, attributes: { googclient_traceparent: 'v' } };
  const [{ messageIds }] = await bench.publisher.publish({ topic: topicName, messages: [traced] });
  expect(messageIds).toHaveLength(1);
});

test('publishing to a topic that does not exist, and acks that are no ack ids, are refused', async () => {
  await expect(bench.publisher.publish({ topic: topicName, messages: [message] })).rejects.toMatchObject(
    refusal(5, 'Resource not found (resource=events).'),
  );
  await bench.publisher.createTopic({ name: topicName });
  await bench.subscriber.createSubscription({ name: subscriptionName, topic: topicName });
  await expect(
    bench.subscriber.acknowledge({ subscription: subscriptionName, ackIds: ['nonsense'] }),
  ).rejects.toMatchObject(refusal(3, '(ack_id=nonsense)'));
});
