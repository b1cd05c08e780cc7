import { Readable } from 'node:stream';
import { defineAction, type Service } from '../action.ts';
import { conditionNotMet, invalidArgument, required } from '../errors.ts';
import type { Incoming } from '../incoming.ts';
import { checkObjectName } from '../names.ts';
import { objectOf, parseObject } from '../object-fields.ts';
import { objectPreconditions } from '../preconditions.ts';
import type { ObjectRecord } from '../records.ts';
import { objectResource } from '../resources.ts';
import { discardingOnFailure } from '../uploads/request-body.ts';

const mostSources = 32;

/** Joins up to 32 objects of one bucket into one. Composed objects have no MD5, as in the service. */
export const objectsCompose = defineAction({
  name: 'storage.objects.compose',
  verb: 'POST',
  path: '/b/{bucket}/o/{object}/compose',
  parameters: objectPreconditions,
  async handle({ path, query, json }, service) {
    const body = objectOf(await json());
    const name = checkObjectName(path.object);
    const sources = readSources(body.sourceObjects, path.bucket, service);
    const { fields, provided } = parseObject(body.destination ?? {});
    const incoming = service.incoming();
    const { md5Hash: _, ...sealed } = await discardingOnFailure(incoming, async () => {
      await service.catalog.holding(sources, () => readAll(sources, incoming, service));
      return incoming.seal([provided]);
    });
    const componentCount = sources.reduce((sum, source) => sum + (source.componentCount ?? 1), 0);
    const contentType = fields.contentType ?? sources[0]?.fields.contentType;
    const typed = contentType === undefined ? fields : { ...fields, contentType };
    const record = service.catalog.put(path.bucket, name, { ...sealed, componentCount }, typed, query);
    return { status: 200, json: objectResource(record, service.origin()) };
  },
});

async function readAll(
  sources: readonly ObjectRecord[],
  incoming: Incoming,
  { backend }: Service,
): Promise<void> {
  for (const { content, size } of sources) {
    const bytes = backend.read(content, { start: 0, end: size });
    for await (const part of bytes instanceof Readable ? bytes : [bytes])
      await incoming.write(part as Buffer);
  }
}

function readSources(value: unknown, bucketName: string, { catalog }: Service): readonly ObjectRecord[] {
  if (!Array.isArray(value) || value.length === 0) throw required('sourceObjects');
  if (value.length > mostSources) {
    throw invalidArgument(
      `The number of source components provided (${value.length}) exceeds the maximum (${mostSources})`,
    );
  }
  const bucket = catalog.bucket(bucketName);
  return value.map((entry) => {
    const source = objectOf(entry);
    if (typeof source.name !== 'string') throw required('sourceObjects[].name');
    const record = bucket.get(source.name, numberOf(source.generation));
    const wanted = numberOf(objectOf(source.objectPreconditions ?? {}).ifGenerationMatch);
    if (wanted !== undefined && wanted !== record.generation) throw conditionNotMet();
    return record;
  });
}

const numberOf = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);
