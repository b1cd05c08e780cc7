import type { BucketRecord, ObjectRecord } from './records.ts';

/** The JSON that the service shows for an object; 64-bit numbers are strings there. */
export function objectResource(record: ObjectRecord, origin: string): Record<string, unknown> {
  const { bucket, name, generation, fields } = record;
  const path = `storage/v1/b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${origin}/${path}`,
    mediaLink: `${origin}/download/${path}?generation=${generation}&alt=media`,
    name,
    bucket,
    generation: String(generation),
    metageneration: String(record.metageneration),
    storageClass: 'STANDARD',
    size: String(record.size),
    ...(record.md5Hash === undefined ? {} : { md5Hash: record.md5Hash }),
    crc32c: record.crc32c,
    etag: etagOf(record),
    ...(record.componentCount === undefined ? {} : { componentCount: record.componentCount }),
    timeCreated: isoTime(record.timeCreated),
    updated: isoTime(record.updated),
    timeStorageClassUpdated: isoTime(record.timeCreated),
    timeFinalized: isoTime(record.timeCreated),
    ...(record.timeDeleted === undefined ? {} : { timeDeleted: isoTime(record.timeDeleted) }),
    ...fields,
  };
}

export function bucketResource(record: BucketRecord, origin: string): Record<string, unknown> {
  return {
    kind: 'storage#bucket',
    id: record.name,
    selfLink: `${origin}/storage/v1/b/${record.name}`,
    name: record.name,
    projectNumber: '0',
    metageneration: String(record.metageneration),
    etag: etagOf(record),
    timeCreated: isoTime(record.timeCreated),
    updated: isoTime(record.updated),
    location: 'US',
    locationType: 'multi-region',
    storageClass: 'STANDARD',
    ...record.fields,
  };
}

/** Opaque to clients; new with each generation and each metageneration. */
export function etagOf(record: { readonly generation?: number; readonly metageneration: number }): string {
  return Buffer.from(`${record.generation ?? 0}/${record.metageneration}`).toString('base64');
}

const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
