import { describe, expect, test } from 'vitest';
import { names, tables } from '../../contracts/index.ts';
import { InputError } from '../../runtime/index.ts';
import { exampleResources } from '../example.ts';
import { checkSettings } from './settings.ts';
import { rawTable } from './storage.ts';

const settings = {
  project: 'orderlake-test',
  location: 'southamerica-east1',
  region: 'southamerica-east1',
  bucketLake: 'orderlake-test-lake',
};

describe('settings', () => {
  test('answers stay at most 15 minutes old and nothing is destroyed by accident, unless said otherwise', () => {
    expect(checkSettings(settings)).toMatchObject({ maxStalenessMinutes: 15, deletionProtection: true });
  });

  test.each([
    ['project', 'My Project'],
    ['location', 'EU'],
    ['region', 'us'],
    ['bucketLake', 'my.bucket'],
    ['bucketLake', 'google-lake'],
    ['maxStalenessMinutes', 0.5],
    ['projectNumber', 'my-project'],
  ])('%s may not be %s', (name, value) => {
    expect(() => checkSettings({ ...settings, [name]: value })).toThrow(InputError);
    expect(() => checkSettings({ ...settings, [name]: value })).toThrow(name);
  });

  test('a setting that nobody knows is an error, not silence', () => {
    const misspelt = { ...settings, bucketlake: 'other' };
    expect(() => checkSettings(misspelt)).toThrow('unknown setting bucketlake');
  });
});

describe('what exists', () => {
  const resources = exampleResources();

  test('every sink reads a subscription of its own, and the dead letters have one too', () => {
    const read = resources.subscriptions.map(({ name, topic }) => [topic, name]);
    expect(read).toEqual([
      [names.topic, names.subscriptions.bigquery],
      [names.topic, names.subscriptions.iceberg],
      [names.deadLetterTopic, names.deadLetterSubscription],
    ]);
  });

  test('a dead letter is kept for 31 days, an order for 7', () => {
    const days = resources.subscriptions.map(({ retentionSeconds }) => retentionSeconds / 86_400);
    expect(days).toEqual([7, 7, 31]);
  });

  test('every topic is read by somebody: Pub/Sub drops what nobody is subscribed to', () => {
    const read = new Set(resources.subscriptions.map(({ topic }) => topic));
    expect(resources.topics.filter(({ name }) => !read.has(name))).toEqual([]);
  });

  test('every table of the contract exists in raw with all its columns', () => {
    expect(resources.tables.map(({ dataset, name, columns }) => [dataset, name, columns.length])).toEqual(
      Object.values(tables).map(({ name, columns }) => ['raw', name, columns.length]),
    );
  });

  test('an upsert table is clustered by its key and asks for no partition filter', () => {
    const items = resources.tables.find(({ name }) => name === 'order_items');
    expect(items).toMatchObject({ kind: 'cdc', key: ['order_id', 'order_item_id'], maxStalenessMinutes: 15 });
    expect(items).not.toHaveProperty('partition.requireFilter');
  });

  test('the history cannot be read whole by accident', () => {
    const required = resources.tables.flatMap((table) =>
      table.kind === 'append' ? [[table.name, table.partition?.requireFilter]] : [],
    );
    expect(required).toEqual([
      ['clickstream', true],
      ['order_events', true],
    ]);
  });

  test('a contract that clusters an upsert table by anything but its key is refused', () => {
    const astray = { ...tables.orders, clusterBy: ['customer_id'] };
    expect(() => rawTable(astray, checkSettings(settings))).toThrow(
      /clustered by something else.*expected order_id/,
    );
  });
});

describe('who may do what', () => {
  const { grants, serviceAccounts } = exampleResources();

  test('exactly these grants exist', () => {
    const told = grants.map(
      (grant) => `${grant.to} ${grant.role} ${grant.on === 'project' ? '*' : grant.name}`,
    );
    expect(told.sort()).toEqual([
      'publisher roles/pubsub.publisher olist_orders_topic',
      'scheduler roles/workflows.invoker *',
      'worker roles/bigquery.dataEditor raw',
      'worker roles/pubsub.publisher olist_orders_dead_letter_topic',
      'worker roles/pubsub.subscriber olist_orders_iceberg_subscription',
      'worker roles/pubsub.subscriber olist_orders_subscription',
      'worker roles/storage.objectUser orderlake-test-lake',
      'workflow roles/bigquery.dataEditor marts',
      'workflow roles/bigquery.dataEditor ops',
      'workflow roles/bigquery.dataEditor staging',
      'workflow roles/bigquery.dataViewer raw',
      'workflow roles/bigquery.jobUser *',
      'workflow roles/logging.logWriter *',
    ]);
  });

  test('nobody is granted anything who does not exist', () => {
    const roles = new Set<string>(serviceAccounts.map(({ role }) => role));
    expect(grants.filter(({ to }) => !roles.has(to))).toEqual([]);
  });
});

describe('the archive', () => {
  test('is there only where the project’s number says who writes it', () => {
    const { archives, buckets, serviceAgents } = exampleResources();
    expect([archives, serviceAgents]).toEqual([[], []]);
    expect(buckets.map(({ purpose }) => purpose)).toEqual(['lake']);
  });

  test('takes every message, in a bucket that Pub/Sub may write to and the worker read', () => {
    const resources = exampleResources({ projectNumber: '123456789012' });
    const bucket = 'orderlake-test-lake-archive';
    expect(resources.archives).toMatchObject([{ topic: names.topic, bucket, suffix: '.avro' }]);
    expect(resources.buckets.map(({ name, purpose }) => [name, purpose])).toEqual([
      ['orderlake-test-lake', 'lake'],
      [bucket, 'archive'],
    ]);
    expect(resources.serviceAgents).toEqual([
      {
        role: 'pubsubAgent',
        member: 'serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com',
      },
    ]);
    const granted = resources.grants.filter((grant) => grant.on === 'bucket' && grant.name === bucket);
    expect(granted.map(({ to, role }) => `${to} ${role}`)).toEqual([
      'pubsubAgent roles/storage.objectCreator',
      'pubsubAgent roles/storage.legacyBucketReader',
      'worker roles/storage.objectViewer',
    ]);
  });

  test('a lake whose bucket has no room for the archive’s name is refused', () => {
    const bucketLake = 'l'.repeat(56);
    expect(() => checkSettings({ ...settings, bucketLake, projectNumber: '123456789012' })).toThrow(
      /at most 55/,
    );
    expect(() => checkSettings({ ...settings, bucketLake })).not.toThrow();
  });
});
