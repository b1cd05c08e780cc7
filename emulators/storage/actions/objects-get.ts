import { defineAction } from '../action.ts';
import { conditionNotMet } from '../errors.ts';
import { media } from '../media.ts';
import { judge, objectPreconditions } from '../preconditions.ts';
import { objectResource } from '../resources.ts';

const parameters = { ...objectPreconditions, generation: 'int64', alt: 'string' } as const;

/** The resource, or with `alt=media` the bytes. */
export const objectsGet = defineAction({
  name: 'storage.objects.get',
  verb: 'GET',
  path: '/b/{bucket}/o/{object}',
  parameters,
  handle({ request, path, query }, { catalog, backend, origin }) {
    const record = catalog.bucket(path.bucket).get(path.object, query.generation);
    const verdict = judge(query, record);
    if (verdict === 'failed') throw conditionNotMet();
    if (verdict === 'not modified') return { status: 304 };
    if (query.alt === 'media') return media(record, request.headers, backend);
    return { status: 200, json: objectResource(record, origin()) };
  },
});

/** The address in an object's `mediaLink`. */
export const objectsDownload = defineAction({
  name: 'storage.objects.get',
  verb: 'GET',
  path: '/download/b/{bucket}/o/{object}',
  parameters,
  handle: (call, service) => objectsGet.handle({ ...call, query: { ...call.query, alt: 'media' } }, service),
});
