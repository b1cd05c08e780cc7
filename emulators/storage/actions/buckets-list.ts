import { defineAction } from '../action.ts';
import { required } from '../errors.ts';
import { bucketResource } from '../resources.ts';

const largestPage = 1000;

export const bucketsList = defineAction({
  name: 'storage.buckets.list',
  verb: 'GET',
  path: '/b',
  parameters: { project: 'string', prefix: 'string', maxResults: 'int64', pageToken: 'string' },
  handle({ query }, { catalog, origin }) {
    if (!query.project) throw required('project');
    const limit = Math.min(query.maxResults || largestPage, largestPage);
    const first = query.pageToken ?? '';
    const found = catalog.buckets.filter(({ name }) => name.startsWith(query.prefix ?? '') && name >= first);
    const next = found[limit];
    return {
      status: 200,
      json: {
        kind: 'storage#buckets',
        items: found.slice(0, limit).map(({ record }) => bucketResource(record, origin())),
        ...(next === undefined ? {} : { nextPageToken: next.name }),
      },
    };
  },
});
