import { defineAction } from '../action.ts';
import { objectPreconditions } from '../preconditions.ts';

export const objectsDelete = defineAction({
  name: 'storage.objects.delete',
  verb: 'DELETE',
  path: '/b/{bucket}/o/{object}',
  parameters: { ...objectPreconditions, generation: 'int64' },
  handle({ path, query }, { catalog }) {
    const record = catalog.bucket(path.bucket).get(path.object, query.generation);
    catalog.deleteObject(record, query, query.generation !== undefined);
    return { status: 204 };
  },
});
