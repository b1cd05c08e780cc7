import type { BigQuery } from '@google-cloud/bigquery';
import type { PubSub } from '@google-cloud/pubsub';
import type { Storage } from '@google-cloud/storage';
import type { Resources } from '../definition/index.ts';
import { makeDataset, makeRoutine, makeTable } from './bigquery.ts';
import { makeBucket } from './bucket.ts';
import { type Making, make } from './making.ts';
import { makeArchive, makeSubscription, makeTopic } from './pubsub.ts';
import { counted, type Entry, type Report } from './report.ts';
import { makeWorkflow, type WorkflowsService } from './workflow.ts';

export interface Clients {
  readonly pubsub: PubSub;
  readonly bigquery: BigQuery;
  readonly storage: Storage;
  /** Left out where no daily run is wanted. */
  readonly workflows?: WorkflowsService;
}

/**
 * Makes on the clients' endpoints what the stack makes in the cloud, as often as one likes: what is there stays,
 * what differs is changed in place or named. Services do not wait for one another, only resources for what they
 * belong to.
 */
export async function makeResources(resources: Resources, clients: Clients): Promise<Report> {
  const entries = await Promise.all(makings(resources, clients).map(inOrder));
  return { entries: entries.flat(), leftOut: leftOut(resources, clients) };
}

/** By service, and in each the groups that wait for one another. */
export function makings(resources: Resources, clients: Clients): Making[][][] {
  const { location } = resources;
  const { pubsub, bigquery, storage, workflows } = clients;
  const parent = `projects/${resources.project}/locations/${resources.region}`;
  return [
    [
      resources.topics.map((topic) => makeTopic(topic, pubsub)),
      resources.subscriptions.map((subscription) => makeSubscription(subscription, pubsub)),
    ],
    [
      resources.datasets.map((dataset) => makeDataset(dataset, location, bigquery)),
      resources.tables.map((table) => makeTable(table, bigquery)),
      resources.routines.map((routine) => makeRoutine(routine, bigquery)),
    ],
    // An archive asks for its bucket.
    [
      resources.buckets.map((bucket) => makeBucket(bucket, location, storage)),
      resources.archives.map((archive) => makeArchive(archive, pubsub)),
    ],
    [workflows ? resources.workflows.map((workflow) => makeWorkflow(workflow, parent, workflows)) : []],
  ];
}

/** One after the other between the groups, all at once within one. */
async function inOrder(groups: readonly (readonly Making[])[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const group of groups) entries.push(...(await Promise.all(group.map(make))));
  return entries;
}

function leftOut(resources: Resources, clients: Clients): Report['leftOut'] {
  const nobody = 'emulators ask nobody who they are';
  return [
    { what: counted(resources.services, 'service'), why: 'the stack switches APIs on' },
    { what: counted(resources.serviceAccounts, 'service account'), why: nobody },
    { what: counted(resources.grants, 'grant'), why: nobody },
    { what: counted(resources.schedules, 'schedule'), why: 'nothing here plays Cloud Scheduler' },
    { what: 'soft delete of the lake', why: 'emulators keep no deleted objects' },
    ...(clients.workflows
      ? []
      : [{ what: counted(resources.workflows, 'workflow'), why: 'no Workflows endpoint was given' }]),
  ];
}
