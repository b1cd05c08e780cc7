import { invalid } from '../../frame/index.ts';
import { bounded } from '../validations/rules.ts';

export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

const largestPage = 1000;
const defaultPage = 100;

/** Pages in the order of the names. The token is the last name given, so that what is deleted meanwhile shifts nothing. */
export function page<T>(items: Iterable<readonly [string, T]>, request: PageRequest): Page<T> {
  const size = request.pageSize || defaultPage;
  bounded(size, 'page_size', 1, largestPage);
  const after = request.pageToken ? readToken(request.pageToken) : '';
  const sorted = [...items].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
  const taken = sorted.slice(0, size);
  const last = taken.at(-1)?.[0];
  const more = sorted.length > taken.length && last !== undefined;
  return {
    items: taken.map(([, item]) => item),
    nextPageToken: more ? Buffer.from(`after:${last}`).toString('base64url') : '',
  };
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) throw invalid(`Invalid page token given (page_token=${token}).`);
  return text.slice('after:'.length);
}

/** Only what lies in the project asked for. */
export function* ofProject<T>(project: string, all: ReadonlyMap<string, T>): Iterable<readonly [string, T]> {
  if (!/^projects\/[^/]+$/.test(project)) throw invalid(`Invalid project name given (name=${project}).`);
  for (const entry of all) if (entry[0].startsWith(`${project}/`)) yield entry;
}
