import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DefectError } from '../../runtime/index.ts';
import { exampleResources, exampleRun } from '../example.ts';
import { type Synthesised, synth } from './index.ts';
import { parseTerraform } from './terraform.ts';

let outdir: string;
let made: Synthesised;
beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'orderlake-stacks-'));
  made = await synth(exampleResources(), outdir);
});
afterAll(() => rm(outdir, { recursive: true }));

async function resource(type: string, name: string, from = made) {
  return parseTerraform(await readFile(from.file, 'utf8')).resource[type]?.[name];
}

function columnLine(column: {
  name: string;
  type: string;
  mode: string;
  precision?: string;
  scale?: string;
}): string {
  const exactness = column.precision ? `(${column.precision},${column.scale})` : '';
  return `${column.name} ${column.type}${exactness} ${column.mode}`;
}

describe('the stack', () => {
  test('has exactly these addresses: another one would destroy and create', async () => {
    await expect(`${made.addresses.join('\n')}\n`).toMatchFileSnapshot('golden/addresses.txt');
  });

  test('is synthesised to exactly this JSON', async () => {
    const json = JSON.parse(await readFile(made.file, 'utf8'));
    for (const table of Object.values<Record<string, unknown>>(json.resource.google_bigquery_table)) {
      // One line per column, without the contract's wording: that may be bettered without a word about it here.
      table.schema = JSON.parse(String(table.schema)).map(columnLine);
      delete table.description;
    }
    await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot('golden/orderlake.tf.json');
  });

  test('is the same text every time, wherever it is written', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'orderlake-elsewhere-'));
    try {
      const again = await synth(exampleResources(), elsewhere);
      expect(await readFile(again.file, 'utf8')).toBe(await readFile(made.file, 'utf8'));
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });

  test('archives with metadata, once Pub/Sub may write to the bucket', async () => {
    const directory = join(outdir, 'archive');
    const archiving = await synth(exampleResources({ projectNumber: '123456789012' }), directory);
    const archive = await resource(
      'google_pubsub_subscription',
      'olist_orders_archive_subscription',
      archiving,
    );
    expect(archive).toMatchObject({
      ack_deadline_seconds: 600,
      topic: `\${google_pubsub_topic.olist_orders_topic.id}`,
      cloud_storage_config: {
        avro_config: { write_metadata: true },
        bucket: `\${google_storage_bucket.archive.name}`,
        filename_suffix: '.avro',
        max_duration: '300s',
      },
    });
    const granted = (name: string) => `google_storage_bucket_iam_member.pubsubAgent_archive_storage-${name}`;
    expect(archive?.depends_on).toEqual(
      expect.arrayContaining([granted('objectCreator'), granted('legacyBucketReader')]),
    );
    const added = archiving.addresses.filter((address) => !made.addresses.includes(address));
    expect(added).toHaveLength(1 + 1 + 3);
  });

  test('keeps its state in a bucket where one is named', async () => {
    const remote = await synth(exampleResources(), join(outdir, 'remote'), {
      stateBucket: 'orderlake-test-state',
    });
    expect(JSON.parse(await readFile(remote.file, 'utf8')).terraform.backend).toEqual({
      gcs: { bucket: 'orderlake-test-state', prefix: 'orderlake' },
    });
  });

  test('protects what holds data, unless protection was taken off', async () => {
    const open = await synth(exampleResources({ deletionProtection: false }), join(outdir, 'open'));
    for (const [from, held] of [[made, true] as const, [open, false] as const]) {
      expect(await resource('google_bigquery_table', 'raw_orders', from)).toMatchObject({
        deletion_protection: held,
      });
      expect(await resource('google_workflows_workflow', 'daily', from)).toMatchObject({
        deletion_protection: held,
      });
      expect(await resource('google_storage_bucket', 'lake', from)).toMatchObject({
        lifecycle: { prevent_destroy: held },
      });
    }
  });

  test('waits with a procedure for nothing but its dataset, and makes a new one when the text changes', async () => {
    const changed = exampleRun.routines.map((routine) => ({
      ...routine,
      statement: `${routine.statement};`,
    }));
    const other = await synth(
      exampleResources({}, { ...exampleRun, routines: changed }),
      join(outdir, 'other'),
    );
    const [before, after] = await Promise.all([
      resource('google_bigquery_job', 'ops_build_nothing'),
      resource('google_bigquery_job', 'ops_build_nothing', other),
    ]);
    expect(before?.depends_on).toEqual(['google_project_service.bigquery', 'google_bigquery_dataset.ops']);
    expect(after?.job_id).not.toBe(before?.job_id);
  });

  test('renews the grants of a subscription that was replaced, not of one that was merely changed', async () => {
    const name = 'worker_olist_orders_subscription_pubsub-subscriber';
    expect(await resource('google_pubsub_subscription_iam_member', name)).toMatchObject({
      lifecycle: { replace_triggered_by: ['google_pubsub_subscription.olist_orders_subscription.id'] },
    });
  });

  test('starts the workflow with its argument, encoded as the API wants it', async () => {
    const job = await resource('google_cloud_scheduler_job', 'daily');
    const target = job?.http_target as { body: string } | undefined;
    expect(JSON.parse(Buffer.from(target?.body ?? '', 'base64').toString())).toEqual({ argument: '{}' });
  });

  test('refuses two resources of one address, which would silently become one', async () => {
    const resources = exampleResources();
    // To Terraform a dot cannot be part of a name, so these two end up as one.
    const alike = resources.grants
      .slice(0, 1)
      .map((grant) => ({ ...grant, role: grant.role.replace('.', '-') }));
    const twice = { ...resources, grants: [...resources.grants, ...alike] };
    await expect(synth(twice, join(outdir, 'twice'))).rejects.toThrow('two resources have the address');
  });

  test('refuses a definition that names what it does not define', async () => {
    const resources = exampleResources();
    const astray = { ...resources, topics: resources.topics.slice(1) };
    await expect(synth(astray, join(outdir, 'astray'))).rejects.toThrow(DefectError);
  });

  test('refuses to be written when it breaks a rule of the API', async () => {
    const resources = exampleResources();
    const hasty = resources.subscriptions.map((subscription) => ({ ...subscription, ackDeadlineSeconds: 5 }));
    await expect(synth({ ...resources, subscriptions: hasty }, join(outdir, 'hasty'))).rejects.toThrow(
      'ack_deadline_seconds must be 10 to 600, is 5',
    );
  });
});
