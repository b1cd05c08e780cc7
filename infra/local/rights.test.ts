import { expect, test } from 'vitest';
import { exampleResources } from '../example.ts';
import type { Clients } from './make.ts';
import { rightsLacking } from './rights.ts';

const resources = exampleResources();

/** Stands where Google would: each service has its own way to say which of the permissions asked for are held. */
function answering(holds: (permission: string) => boolean): Clients {
  const testPermissions = async (asked: string[]) => [
    Object.fromEntries(asked.map((permission) => [permission, holds(permission)])),
  ];
  const testIamPermissions = async (asked: string[]) => [{ permissions: asked.filter(holds) }];
  const handle = () => ({ iam: { testPermissions } });
  return {
    pubsub: { topic: handle, subscription: handle },
    storage: { bucket: handle },
    bigquery: { dataset: () => ({ table: () => ({ testIamPermissions }) }) },
  } as unknown as Clients;
}

test('who may do all that a worker does is told nothing', async () => {
  expect(
    await rightsLacking(
      resources,
      answering(() => true),
    ),
  ).toEqual([]);
});

test('who may only look is told, of each resource, what is lacking and the command that gives it', async () => {
  const lacking = await rightsLacking(
    resources,
    answering((permission) => /\.(get|list)$/.test(permission)),
  );
  expect(new Set(lacking.map(({ kind, state }) => `${kind} ${state}`))).toEqual(
    new Set(['subscription forbidden', 'topic forbidden', 'dataset forbidden', 'bucket forbidden']),
  );
  const [first] = lacking;
  expect(first).toMatchObject({
    name: 'olist_orders_subscription',
    details: ['whoever asks lacks pubsub.subscriptions.consume, which a worker needs'],
    action: expect.stringMatching(
      /`gcloud pubsub subscriptions add-iam-policy-binding olist_orders_subscription --project \S+ --member user:YOU --role roles\/pubsub.subscriber`/,
    ),
  });
  expect(lacking.find(({ kind }) => kind === 'dataset')).toHaveProperty('details', [
    'whoever asks lacks bigquery.tables.update, bigquery.tables.updateData, which a worker needs',
  ]);
});

test('a service that does not answer such questions forbids nothing', async () => {
  const silent = answering(() => {
    throw Object.assign(new Error('not implemented'), { code: 12 });
  });
  expect(await rightsLacking(resources, silent)).toEqual([]);
});
