import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defineResources, type Resources } from './definition/index.ts';
import { exampleResources } from './example.ts';
import { type Synthesised, synth } from './stacks/index.ts';
import { type SchemaProvider, startSchemaProvider } from './validate/schema-provider.ts';
import { terraform, terraformIsThere } from './validate/terraform.ts';

const there = await terraformIsThere();
if (!there)
  console.warn('skipped: no terraform on the PATH, so nobody but our own rules looked at the stack');

type Json = { resource: Record<string, Record<string, Record<string, unknown>>> };

let folder: string;
let resources: Resources;
let made: Synthesised;
let provider: SchemaProvider;

beforeAll(async () => {
  if (!there) return;
  folder = await mkdtemp(join(tmpdir(), 'orderlake-terraform-'));
  resources = await defineResources({
    project: 'orderlake-test',
    location: 'southamerica-east1',
    region: 'southamerica-east1',
    bucketLake: 'orderlake-test-lake',
  });
  made = await synth(resources, join(folder, 'out'));
  const types = new Set(made.addresses.map((address) => address.slice(0, address.indexOf('.'))));
  provider = await startSchemaProvider(types, folder);
});
afterAll(async () => {
  provider?.stop();
  if (folder) await rm(folder, { recursive: true });
});

const run = (directory: string, ...args: string[]) => terraform(directory, provider.environment, ...args);

describe.skipIf(!there)('terraform, offline, with the schemas of the Google provider', () => {
  test('takes the whole stack, applies it, and then has nothing left to do', async () => {
    expect(await run(made.directory, 'init', '-no-color')).toMatchObject({ code: 0 });
    expect(await run(made.directory, 'validate', '-no-color')).toMatchObject({ code: 0 });
    const first = await run(made.directory, 'plan', '-no-color', '-out=first.plan');
    expect(first.output).toContain(`${made.addresses.length} to add, 0 to change, 0 to destroy`);
    expect(await run(made.directory, 'apply', '-no-color', 'first.plan')).toMatchObject({ code: 0 });
    const second = await run(made.directory, 'plan', '-no-color', '-detailed-exitcode');
    expect(second.output).toContain('No changes');
    expect(second.code).toBe(0);
  });

  test('hands the workflow, the procedures and the schemas on unread', async () => {
    const state = JSON.parse((await run(made.directory, 'show', '-json')).output);
    const values = new Map<string, Record<string, unknown>>(
      state.values.root_module.resources.map((one: { address: string; values: object }) => [
        one.address,
        one.values,
      ]),
    );
    for (const { name, source } of resources.workflows) {
      expect(values.get(`google_workflows_workflow.${name}`)?.source_contents).toBe(source);
    }
    for (const { dataset, name, statement } of resources.routines) {
      expect(values.get(`google_bigquery_job.${dataset}_${name}`)?.query).toMatchObject([
        { query: statement },
      ]);
    }
    for (const { dataset, name, columns } of resources.tables) {
      expect(JSON.parse(String(values.get(`google_bigquery_table.${dataset}_${name}`)?.schema))).toEqual(
        columns,
      );
    }
  });

  test('hands on texts that are all template signs', async () => {
    const tricky = exampleResources({ projectNumber: '123456789012' });
    const { directory } = await synth(tricky, join(folder, 'tricky', 'out'));
    await run(directory, 'init', '-no-color');
    await run(directory, 'plan', '-no-color', '-out=it.plan');
    const plan = JSON.parse((await run(directory, 'show', '-json', 'it.plan')).output);
    const workflow = plan.planned_values.root_module.resources.find(
      (one: { address: string }) => one.address === 'google_workflows_workflow.daily',
    );
    expect(workflow.values.source_contents).toBe(tricky.workflows[0]!.source);
    expect(workflow.values.description).toBe(tricky.workflows[0]!.description);
  });

  const reference = (path: string) => `\${${path}}`;
  const topic = (json: Json) => json.resource.google_pubsub_topic!.olist_orders_topic!;
  const subscription = (json: Json) => json.resource.google_pubsub_subscription!.olist_orders_subscription!;
  const bucket = (json: Json) => json.resource.google_storage_bucket!.lake!;

  test.each<[string, (json: Json) => void, RegExp]>([
    [
      'an unknown argument',
      (json) => {
        topic(json).retention = '7d';
      },
      /Extraneous JSON object property/,
    ],
    [
      'an unknown argument in a block',
      (json) => {
        subscription(json).retry_policy = { backoff: '10s' };
      },
      /Extraneous JSON object property/,
    ],
    [
      'a wrong type',
      (json) => {
        subscription(json).ack_deadline_seconds = 'soon';
      },
      /a number is required/,
    ],
    [
      'a list for a text',
      (json) => {
        topic(json).name = ['a', 'b'];
      },
      /string required/,
    ],
    [
      'a missing requirement',
      (json) => {
        delete subscription(json).topic;
      },
      /Missing required argument/,
    ],
    [
      'a missing requirement in a block',
      (json) => {
        bucket(json).soft_delete_policy = undefined;
        bucket(json).autoclass = {};
      },
      /Missing required argument/,
    ],
    [
      'a block given twice that may be once',
      (json) => {
        subscription(json).expiration_policy = [{ ttl: '' }, { ttl: '' }];
      },
      /Too many expiration_policy blocks/,
    ],
    [
      'a reference to nobody',
      (json) => {
        subscription(json).topic = reference('google_pubsub_topic.nobody.id');
      },
      /Reference to undeclared resource/,
    ],
    [
      'a reference to no attribute',
      (json) => {
        subscription(json).topic = reference('google_pubsub_topic.olist_orders_topic.idd');
      },
      /Unsupported attribute/,
    ],
    [
      'a cycle',
      (json) => {
        topic(json).labels = { by: reference('google_pubsub_subscription.olist_orders_subscription.id') };
      },
      /Cycle:/,
    ],
    [
      'an unknown kind of resource',
      (json) => {
        json.resource.google_pubsub_topik = { it: { name: 'it' } };
      },
      /Invalid resource type/,
    ],
    [
      'an unescaped expression',
      (json) => {
        topic(json).name = reference('day');
      },
      /Invalid reference/,
    ],
  ])('refuses %s', async (name, spoil, message) => {
    const directory = join(folder, 'spoilt', name.replaceAll(' ', '-'), 'stacks', 'orderlake');
    await mkdir(directory, { recursive: true });
    const json = JSON.parse(await readFile(made.file, 'utf8'));
    spoil(json);
    await writeFile(join(directory, 'cdk.tf.json'), JSON.stringify(json, null, 2));
    expect(await run(directory, 'init', '-no-color', '-backend=false')).toMatchObject({ code: 0 });
    const { code, output } = await run(directory, 'validate', '-no-color');
    expect(output.replace(/\s+/g, ' ')).toMatch(message);
    expect(code).toBe(1);
  });
});
