import { createHash } from 'node:crypto';
import {
  type HttpAction,
  type HttpAnswer,
  type HttpCall,
  ServiceError,
  unimplemented,
} from '../../frame/index.ts';
import type { Engine } from '../engine/engine.ts';
import type { Expiry } from '../engine/expiry.ts';
import { isUsualRounding } from '../engine/schema.ts';
import type { Staging } from '../engine/staging.ts';
import { countOf } from '../jobs/asked-values.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { Objects } from '../jobs/objects.ts';
import { collationOf } from '../sql/collations.ts';
import { SqlError } from '../sql/sql-error.ts';

export interface Api {
  readonly engine: Engine;
  readonly jobs: JobStore;
  readonly expiry: Expiry;
  readonly staging: Staging;
  readonly objects: Objects;
  /** What selfLink begins with. */
  readonly base: () => string;
}
export type Json = Readonly<Record<string, unknown>>;
type Path = Readonly<Record<string, string>>;

/** One method: gets the path's parts, the query string and the body, gives the answer's JSON. */
export interface Method {
  readonly name: string;
  readonly verb: HttpAction['verb'];
  /** Below its project; null for the list of projects itself. */
  readonly path: string | null;
  readonly answer: (
    api: Api,
    request: { path: Path; query: URLSearchParams; body: Json; ifMatch: string | undefined },
  ) => Promise<Json | undefined> | Json | undefined;
}

/** Clients put `/bigquery/v2` before the path or not, depending on how they were pointed here. */
export function actionsOf(api: Api, methods: readonly Method[]): HttpAction[] {
  return methods.flatMap((method) =>
    ['/bigquery/v2', ''].map(
      (prefix): HttpAction => ({
        name: `bigquery.${method.name}`,
        verb: method.verb,
        path: `${prefix}/projects${method.path === null ? '' : `/{project}${method.path}`}`,
        handle: (call) => handle(api, method, call),
      }),
    ),
  );
}

async function handle(api: Api, method: Method, call: HttpCall): Promise<HttpAnswer> {
  const body = method.verb === 'GET' || method.verb === 'DELETE' ? {} : object(await call.json());
  const headers = call.request.headers;
  await api.expiry.sweep();
  return answered(() =>
    method.answer(api, { path: call.path, query: call.url.searchParams, body, ifMatch: headers['if-match'] }),
  );
}

/** The answer's JSON, or the service's form of what went wrong. */
export async function answered(
  make: () => Promise<Json | undefined> | Json | undefined,
): Promise<HttpAnswer> {
  try {
    const json = await make();
    return json === undefined ? { status: 204 } : { status: 200, json };
  } catch (error) {
    if (error instanceof SqlError) throw serviceError(error);
    const isRefusal =
      error instanceof ServiceError && error.code === 'UNIMPLEMENTED' && error.reason === undefined;
    throw isRefusal ? new ServiceError(error.code, error.message, { reason: 'notImplemented' }) : error;
  }
}

const codes: Readonly<Record<string, 'NOT_FOUND' | 'ALREADY_EXISTS' | 'FAILED_PRECONDITION'>> = {
  notFound: 'NOT_FOUND',
  duplicate: 'ALREADY_EXISTS',
  resourceInUse: 'FAILED_PRECONDITION',
  conditionNotMet: 'FAILED_PRECONDITION',
};

export function serviceError(error: SqlError): ServiceError {
  return new ServiceError(codes[error.reason] ?? 'INVALID_ARGUMENT', error.message, {
    reason: error.reason,
    ...(error.reason === 'conditionNotMet' && { http: 412 }),
  });
}

export const etagOf = (body: unknown): string =>
  createHash('md5').update(JSON.stringify(body)).digest('base64');

export function text(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new SqlError(`Required parameter is missing: ${what}`, undefined, 'required');
}

/** A truth value of the query string: Python's clients write it with a capital. */
export const isTrue = (value: unknown): boolean => value === true || /^true$/i.test(String(value));

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** What would change the answer and is not served is refused, not dropped. */
export function refuseFields(body: Json, names: readonly string[], where: string): void {
  for (const name of names) if (body[name] !== undefined) throw unimplemented(`${where}.${name}`);
}

/** Other ways to compare and to round than the usual ones. */
export function refuseOrders(body: Json, where: string): void {
  const { defaultCollation, defaultRoundingMode: rounding, isCaseInsensitive } = body;
  if (defaultCollation) collationOf(String(defaultCollation));
  if (rounding && !isUsualRounding(rounding))
    throw unimplemented(`${where}.defaultRoundingMode with ${String(rounding)}`);
  if (isCaseInsensitive === true) throw unimplemented(`${where}.isCaseInsensitive`);
}

/** If-Match: somebody else may have changed the resource since the caller read it. */
export function checkEtag(current: string, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch.replaceAll('"', '') !== current)
    throw new SqlError('Precondition check failed.', undefined, 'conditionNotMet');
}

/** PATCH: null takes away, labels are merged, all else replaces. */
export function patched(before: Json, patch: Json): Json {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete after[name];
    else if (name === 'labels')
      after[name] = Object.fromEntries(
        Object.entries({ ...object(before.labels), ...object(value) }).filter(([, v]) => v !== null),
      );
    else after[name] = value;
  }
  return after;
}

export interface PageRequest {
  readonly start: number;
  readonly size: number;
}

/** Of a body or a query string; a token says where its page starts. */
export const pageRequest = ({ maxResults, pageToken, startIndex }: Json, usual: number): PageRequest => ({
  start: countOf(pageToken, undefined, 'pageToken') ?? countOf(startIndex, 0, 'startIndex'),
  size: countOf(maxResults, usual, 'maxResults'),
});

/** A page of a list, with the token for the next. */
export function page<T>(
  items: readonly T[],
  query: URLSearchParams,
): { items: readonly T[]; nextPageToken?: string } {
  const usual = 1000;
  const { start, size } = pageRequest(Object.fromEntries(query), usual);
  const end = start + (size || usual);
  return { items: items.slice(start, end), ...(end < items.length && { nextPageToken: String(end) }) };
}
