import { unimplemented } from '../frame/service-error.ts';
import { objectOf } from './object-fields.ts';
import type { BucketFields } from './records.ts';

/** Kept and shown. Of these only `versioning` changes what the emulator does; no lifecycle rule is ever run. */
const kept = [
  'autoclass',
  'billing',
  'cors',
  'iamConfiguration',
  'labels',
  'lifecycle',
  'location',
  'locationType',
  'logging',
  'rpo',
  'storageClass',
  'versioning',
  'website',
];

export const refusedBucketFields = [
  'acl',
  'customPlacementConfig',
  'defaultEventBasedHold',
  'defaultObjectAcl',
  'encryption',
  'hierarchicalNamespace',
  'ipFilter',
  'objectRetention',
  'retentionPolicy',
  'softDeletePolicy',
];

/** RFC 7396: null removes, and `labels` are merged key by key. */
export function patchBucketFields(old: BucketFields, value: unknown): BucketFields {
  const resource = objectOf(value);
  for (const key of refusedBucketFields)
    if (asks(resource[key])) throw unimplemented(`The property ${key} of buckets`);
  const next: Record<string, unknown> = { ...old };
  for (const key of kept) {
    const entry = resource[key];
    if (entry === undefined) continue;
    if (entry === null) delete next[key];
    else next[key] = key === 'labels' ? patchLabels(old.labels ?? {}, entry) : entry;
  }
  return next;
}

function patchLabels(old: object, value: unknown): object {
  const labels = { ...old, ...objectOf(value) };
  return Object.fromEntries(Object.entries(labels).filter(([, label]) => label !== null));
}

/** Infrastructure tools send `false`, empty lists and a retention of no time for what they do not want. */
function asks(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== 'object') return true;
  return Object.values(value).some((entry) => entry !== '0' && entry !== 0 && asks(entry));
}
