import { BigQuery } from '@google-cloud/bigquery';
import { PubSub } from '@google-cloud/pubsub';
import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

beforeAll(async () => {
  const bigqueryEmulator = await startBigQuery();
  const bigqueryHost = bigqueryEmulator.environment.BIGQUERY_EMULATOR_HOST;
  const emulators: Emulator[] = [bigqueryEmulator];
  stop = () => Promise.all(emulators.map((emulator) => emulator.stop()));
  emulators.push(...(await Promise.all([startPubSub(), startStorage(), startWorkflows({ bigqueryHost })])));
  for (const { environment } of emulators) Object.assign(process.env, environment);
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
      /column version is INTEGER, wanted STRING.*drop raw\.\w+ and start again/,
    );
  });
});
