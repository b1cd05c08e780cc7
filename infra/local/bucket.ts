import type { BucketMetadata, Storage } from '@google-cloud/storage';
import { SetupError } from '../../runtime/index.ts';
import type { Bucket } from '../definition/index.ts';
import { differences } from './difference.ts';
import type { Making } from './making.ts';

/**
 * Soft delete is not asked for: a new bucket keeps deleted objects for seven days unless it is told otherwise,
 * and an emulator keeps none. The stack says it aloud.
 */
export function makeBucket(bucket: Bucket, location: string, storage: Storage): Making {
  const changeable = {
    iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
    lifecycle: {
      rule: [
        {
          action: { type: 'AbortIncompleteMultipartUpload' },
          condition: { age: bucket.abortUploadsAfterDays },
        },
      ],
    },
  } satisfies BucketMetadata;
  const handle = storage.bucket(bucket.name);
  return {
    kind: 'bucket',
    name: bucket.name,
    create: () => storage.createBucket(bucket.name, { location, ...changeable }),
    compare: async () => {
      const [there] = await handle.getMetadata();
      if (there.location?.toLowerCase() !== location.toLowerCase()) {
        throw new SetupError(`bucket ${bucket.name} lies elsewhere`, {
          expected: location,
          got: there.location ?? 'no location',
          action: 'Buckets cannot be moved: choose another bucketLake, or set location to where it lies',
        });
      }
      return differences(changeable, there);
    },
    change: () => handle.setMetadata(changeable),
  };
}
