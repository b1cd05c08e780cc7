import type { Bucket } from './bucket.ts';
import { invalidArgument } from './errors.ts';
import { globPattern } from './glob.ts';
import { compareNames } from './names.ts';
import type { ObjectRecord } from './records.ts';

export interface Listing {
  readonly prefix?: string;
  readonly delimiter?: string;
  /** Inclusive. */
  readonly startOffset?: string;
  /** Exclusive. */
  readonly endOffset?: string;
  readonly includeTrailingDelimiter?: boolean;
  readonly versions?: boolean;
  /** Only names that fit this pattern; see glob.ts. */
  readonly matchGlob?: string;
  readonly pageToken?: string;
  readonly maxResults?: number;
}

export interface Page {
  readonly items: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  readonly nextPageToken?: string;
}

/** The service's own bound: a page has at most this many items and prefixes together. */
const largestPage = 1000;

/** One page of a bucket, in the order of names. Generations of one name stay together on a page. */
export function listObjects(bucket: Bucket, listing: Listing): Page {
  const { prefix = '', delimiter = '', startOffset = '', endOffset, versions = false } = listing;
  const fits = patternOf(listing);
  const limit = Math.min(listing.maxResults || largestPage, largestPage);
  const items: ObjectRecord[] = [];
  const prefixes: string[] = [];
  const { names } = bucket;
  const after = readToken(listing.pageToken);
  let index = Math.max(names.firstFrom(prefix), names.firstFrom(startOffset));
  if (after !== undefined) index = Math.max(index, names.firstFrom(after));
  for (; ; index++) {
    const name = names.at(index);
    if (name === undefined || !name.startsWith(prefix)) return { items, prefixes };
    if (endOffset !== undefined && compareNames(name, endOffset) >= 0) return { items, prefixes };
    if (fits?.test(name) === false) continue;
    const found = recordsOf(bucket, name, versions);
    if (found.length === 0) continue;
    if (items.length + prefixes.length >= limit) return { items, prefixes, nextPageToken: tokenOf(name) };
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      items.push(...found);
      continue;
    }
    const common = name.slice(0, cut + delimiter.length);
    prefixes.push(common);
    if (listing.includeTrailingDelimiter && name === common) items.push(...found);
    index = lastWith(bucket, common, index);
  }
}

function patternOf({ matchGlob = '', delimiter = '' }: Listing): RegExp | undefined {
  if (matchGlob === '') return undefined;
  if (delimiter !== '' && delimiter !== '/') {
    throw invalidArgument(`Expected the delimiter / beside matchGlob, got ${delimiter}.`);
  }
  return globPattern(matchGlob);
}

/** The place of the last name below a prefix: a folder of a million objects is one step of a listing. */
function lastWith(bucket: Bucket, prefix: string, from: number): number {
  let low = from;
  let high = bucket.names.size - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (bucket.names.at(middle)?.startsWith(prefix)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function recordsOf(bucket: Bucket, name: string, versions: boolean): readonly ObjectRecord[] {
  const { live, noncurrent } = bucket.history(name);
  const current = live === undefined ? [] : [live];
  return versions ? [...noncurrent, ...current] : current;
}

/** The token names the first name of the next page, so that what is written meanwhile behind it is still listed. */
const tokenOf = (name: string): string => Buffer.from(name).toString('base64');

function readToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const name = Buffer.from(token, 'base64').toString('utf8');
  if (tokenOf(name) !== token) throw invalidArgument(`Invalid page token: ${token}`);
  return name;
}
