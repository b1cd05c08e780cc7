import { defineAction } from '../action.ts';
import { conditionNotMet } from '../errors.ts';
import { bucketPreconditions, judge } from '../preconditions.ts';
import { bucketResource } from '../resources.ts';

export const bucketsGet = defineAction({
  name: 'storage.buckets.get',
  verb: 'GET',
  path: '/b/{bucket}',
  parameters: bucketPreconditions,
  handle({ path, query }, { catalog, origin }) {
    const { record } = catalog.bucket(path.bucket);
    const verdict = judge(query, record);
    if (verdict === 'failed') throw conditionNotMet();
    if (verdict === 'not modified') return { status: 304 };
    return { status: 200, json: bucketResource(record, origin()) };
  },
});
