import { describe, expect, test } from 'vitest';
import { violations } from './index.ts';
import type { Arguments } from './terraform.ts';

const enabled = { depends_on: ['google_project_service.any'] };
const subscription = {
  ...enabled,
  name: 'orders',
  ack_deadline_seconds: 60,
  message_retention_duration: '604800s',
  expiration_policy: { ttl: '' },
  retry_policy: { minimum_backoff: '10s', maximum_backoff: '600s' },
};
const topic = { ...enabled, name: 'orders', message_retention_duration: '604800s' };
const bucket = {
  ...enabled,
  name: 'lake-of-orders',
  uniform_bucket_level_access: true,
  public_access_prevention: 'enforced',
};
const job = { ...enabled, schedule: '0 23 * * *', time_zone: 'America/Sao_Paulo' };
const columns = [
  { name: 'id', type: 'STRING', mode: 'REQUIRED' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'extra', type: 'JSON' },
];
const table = { ...enabled, schema: JSON.stringify(columns) };

function problems(type: string, args: Arguments): string[] {
  return violations({ resource: { [type]: { it: args } } }).map(({ problem }) => problem);
}

test.each([
  ['google_pubsub_subscription', subscription],
  ['google_pubsub_topic', topic],
  ['google_storage_bucket', bucket],
  ['google_cloud_scheduler_job', job],
  ['google_bigquery_table', table],
  [
    'google_bigquery_table',
    { ...table, table_constraints: { primary_key: { columns: ['id'] } }, clustering: ['id'] },
  ],
  [
    'google_bigquery_table',
    { ...table, time_partitioning: { type: 'DAY', field: 'at' }, require_partition_filter: true },
  ],
  [
    'google_project_iam_member',
    { role: 'roles/bigquery.jobUser', member: 'serviceAccount:a@b.iam.gserviceaccount.com' },
  ],
])('a %s as it should be breaks no rule', (type, args) => {
  expect(problems(type, args)).toEqual([]);
});

describe.each<[string, Arguments, string, unknown, RegExp]>([
  ['google_pubsub_subscription', subscription, 'ack_deadline_seconds', 5, /10 to 600/],
  ['google_pubsub_subscription', subscription, 'ack_deadline_seconds', 601, /10 to 600/],
  ['google_pubsub_subscription', subscription, 'message_retention_duration', '7d', /is "7d"/],
  ['google_pubsub_subscription', subscription, 'message_retention_duration', '2678401s', /"2678400s"/],
  ['google_pubsub_subscription', subscription, 'expiration_policy', undefined, /expires/],
  [
    'google_pubsub_subscription',
    subscription,
    'cloud_storage_config',
    { max_duration: '300s' },
    /longer than the acknowledgement deadline/,
  ],
  ['google_pubsub_subscription', subscription, 'expiration_policy', { ttl: '2678400s' }, /expires/],
  [
    'google_pubsub_subscription',
    subscription,
    'retry_policy',
    { minimum_backoff: '10s', maximum_backoff: '601s' },
    /600s/,
  ],
  [
    'google_pubsub_subscription',
    subscription,
    'retry_policy',
    { minimum_backoff: '9s', maximum_backoff: '8s' },
    /longer/,
  ],
  [
    'google_pubsub_subscription',
    subscription,
    'dead_letter_policy',
    { max_delivery_attempts: 3 },
    /5 to 100/,
  ],
  ['google_pubsub_subscription', subscription, 'depends_on', [], /API/],
  ['google_pubsub_topic', topic, 'name', 'goog-orders', /name/],
  ['google_pubsub_topic', topic, 'name', '1orders', /name/],
  ['google_pubsub_topic', topic, 'name', 'ab', /name/],
  ['google_storage_bucket', bucket, 'name', 'Lake', /name/],
  ['google_storage_bucket', bucket, 'uniform_bucket_level_access', false, /access lists/],
  ['google_storage_bucket', bucket, 'public_access_prevention', 'inherited', /public/],
  ['google_storage_bucket', bucket, 'force_destroy', true, /destroyed/],
  [
    'google_storage_bucket',
    bucket,
    'lifecycle_rule',
    [{ action: { type: 'Delete' }, condition: { age: 30 } }],
    /Delete/,
  ],
  ['google_bigquery_dataset', enabled, 'dataset_id', 'raw-data', /dataset_id/],
  ['google_bigquery_table', table, 'schema', '{', /JSON/],
  ['google_bigquery_table', table, 'schema', '[{"name":"id","type":"INT63"}]', /INT63/],
  ['google_bigquery_table', table, 'schema', '[{"name":"a b","type":"DATE"}]', /a b/],
  [
    'google_bigquery_table',
    table,
    'schema',
    '[{"name":"a","type":"DATE"},{"name":"A","type":"DATE"}]',
    /twice/,
  ],
  ['google_bigquery_table', table, 'schema', '[{"name":"a","type":"DATE","mode":"MANDATORY"}]', /MANDATORY/],
  ['google_bigquery_table', table, 'clustering', ['absent'], /absent/],
  ['google_bigquery_table', table, 'clustering', ['id', 'at', 'id', 'at', 'id'], /at most 4/],
  [
    'google_bigquery_table',
    table,
    'table_constraints',
    { primary_key: { columns: ['extra'] } },
    /JSON cannot be part of a key/,
  ],
  ['google_bigquery_table', table, 'time_partitioning', { type: 'DAY', field: 'id' }, /partitioned by id/],
  ['google_service_account', enabled, 'account_id', 'it', /account_id/],
  [
    'google_workflows_workflow',
    { ...enabled, name: 'daily' },
    'source_contents',
    'é'.repeat(65_537),
    /131074 bytes/,
  ],
  ['google_cloud_scheduler_job', job, 'time_zone', 'America/Sao_Paolo', /Sao_Paolo/],
  ['google_cloud_scheduler_job', job, 'schedule', 'daily', /schedule/],
  ['google_project_service', {}, 'disable_on_destroy', true, /whole project/],
  ['google_project_iam_member', { role: 'roles/run.invoker' }, 'member', 'allUsers', /allUsers/],
  [
    'google_project_iam_member',
    { role: 'roles/run.invoker' },
    'member',
    'allAuthenticatedUsers',
    /allAuthenticated/,
  ],
  ['google_project_iam_member', {}, 'role', 'roles/editor', /primitive/],
  ['google_project_iam_binding', enabled, 'role', 'roles/run.invoker', /iam_member/],
  ['google_storage_bucket_acl', enabled, 'bucket', 'lake', /iam_member/],
  ['google_service_account_key', enabled, 'service_account_id', 'worker', /no keys/],
])('a %s', (type, good, name, value, problem) => {
  test(`with ${name} ${JSON.stringify(value)?.slice(0, 60)} is refused`, () => {
    const found = problems(type, { ...good, [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(problem);
  });
});

test('a table of upserts that requires a partition filter is refused', () => {
  const args = {
    ...table,
    table_constraints: { primary_key: { columns: ['id'] } },
    time_partitioning: { type: 'DAY', field: 'at' },
    require_partition_filter: true,
  };
  expect(problems('google_bigquery_table', args)).toEqual([
    expect.stringMatching(/requires a partition filter/),
  ]);
});
