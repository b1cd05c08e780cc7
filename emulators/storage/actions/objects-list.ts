import { defineAction } from '../action.ts';
import { listObjects } from '../listing.ts';
import { objectResource } from '../resources.ts';

export const listingParameters = {
  prefix: 'string',
  delimiter: 'string',
  startOffset: 'string',
  endOffset: 'string',
  matchGlob: 'string',
  includeTrailingDelimiter: 'boolean',
  versions: 'boolean',
  maxResults: 'int64',
  pageToken: 'string',
  // Changes nothing: an option of the client's own, which its deleteFiles sends along.
  force: 'boolean',
} as const;

export const objectsList = defineAction({
  name: 'storage.objects.list',
  verb: 'GET',
  path: '/b/{bucket}/o',
  parameters: listingParameters,
  handle({ path, query }, { catalog, origin }) {
    const { items, prefixes, nextPageToken } = listObjects(catalog.bucket(path.bucket), query);
    return {
      status: 200,
      json: {
        kind: 'storage#objects',
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
        ...(prefixes.length === 0 ? {} : { prefixes }),
        ...(items.length === 0 ? {} : { items: items.map((record) => objectResource(record, origin())) }),
      },
    };
  },
});
