import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket/index.js';
import { Construct } from 'constructs';
import type { Bucket } from '../definition/index.ts';
import { addressed } from './address.ts';
import type { Services } from './services.ts';

export interface LakeProps {
  readonly buckets: readonly Bucket[];
  readonly location: string;
  readonly deletionProtection: boolean;
  readonly services: Services;
}

const day = 24 * 60 * 60;

export class Lake extends Construct {
  readonly buckets = new Map<string, StorageBucket>();
  readonly purposes = new Map<string, Bucket['purpose']>();

  constructor(scope: Construct, id: string, props: LakeProps) {
    super(scope, id);
    for (const bucket of props.buckets) {
      const made = new StorageBucket(this, bucket.name, {
        name: bucket.name,
        // The service answers in upper case; anything else is a difference in every plan.
        location: props.location.toUpperCase(),
        storageClass: 'STANDARD',
        uniformBucketLevelAccess: true,
        publicAccessPrevention: 'enforced',
        forceDestroy: false,
        softDeletePolicy: { retentionDurationSeconds: bucket.softDeleteDays * day },
        // Deleting by age would tear data files out of live snapshots: only what was never finished may go.
        lifecycleRule: [
          {
            action: { type: 'AbortIncompleteMultipartUpload' },
            condition: { age: bucket.abortUploadsAfterDays },
          },
        ],
        lifecycle: { preventDestroy: props.deletionProtection },
        dependsOn: props.services.needed('storage.googleapis.com'),
      });
      // The bucket's name differs between installations, its place in the stack does not.
      this.buckets.set(bucket.name, addressed(made, bucket.purpose));
      this.purposes.set(bucket.name, bucket.purpose);
    }
  }
}
