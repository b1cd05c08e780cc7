import { defineAction } from '../action.ts';
import { patchBucketFields } from '../bucket-fields.ts';
import { bucketPreconditions } from '../preconditions.ts';
import { bucketResource } from '../resources.ts';

export const bucketsPatch = defineAction({
  name: 'storage.buckets.patch',
  verb: 'PATCH',
  path: '/b/{bucket}',
  parameters: bucketPreconditions,
  async handle({ path, query, json }, { catalog, origin }) {
    const patch = await json();
    const bucket = catalog.changeBucket(path.bucket, query, (old) => patchBucketFields(old, patch));
    return { status: 200, json: bucketResource(bucket.record, origin()) };
  },
});
