import { expect, test } from 'vitest';
import { folderOf, providerSource } from './provider-source.ts';
import { type Block, schemaOf } from './schema.ts';

// The expectations are Google's documentation of the provider, not this parser's answers.
const schema = (type: string) => schemaOf(providerSource(folderOf(type)));
const attribute = (block: Block, name: string) => block.attributes.find((one) => one.name === name);
const nested = (block: Block, name: string) => block.blocks.find((one) => one.name === name);

test('a subscription must name its topic; its deadline has a default of the service', () => {
  const subscription = schema('google_pubsub_subscription');
  expect(attribute(subscription, 'topic')).toMatchObject({ type: 'string', required: true });
  expect(attribute(subscription, 'ack_deadline_seconds')).toMatchObject({
    type: 'number',
    required: false,
    optional: true,
    computed: true,
  });
  expect(attribute(subscription, 'enable_message_ordering')).toMatchObject({ type: 'bool' });
  expect(attribute(subscription, 'labels')).toMatchObject({ type: ['map', 'string'], computed: false });
  expect(attribute(subscription, 'effective_labels')).toMatchObject({ optional: false, computed: true });
});

test('blocks know how often they may stand, and what they need themselves', () => {
  const subscription = schema('google_pubsub_subscription');
  expect(nested(subscription, 'expiration_policy')).toMatchObject({
    nesting: 'list',
    minimum: 0,
    maximum: 1,
  });
  expect(nested(subscription, 'expiration_policy')?.block.attributes).toMatchObject([
    { name: 'ttl', required: true },
  ]);
  expect(nested(subscription, 'timeouts')).toMatchObject({ nesting: 'single' });
  const rule = nested(schema('google_storage_bucket'), 'lifecycle_rule');
  expect(rule).toMatchObject({ nesting: 'list', maximum: 0 });
  expect(rule && nested(rule.block, 'action')).toMatchObject({ minimum: 1, maximum: 1 });
});

test('the access list of a dataset is a set, lists of texts are lists', () => {
  expect(nested(schema('google_bigquery_dataset'), 'access')).toMatchObject({ nesting: 'set' });
  expect(attribute(schema('google_bigquery_table'), 'clustering')).toMatchObject({
    type: ['list', 'string'],
  });
});

test('what a job answers is a list of objects, and no block', () => {
  const status = attribute(schema('google_bigquery_job'), 'status');
  expect(status).toMatchObject({ computed: true, optional: false });
  expect(status?.type).toMatchObject(['list', ['object', { state: 'string' }]]);
});

test('the provider itself takes a project', () => {
  expect(attribute(schemaOf(providerSource('provider')), 'project')).toMatchObject({
    type: 'string',
    optional: true,
  });
});
