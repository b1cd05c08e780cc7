import { grants, serviceAccounts } from './identities.ts';
import { subscriptions, topics } from './messaging.ts';
import { type Resources, services } from './resources.ts';
import type { Run } from './run.ts';
import type { CheckedSettings } from './settings.ts';
import { datasets, lakeBucket, rawTables } from './storage.ts';

/** Apart from compiling the models, so that what stands here can be looked at without them. */
export function assemble(settings: CheckedSettings, run: Run): Resources {
  const { project, location, region, deletionProtection } = settings;
  return {
    project,
    location,
    region,
    deletionProtection,
    services,
    topics,
    subscriptions,
    datasets,
    tables: rawTables(settings),
    buckets: [lakeBucket(settings)],
    serviceAccounts,
    grants: grants(settings),
    ...run,
  };
}
