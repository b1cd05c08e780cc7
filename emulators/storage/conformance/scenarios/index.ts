import type { Scenario } from '../scenario.ts';
import { buckets } from './buckets.ts';
import { compositions, copies, versions } from './copies.ts';
import { firstWriter } from './first-writer.ts';
import { listing } from './listing.ts';
import { downloads, objectNames, objects } from './objects.ts';
import { preconditions } from './preconditions.ts';
import { checksums, resumable } from './resumable.ts';
import { signedUrls, xml } from './xml.ts';

export const scenarios: readonly Scenario[] = [
  ...firstWriter,
  ...preconditions,
  ...resumable,
  ...checksums,
  ...objects,
  ...downloads,
  ...objectNames,
  ...listing,
  ...copies,
  ...compositions,
  ...versions,
  ...buckets,
  ...xml,
  ...signedUrls,
];
