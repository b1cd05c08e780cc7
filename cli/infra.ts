import { defineResources, defineRun, defineStores, type Resources } from '../infra/definition/index.ts';
import type { Clients, Finding } from '../infra/local/index.ts';
import {
  bigqueryClient,
  checkAccess,
  pubsubClient,
  storageClient,
  warmClients,
} from '../runtime/google-clients.ts';
import type { Configuration } from './settings.ts';

type Place = Pick<Configuration, 'project' | 'region' | 'lakeBucket'> & { readonly projectNumber?: string };

function settingsOf({ project, projectNumber, region, lakeBucket }: Place) {
  return {
    ...{ project, region, location: region, bucketLake: lakeBucket },
    // The embedded Pub/Sub writes no files: who only tries things out does without the archive.
    ...(projectNumber && !process.env.PUBSUB_EMULATOR_HOST ? { projectNumber } : {}),
  };
}

/** Writes the stack and says where. */
export async function synthStack(place: Place, directory: string): Promise<string> {
  const { synth } = await import('../infra/stacks/index.ts');
  const { file, addresses } = await synth(await defineResources(settingsOf(place)), directory);
  return `${addresses.length} resources: ${file}`;
}

/** How much of what is defined: all of it, what messages need on their way, or what the daily run needs besides. */
const parts = { all: defineResources, stores: defineStores, run: defineRun };

export async function applyResources(place: Place, part: keyof typeof parts = 'all') {
  const { describe, makeResources } = await import('../infra/local/index.ts');
  return withClients(place, parts[part](settingsOf(place)), async (resources, clients) => {
    const report = await makeResources(resources, clients);
    return { ...report, lines: describe(report).split('\n'), summary: summaryOf(report.entries) };
  });
}

/** What `applyResources` will need, for who waits for the services anyway. */
export async function loadForApplying(): Promise<void> {
  await Promise.all([import('../infra/local/index.ts'), warmClients('pubsub', 'bigquery', 'storage')]);
}

/** What is there, what is missing and what differs; nothing is changed. */
export async function examine(place: Place): Promise<readonly Finding[]> {
  const { examineResources } = await import('../infra/local/index.ts');
  return withClients(place, defineResources(settingsOf(place)), examineResources);
}

async function withClients<T>(
  place: Place,
  defined: Resources | Promise<Resources>,
  use: (resources: Resources, clients: Clients) => Promise<T>,
): Promise<T> {
  const [resources, pubsub, bigquery, storage] = await Promise.all([
    defined,
    pubsubClient(place.project),
    bigqueryClient(place.project),
    storageClient(place.project),
  ]);
  await checkAccess(pubsub, process.env);
  const host = process.env.WORKFLOWS_EMULATOR_HOST;
  const workflows = host
    ? { workflows: { endpoint: host.startsWith('http') ? host : `http://${host}`, fetch } }
    : {};
  try {
    return await use(resources, { pubsub, bigquery, storage, ...workflows });
  } finally {
    await pubsub.close();
  }
}

function summaryOf(entries: readonly { readonly outcome: string }[]): string {
  const counted = Map.groupBy(entries, ({ outcome }) => outcome);
  return [...counted].map(([outcome, those]) => `${those.length} resources ${outcome}`).join(', ');
}
