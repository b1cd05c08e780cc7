import { defineAction } from '../action.ts';
import { objectPreconditions } from '../preconditions.ts';
import { listingParameters } from './objects-list.ts';

export const objectsDelete = defineAction({
  name: 'storage.objects.delete',
  verb: 'DELETE',
  path: '/b/{bucket}/o/{object}',
  // With each file that it deletes, the client's deleteFiles repeats how it listed them.
  parameters: { ...listingParameters, ...objectPreconditions, generation: 'int64' },
  handle({ path, query }, { catalog }) {
    const record = catalog.bucket(path.bucket).get(path.object, query.generation);
    catalog.deleteObject(record, query, query.generation !== undefined);
    return { status: 204 };
  },
});
