import { BigQuery } from '@google-cloud/bigquery';
import { PubSub } from '@google-cloud/pubsub';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { names } from '../contracts/index.ts';
import { startBigQuery } from '../emulators/bigquery/index.ts';
import type { Emulator } from '../emulators/frame/index.ts';
import { startPubSub } from '../emulators/pubsub/index.ts';
import { startStorage } from '../emulators/storage/index.ts';
import { startWorkflows } from '../emulators/workflows/index.ts';
import { defineResources, type Resources } from '../infra/definition/index.ts';
import { type Clients, examineResources, makeResources, type Report } from '../infra/local/index.ts';
import { SetupError } from '../runtime/index.ts';

const project = 'orderlake-test';

let stop: () => Promise<unknown> = async () => {};
let clients: Clients;
let resources: Resources;
let pubsubEmulator: Emulator;

beforeAll(async () => {
  const bigqueryEmulator = await startBigQuery();
  const bigqueryHost = bigqueryEmulator.environment.BIGQUERY_EMULATOR_HOST;
  const emulators: Emulator[] = [bigqueryEmulator];
  stop = () => Promise.all(emulators.map((emulator) => emulator.stop()));
  emulators.push(...(await Promise.all([startPubSub(), startStorage(), startWorkflows({ bigqueryHost })])));
  for (const { environment } of emulators) Object.assign(process.env, environment);
  pubsubEmulator = emulators[1] as Emulator;
  const endpoint = `http://${process.env.WORKFLOWS_EMULATOR_HOST}`;
  const pubsub = new PubSub({ projectId: project });
  clients = {
    pubsub,
    bigquery: new BigQuery({ projectId: project }),
    storage: new Storage({ projectId: project }),
    workflows: { endpoint, fetch },
  };
  stop = async () => {
    await pubsub.close();
    await Promise.all(emulators.map((emulator) => emulator.stop()));
  };
  const region = 'southamerica-east1';
  resources = await defineResources({ project, region, location: region, bucketLake: 'orderlake-test-lake' });
});
afterAll(() => stop());

function outcomes({ entries }: Report): string[] {
  return [...new Set(entries.map(({ outcome }) => outcome))];
}

