import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription/index.js';
import { Construct } from 'constructs';
import type { Archive } from '../definition/index.ts';
import { addressed } from './address.ts';
import { found } from './found.ts';
import type { Grants } from './grants.ts';
import type { Lake } from './lake.ts';
import type { Messaging } from './messaging.ts';
import type { Services } from './services.ts';

export interface ArchivesProps {
  readonly archives: readonly Archive[];
  readonly messaging: Messaging;
  readonly lake: Lake;
  readonly grants: Grants;
  readonly deletionProtection: boolean;
  readonly services: Services;
}

/** Pub/Sub refuses such a subscription while it may not write to the bucket: the grants come first. */
export class Archives extends Construct {
  constructor(scope: Construct, id: string, props: ArchivesProps) {
    super(scope, id);
    for (const archive of props.archives) {
      const granted = props.grants.made.filter(({ place }) => place === archive.bucket);
      const made = new PubsubSubscription(this, archive.name, {
        name: archive.name,
        topic: found(props.messaging.topics, 'topic', archive.topic).id,
        ackDeadlineSeconds: archive.ackDeadlineSeconds,
        messageRetentionDuration: `${archive.retentionSeconds}s`,
        expirationPolicy: { ttl: '' },
        retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
        cloudStorageConfig: {
          bucket: found(props.lake.buckets, 'bucket', archive.bucket).name,
          filenameSuffix: archive.suffix,
          maxDuration: `${archive.fileSeconds}s`,
          maxBytes: archive.fileBytes,
          avroConfig: { writeMetadata: true },
        },
        lifecycle: { preventDestroy: props.deletionProtection },
        dependsOn: [
          ...props.services.needed('pubsub.googleapis.com'),
          ...granted.map(({ resource }) => resource),
        ],
      });
      addressed(made, archive.name);
    }
  }
}
