import { defineAction } from '../action.ts';
import { patchFields } from '../object-fields.ts';
import { objectPreconditions } from '../preconditions.ts';
import { objectResource } from '../resources.ts';

export const objectsPatch = defineAction({
  name: 'storage.objects.patch',
  verb: 'PATCH',
  path: '/b/{bucket}/o/{object}',
  parameters: { ...objectPreconditions, generation: 'int64' },
  async handle({ path, query, json }, { catalog, origin }) {
    const patch = await json();
    const record = catalog.bucket(path.bucket).get(path.object, query.generation);
    const changed = catalog.changeObject(record, query, patchFields(record.fields, patch));
    return { status: 200, json: objectResource(changed, origin()) };
  },
});

/** What the body does not name is removed. */
export const objectsUpdate = defineAction({
  name: 'storage.objects.update',
  verb: 'PUT',
  path: '/b/{bucket}/o/{object}',
  parameters: { ...objectPreconditions, generation: 'int64' },
  async handle({ path, query, json }, { catalog, origin }) {
    const resource = await json();
    const record = catalog.bucket(path.bucket).get(path.object, query.generation);
    const changed = catalog.changeObject(record, query, patchFields({}, resource));
    return { status: 200, json: objectResource(changed, origin()) };
  },
});
