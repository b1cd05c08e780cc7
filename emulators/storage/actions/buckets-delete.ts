import { defineAction } from '../action.ts';
import { bucketPreconditions } from '../preconditions.ts';

export const bucketsDelete = defineAction({
  name: 'storage.buckets.delete',
  verb: 'DELETE',
  path: '/b/{bucket}',
  parameters: bucketPreconditions,
  handle({ path, query }, { catalog }) {
    catalog.deleteBucket(path.bucket, query);
    return { status: 204 };
  },
});