describe('the definition on the emulators, through the unmodified clients', () => {
  test('is missed whole by whoever looks before it is made, and nothing is made by looking', async () => {
    for (const findings of [
      await examineResources(resources, clients),
      await examineResources(resources, clients),
    ]) {
      expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(['missing']));
      for (const finding of findings)
        expect(finding).toHaveProperty('action', expect.stringMatching(/infra apply/));
    }
  });

  test('is made whole, and a second time finds everything there', async () => {
    const first = await makeResources(resources, clients);
    expect(outcomes(first)).toEqual(['made']);
    expect(first.entries).toHaveLength(
      resources.topics.length +
        resources.subscriptions.length +
        resources.datasets.length +
        resources.tables.length +
        resources.routines.length +
        resources.buckets.length +
        resources.workflows.length,
    );
    expect(outcomes(await makeResources(resources, clients))).toEqual(['already there']);
  });

  test('is examined: what is as wanted is fine, what was deleted or changed by hand is named', async () => {
    await makeResources(resources, clients);
    const [gone, changed] = resources.subscriptions;
    await clients.pubsub.subscription(gone!.name).delete();
    await clients.pubsub.subscription(changed!.name).setMetadata({ ackDeadlineSeconds: 11 });
    const findings = await examineResources(resources, clients);
    const wrong = findings.filter(({ state }) => state !== 'fine');
    expect(wrong.map(({ name, state }) => [name, state])).toEqual([
      [gone!.name, 'missing'],
      [changed!.name, 'different'],
    ]);
    expect(wrong[1]).toHaveProperty('details', [expect.stringContaining('ackDeadlineSeconds')]);
    expect(findings.length - wrong.length).toBeGreaterThan(20);
    await makeResources(resources, clients);
    expect((await examineResources(resources, clients)).every(({ state }) => state === 'fine')).toBe(true);
  });

  const say = (sql: string) => clients.bigquery.query(sql);
  const { deadLetterTopic, deadLetterSubscription, subscriptions } = names;
  const apply = /`orderlake infra apply`/;
  const broken: [string, () => Promise<unknown>, [string, string, RegExp][]][] = [
    [
      'a topic that was deleted leaves its subscription with nothing to read',
      () => clients.pubsub.topic(deadLetterTopic).delete(),
      [
        [deadLetterTopic, 'missing', apply],
        [
          deadLetterSubscription,
          'different',
          /`gcloud pubsub subscriptions delete (\S+) --project orderlake-test`/,
        ],
      ],
    ],
    [
      'an ack deadline that somebody changed',
      () => clients.pubsub.subscription(subscriptions.iceberg).setMetadata({ ackDeadlineSeconds: 11 }),
      [[subscriptions.iceberg, 'different', apply]],
    ],
    ['a table that was dropped', () => say('DROP TABLE raw.sellers'), [['raw.sellers', 'missing', apply]]],
    [
      'a column that was dropped',
      () => say('ALTER TABLE raw.orders DROP COLUMN corrections'),
      [['raw.orders', 'different', apply]],
    ],
    [
      'a column of another type',
      async () => {
        await say('ALTER TABLE raw.order_events DROP COLUMN worker_version');
        await say('ALTER TABLE raw.order_events ADD COLUMN worker_version INT64');
      },
      [['raw.order_events', 'different', /`orderlake query "(ALTER TABLE raw.order_events RENAME TO \w+)"`/]],
    ],
    [
      'a bucket that was deleted',
      () => clients.storage.bucket('orderlake-test-lake').delete(),
      [['orderlake-test-lake', 'missing', apply]],
    ],
  ];

  test.each(broken)('what mends it is a command, and does: %s', async (_what, breakIt, expected) => {
    await makeResources(resources, clients);
    await breakIt();
    const wrong = (await examineResources(resources, clients)).filter(({ state }) => state !== 'fine');
    expect(wrong.map(({ name, state }) => [name, state])).toEqual(
      expected.map(([name, state]) => [name, state]),
    );
    for (const [index, [, , command]] of expected.entries()) {
      const finding = wrong[index];
      const action = finding && 'action' in finding ? finding.action : '';
      expect(action).toMatch(command);
      expect(action).toMatch(apply);
      const [, argument = ''] = command.exec(action) ?? [];
      if (argument.startsWith('ALTER')) await say(argument);
      else if (argument) await clients.pubsub.subscription(argument).delete();
    }
    await makeResources(resources, clients);
    expect((await examineResources(resources, clients)).every(({ state }) => state === 'fine')).toBe(true);
  });

  test('who may not look is told by which role one may', async () => {
    pubsubEmulator.faults.next('GetTopic', 2, { kind: 'fail', code: 'PERMISSION_DENIED' });
    const findings = await examineResources(resources, clients);
    const hidden = findings.filter(({ state }) => state === 'unknown');
    expect(hidden.map(({ kind }) => kind)).toEqual(['topic', 'topic']);
    for (const finding of hidden)
      expect(finding).toHaveProperty(
        'action',
        expect.stringContaining(
          '`gcloud projects add-iam-policy-binding orderlake-test --member user:YOU --role roles/pubsub.viewer`',
        ),
      );
  });

  test('is changed in place where it differs, and only there', async () => {
    const [orders, ...others] = resources.tables;
    if (!orders) throw new Error('no table');
    const column = { name: 'note', type: 'STRING', mode: 'NULLABLE', description: 'A new one.' } as const;
    const wider = { ...orders, columns: [...orders.columns, column] };
    const hastier = resources.subscriptions.map((subscription, index) =>
      index === 0 ? { ...subscription, ackDeadlineSeconds: 30 } : subscription,
    );
    const changed = { ...resources, tables: [wider, ...others], subscriptions: hastier };
    const { entries } = await makeResources(changed, clients);
    expect(entries.filter(({ outcome }) => outcome !== 'already there')).toEqual([
      {
        kind: 'subscription',
        name: hastier[0]?.name,
        outcome: 'changed',
        changes: ['ackDeadlineSeconds: 60, wanted 30'],
      },
      { kind: 'table', name: 'raw.orders', outcome: 'changed', changes: ['new column note'] },
    ]);
    expect(outcomes(await makeResources(changed, clients))).toEqual(['already there']);
  });

  test('is refused where a table could only be changed by losing its rows', async () => {
    const tables = resources.tables.map((table) => ({
      ...table,
      columns: table.columns.map((column) =>
        column.name === 'version' ? { ...column, type: 'STRING' as const } : column,
      ),
    }));
    const refused = makeResources({ ...resources, tables }, clients);
    await expect(refused).rejects.toThrow(SetupError);
    await expect(refused).rejects.toThrow(
      /column version is INTEGER, wanted STRING.*ALTER TABLE raw\.\w+ RENAME TO/,
    );
  });
});
