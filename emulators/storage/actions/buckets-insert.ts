import { defineAction } from '../action.ts';
import { patchBucketFields } from '../bucket-fields.ts';
import { required } from '../errors.ts';
import { checkBucketName } from '../names.ts';
import { objectOf } from '../object-fields.ts';
import { bucketResource } from '../resources.ts';

/** Buckets belong to no project here: the name is unique and the project only has to be given. */
export const bucketsInsert = defineAction({
  name: 'storage.buckets.insert',
  verb: 'POST',
  path: '/b',
  parameters: { project: 'string' },
  async handle({ query, json }, { catalog, origin }) {
    if (!query.project) throw required('project');
    const resource = objectOf(await json());
    const name = checkBucketName(resource.name);
    const bucket = catalog.createBucket(name, patchBucketFields({}, resource));
    return { status: 200, json: bucketResource(bucket.record, origin()) };
  },
});
