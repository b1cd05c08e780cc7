import { grants, serviceAccounts, serviceAgents } from './identities.ts';
import { archiveOf, subscriptions, topics } from './messaging.ts';
import { type Resources, services } from './resources.ts';
import type { Run } from './run.ts';
import type { CheckedSettings } from './settings.ts';
import { archiveBuckets, datasets, lakeBucket, rawTables } from './storage.ts';

/** Apart from compiling the models, so that what stands here can be looked at without them. */
export function assemble(settings: CheckedSettings, run: Run): Resources {
  const { project, location, region, deletionProtection } = settings;
  const archives = archiveBuckets(settings);
  return {
    project,
    location,
    region,
    deletionProtection,
    services,
    topics,
    subscriptions,
    archives: archives.map(({ name }) => archiveOf(name)),
    datasets,
    tables: rawTables(settings),
    buckets: [lakeBucket(settings), ...archives],
    serviceAccounts,
    serviceAgents: serviceAgents(settings),
    grants: grants(settings),
    ...run,
  };
}
