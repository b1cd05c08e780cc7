import { type Call, defineAction, type Service } from '../action.ts';
import { mustHold, type Sealed } from '../catalog.ts';
import { checkObjectName } from '../names.ts';
import { patchFields } from '../object-fields.ts';
import { objectPreconditions, sourcePreconditions } from '../preconditions.ts';
import type { ObjectRecord } from '../records.ts';
import { objectResource } from '../resources.ts';

const parameters = { ...objectPreconditions, ...sourcePreconditions, sourceGeneration: 'int64' } as const;

/** One call copies any size, since copies share their bytes: there is never a rewriteToken. */
export const objectsRewrite = defineAction({
  name: 'storage.objects.rewrite',
  verb: 'POST',
  path: '/b/{bucket}/o/{object}/rewriteTo/b/{toBucket}/o/{toObject}',
  parameters: { ...parameters, maxBytesRewrittenPerCall: 'int64' },
  async handle(call, service) {
    const record = await copy(call, service);
    return {
      status: 200,
      json: {
        kind: 'storage#rewriteResponse',
        totalBytesRewritten: String(record.size),
        objectSize: String(record.size),
        done: true,
        resource: objectResource(record, service.origin()),
      },
    };
  },
});

export const objectsCopy = defineAction({
  name: 'storage.objects.copy',
  verb: 'POST',
  path: '/b/{bucket}/o/{object}/copyTo/b/{toBucket}/o/{toObject}',
  parameters,
  async handle(call, service) {
    return { status: 200, json: objectResource(await copy(call, service), service.origin()) };
  },
});

async function copy(
  { path, query, json }: Call<typeof parameters>,
  { catalog }: Service,
): Promise<ObjectRecord> {
  const body = (await json()) as object;
  const source = catalog.bucket(path.bucket).get(path.object, query.sourceGeneration);
  mustHold(
    {
      ifGenerationMatch: query.ifSourceGenerationMatch,
      ifGenerationNotMatch: query.ifSourceGenerationNotMatch,
      ifMetagenerationMatch: query.ifSourceMetagenerationMatch,
      ifMetagenerationNotMatch: query.ifSourceMetagenerationNotMatch,
    },
    source,
  );
  // A body replaces the metadata as a whole; without one the copy inherits it.
  const fields = Object.keys(body).length === 0 ? source.fields : patchFields({}, body);
  return catalog.put(path.toBucket ?? '', checkObjectName(path.toObject), bytesOf(source), fields, query);
}

function bytesOf({ content, size, crc32c, md5Hash, componentCount }: ObjectRecord): Sealed {
  return {
    content,
    size,
    crc32c,
    ...(md5Hash === undefined ? {} : { md5Hash }),
    ...(componentCount === undefined ? {} : { componentCount }),
  };
}
