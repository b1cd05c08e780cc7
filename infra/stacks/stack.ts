import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { GcsBackend, LocalBackend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { Resources } from '../definition/index.ts';
import { Archives } from './archives.ts';
import { DailyRun } from './daily-run.ts';
import { Grants } from './grants.ts';
import { Identities } from './identities.ts';
import { Lake } from './lake.ts';
import { Messaging } from './messaging.ts';
import { Services } from './services.ts';
import { Warehouse } from './warehouse.ts';

export const stackName = 'orderlake';

export interface StackOptions {
  /** A bucket that exists already and is no part of this stack; without it the state is a file beside the output. */
  readonly stateBucket?: string;
}

export class OrderlakeStack extends TerraformStack {
  constructor(scope: Construct, resources: Resources, options: StackOptions) {
    super(scope, stackName);
    const { project, region, location, deletionProtection } = resources;
    if (options.stateBucket === undefined) {
      // Relative, and outside of the output folder: whoever deletes that must not lose the state.
      new LocalBackend(this, { path: `../../../terraform.${stackName}.tfstate` });
    } else {
      new GcsBackend(this, { bucket: options.stateBucket, prefix: stackName });
    }
    new GoogleProvider(this, 'google', { project, region });

    const services = new Services(this, 'services', { project, services: resources.services });
    const place = { location, deletionProtection, services };
    const messaging = new Messaging(this, 'messaging', { ...resources, ...place });
    const warehouse = new Warehouse(this, 'warehouse', { ...resources, ...place });
    const lake = new Lake(this, 'lake', { ...resources, ...place });
    const identities = new Identities(this, 'identities', { accounts: resources.serviceAccounts, services });
    new DailyRun(this, 'daily-run', { ...resources, services, identities });
    const grants = new Grants(this, 'grants', {
      project,
      grants: resources.grants,
      agents: resources.serviceAgents,
      identities,
      messaging,
      warehouse,
      lake,
      services,
    });
    new Archives(this, 'archives', { ...resources, ...place, messaging, lake, grants });
  }
}
