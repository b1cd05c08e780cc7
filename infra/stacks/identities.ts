import { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { Construct } from 'constructs';
import type { Resources, Role } from '../definition/index.ts';
import { addressed } from './address.ts';
import type { Services } from './services.ts';

export class Identities extends Construct {
  readonly accounts = new Map<Role, ServiceAccount>();

  constructor(
    scope: Construct,
    id: string,
    props: { accounts: Resources['serviceAccounts']; services: Services },
  ) {
    super(scope, id);
    const dependsOn = props.services.needed('iam.googleapis.com');
    for (const { role, accountId, displayName } of props.accounts) {
      const made = new ServiceAccount(this, role, { accountId, displayName, dependsOn });
      this.accounts.set(role, addressed(made, role));
    }
  }
}
