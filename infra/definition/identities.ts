import { names } from '../../contracts/index.ts';
import type { CheckedSettings } from './settings.ts';
import { archiveBuckets } from './storage.ts';

export const roles = ['publisher', 'worker', 'workflow', 'scheduler'] as const;
export type Role = (typeof roles)[number];

export interface ServiceAccount {
  readonly role: Role;
  readonly accountId: string;
  readonly displayName: string;
}

/** An account that a service of Google acts by: it is there already, and is only granted something. */
export interface ServiceAgent {
  readonly role: 'pubsubAgent';
  readonly member: string;
}

/** One member on one resource; project-wide only where the service knows no narrower place. */
export type Grant =
  | {
      readonly on: 'topic' | 'subscription' | 'dataset' | 'bucket';
      readonly name: string;
      readonly role: string;
      readonly to: Role | ServiceAgent['role'];
    }
  | { readonly on: 'project'; readonly role: string; readonly to: Role };

export const serviceAccounts: readonly ServiceAccount[] = [
  { role: 'publisher', accountId: 'orderlake-publisher', displayName: 'Publishes orders' },
  { role: 'worker', accountId: 'orderlake-worker', displayName: 'Moves orders into BigQuery and the lake' },
  { role: 'workflow', accountId: 'orderlake-workflow', displayName: 'Runs the daily models' },
  { role: 'scheduler', accountId: 'orderlake-scheduler', displayName: 'Starts the daily run' },
];

export function serviceAgents({ projectNumber }: CheckedSettings): ServiceAgent[] {
  if (projectNumber === undefined) return [];
  const account = `service-${projectNumber}@gcp-sa-pubsub.iam.gserviceaccount.com`;
  return [{ role: 'pubsubAgent', member: `serviceAccount:${account}` }];
}

export function grants(settings: CheckedSettings): Grant[] {
  const { raw, staging, marts, ops } = names.datasets;
  return [
    { to: 'publisher', role: 'roles/pubsub.publisher', on: 'topic', name: names.topic },

    ...Object.values(names.subscriptions).map(
      (name): Grant => ({ to: 'worker', role: 'roles/pubsub.subscriber', on: 'subscription', name }),
    ),
    { to: 'worker', role: 'roles/pubsub.publisher', on: 'topic', name: names.deadLetterTopic },
    { to: 'worker', role: 'roles/bigquery.dataEditor', on: 'dataset', name: raw },
    { to: 'worker', role: 'roles/storage.objectUser', on: 'bucket', name: settings.bucketLake },
    ...archiveBuckets(settings).flatMap(({ name }): Grant[] => [
      { to: 'pubsubAgent', role: 'roles/storage.objectCreator', on: 'bucket', name },
      { to: 'pubsubAgent', role: 'roles/storage.legacyBucketReader', on: 'bucket', name },
      { to: 'worker', role: 'roles/storage.objectViewer', on: 'bucket', name },
    ]),

    { to: 'workflow', role: 'roles/bigquery.jobUser', on: 'project' },
    { to: 'workflow', role: 'roles/bigquery.dataViewer', on: 'dataset', name: raw },
    ...[staging, marts, ops].map(
      (name): Grant => ({ to: 'workflow', role: 'roles/bigquery.dataEditor', on: 'dataset', name }),
    ),
    { to: 'workflow', role: 'roles/logging.logWriter', on: 'project' },

    // Workflows has no policy per workflow: the project is the narrowest place to allow starting one.
    { to: 'scheduler', role: 'roles/workflows.invoker', on: 'project' },
  ];
}
