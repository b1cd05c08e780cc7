import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member/index.js';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js';
import { PubsubSubscriptionIamMember } from '@cdktf/provider-google/lib/pubsub-subscription-iam-member/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member/index.js';
import type { TerraformResource } from 'cdktf';
import { Construct } from 'constructs';
import type { Grant, ServiceAgent } from '../definition/index.ts';
import { addressed } from './address.ts';
import { found } from './found.ts';
import type { Identities } from './identities.ts';
import type { Lake } from './lake.ts';
import type { Messaging } from './messaging.ts';
import type { Services } from './services.ts';
import type { Warehouse } from './warehouse.ts';

export interface GrantsProps {
  readonly project: string;
  readonly grants: readonly Grant[];
  readonly identities: Identities;
  readonly agents: readonly ServiceAgent[];
  readonly messaging: Messaging;
  readonly warehouse: Warehouse;
  readonly lake: Lake;
  readonly services: Services;
}

/**
 * Always members, never bindings or policies: those own the whole list and would remove whoever else was
 * granted something, Google's own service agents included.
 */
export class Grants extends Construct {
  readonly made: { readonly place: string; readonly resource: TerraformResource }[] = [];

  constructor(scope: Construct, id: string, props: GrantsProps) {
    super(scope, id);
    for (const grant of props.grants) {
      const place = grant.on === 'project' ? 'project' : grant.name;
      const name = `${grant.to}-${grant.on}-${place}-${grant.role}`;
      const made = addressed(this.#grant(name, grant, props), ...words(grant, props));
      this.made.push({ place, resource: made });
    }
  }

  #grant(id: string, grant: Grant, props: GrantsProps): TerraformResource {
    const { role } = grant;
    const member = memberOf(grant, props);
    switch (grant.on) {
      case 'topic': {
        const topic = found(props.messaging.topics, 'topic', grant.name);
        return new PubsubTopicIamMember(this, id, { topic: topic.name, role, member, ...following(topic) });
      }
      case 'subscription': {
        const subscription = found(props.messaging.subscriptions, 'subscription', grant.name);
        return new PubsubSubscriptionIamMember(this, id, {
          subscription: subscription.name,
          role,
          member,
          ...following(subscription),
        });
      }
      case 'dataset': {
        const { datasetId } = found(props.warehouse.datasets, 'dataset', grant.name);
        return new BigqueryDatasetIamMember(this, id, { datasetId, role, member });
      }
      case 'bucket': {
        const bucket = found(props.lake.buckets, 'bucket', grant.name).name;
        return new StorageBucketIamMember(this, id, { bucket, role, member });
      }
      case 'project': {
        const dependsOn = props.services.needed('cloudresourcemanager.googleapis.com');
        return new ProjectIamMember(this, id, { project: props.project, role, member, dependsOn });
      }
    }
  }
}

/**
 * Replacing a topic or subscription drops its grants, and Terraform's state would still believe in them.
 * The id and not the whole resource: that would also replace grants when a deadline is merely changed.
 */
function following(resource: TerraformResource) {
  return {
    lifecycle: { replaceTriggeredBy: [`${resource.terraformResourceType}.${resource.friendlyUniqueId}.id`] },
  };
}

/** Who, where, what: unique as long as no grant stands there twice. */
function words(grant: Grant, props: GrantsProps): string[] {
  const role = grant.role.replace('roles/', '');
  if (grant.on === 'project') return [grant.to, role];
  const purpose = grant.on === 'bucket' ? props.lake.purposes.get(grant.name) : undefined;
  const place = purpose ?? grant.name;
  return [grant.to, place, role];
}

function memberOf({ to }: Grant, { agents, identities }: GrantsProps): string {
  const agent = agents.find(({ role }) => role === to);
  return (
    agent?.member ??
    found<{ readonly member: string }>(
      identities.accounts as ReadonlyMap<string, { readonly member: string }>,
      'service account',
      to,
    ).member
  );
}
