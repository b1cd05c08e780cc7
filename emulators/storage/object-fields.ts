import { unimplemented } from '../frame/service-error.ts';
import type { Provided } from './checksums.ts';
import { invalidArgument } from './errors.ts';
import type { ObjectFields } from './records.ts';

const texts = [
  'contentType',
  'contentEncoding',
  'contentDisposition',
  'contentLanguage',
  'cacheControl',
  'customTime',
  'storageClass',
] as const;

/** Writable in the service and meaningful: taking them without acting on them would be a lie. */
export const refusedObjectFields = [
  'acl',
  'contexts',
  'eventBasedHold',
  'kmsKeyName',
  'retention',
  'temporaryHold',
];

/** All keys and values of `metadata` together. Every reader gets them in headers, where little more has room. */
const metadataLimitBytes = 8 * 1024;

export interface WrittenObject {
  readonly name?: string;
  readonly provided: Provided;
  readonly fields: ObjectFields;
}

/** Reads the resource that an upload, a copy or a composition brings. Properties of the service's own are ignored. */
export function parseObject(value: unknown): WrittenObject {
  const resource = objectOf(value);
  const text = (key: string) => textOf(resource, key);
  const provided = { crc32c: text('crc32c'), md5Hash: text('md5Hash') };
  return dropUndefined({
    name: text('name'),
    provided: dropUndefined(provided) as Provided,
    fields: patchFields({}, resource),
  }) as unknown as WrittenObject;
}

/** RFC 7396 as the service does it: null removes, `metadata` is merged key by key. */
export function patchFields(old: ObjectFields, value: unknown): ObjectFields {
  const resource = objectOf(value);
  for (const key of refusedObjectFields) {
    if (resource[key] !== undefined && resource[key] !== null && resource[key] !== false) {
      throw unimplemented(`The property ${key} of objects`);
    }
  }
  const next: Record<string, unknown> = { ...old };
  for (const key of texts) if (key in resource) next[key] = textOf(resource, key);
  if ('metadata' in resource) next.metadata = patchMetadata(old.metadata ?? {}, resource.metadata);
  return dropUndefined(next) as ObjectFields;
}

function patchMetadata(
  old: Readonly<Record<string, string>>,
  value: unknown,
): Record<string, string> | undefined {
  if (value === null) return undefined;
  // A map, not an object: `__proto__` is a key like any other here.
  const next = new Map(Object.entries(old));
  for (const [key, entry] of Object.entries(objectOf(value))) {
    if (entry === null) next.delete(key);
    else if (typeof entry === 'string') next.set(key, entry);
    else if (typeof entry === 'number' || typeof entry === 'boolean') next.set(key, String(entry));
    else throw invalidArgument(`Invalid value for metadata.${key}: expected a string.`);
  }
  return next.size === 0 ? undefined : limitedMetadata(Object.fromEntries(next));
}

export function limitedMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const bytes = Object.entries(metadata).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  if (bytes <= metadataLimitBytes) return metadata;
  throw invalidArgument(
    `The metadata of an object may take ${metadataLimitBytes} bytes, keys and values together; got ${bytes}.`,
  );
}

function textOf(resource: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = resource[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalidArgument(`Invalid value for ${key}: expected a string.`);
  return value;
}

export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument('Expected a JSON object.');
  }
  return value as Record<string, unknown>;
}

const dropUndefined = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
