export { defineResources, defineRun, defineStores } from './define.ts';
export type { Grant, Role, ServiceAccount, ServiceAgent } from './identities.ts';
export type { Archive, Subscription, Topic } from './messaging.ts';
export type { Resources, Service } from './resources.ts';
export type { Routine, Schedule, Workflow } from './run.ts';
export type { CheckedSettings, Settings } from './settings.ts';
export type { AppendTable, Bucket, CdcTable, Clustering, Dataset, Table } from './storage.ts';
