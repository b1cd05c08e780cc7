import type { Grant, ServiceAccount, ServiceAgent } from './identities.ts';
import type { Archive, Subscription, Topic } from './messaging.ts';
import type { Routine, Schedule, Workflow } from './run.ts';
import type { Bucket, Dataset, Table } from './storage.ts';

/**
 * Everything that exists, as plain data: the cloud stack and the local run are both made from this,
 * so what was tried on a laptop is what is deployed.
 */
export interface Resources {
  readonly project: string;
  readonly location: string;
  readonly region: string;
  readonly deletionProtection: boolean;
  readonly services: readonly Service[];
  readonly topics: readonly Topic[];
  readonly subscriptions: readonly Subscription[];
  readonly archives: readonly Archive[];
  readonly datasets: readonly Dataset[];
  readonly tables: readonly Table[];
  readonly routines: readonly Routine[];
  readonly buckets: readonly Bucket[];
  readonly workflows: readonly Workflow[];
  readonly schedules: readonly Schedule[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly serviceAgents: readonly ServiceAgent[];
  readonly grants: readonly Grant[];
}

/** The APIs of Google Cloud that must be switched on first; every resource names the one it depends on. */
export const services = [
  'pubsub.googleapis.com',
  'bigquery.googleapis.com',
  'storage.googleapis.com',
  'workflows.googleapis.com',
  'workflowexecutions.googleapis.com',
  'cloudscheduler.googleapis.com',
  'iam.googleapis.com',
  'cloudresourcemanager.googleapis.com',
] as const;

export type Service = (typeof services)[number];
