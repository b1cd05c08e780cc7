import { unimplemented } from '../../../frame/index.ts';
import { tableReference } from '../../engine/metadata.ts';
import { countOf } from '../../jobs/asked-values.ts';
import { copyJob } from '../../jobs/copy-job.ts';
import { destinationOf } from '../../jobs/destination.ts';
import { billed, plan, plannedBytes, referencedTables } from '../../jobs/dry-run.ts';
import { extractJob } from '../../jobs/extract/extract-job.ts';
import type { Job, JobRequest } from '../../jobs/job-store.ts';
import { loadJob } from '../../jobs/load/load-job.ts';
import { parametersOf, type QueryParameter } from '../../jobs/parameters.ts';
import { queryJob } from '../../jobs/query-job.ts';
import type { QueryRequest } from '../../jobs/query-request.ts';
import type { Target } from '../../jobs/session.ts';
import type { SessionWish } from '../../jobs/sessions.ts';
import { sessionZone } from '../../sql/analyze/time-zones.ts';
import { SqlError } from '../../sql/sql-error.ts';
import { type Api, etagOf, type Json, type Method, object, page, refuseFields, text } from '../api.ts';
import { dmlCounts, jobReference, resultBody, resultRequest, schemaOf } from '../query-result.ts';

interface ConnectionProperty {
  readonly key?: string;
  readonly value?: string;
}
function connectionOf(query: Json): { session?: SessionWish; timeZone?: string } {
  const properties = (query.connectionProperties ?? []) as readonly ConnectionProperty[];
  const known = new Map(properties.map(({ key, value }) => [key, value]));
  for (const [key, value] of known)
    if (key !== 'session_id' && key !== 'time_zone')
      throw unimplemented(`query.connectionProperties with ${key}=${value}`);
  const id = known.get('session_id');
  const timeZone = known.get('time_zone');
  const session = id !== undefined ? { id } : query.createSession === true ? ('new' as const) : undefined;
  return {
    ...(session && { session }),
    ...(timeZone !== undefined && sessionZone(timeZone) !== undefined && { timeZone }),
  };
}

function requestOf(project: string, query: Json, configuration: Json): QueryRequest {
  if (
    query.useLegacySql === true ||
    (query.useLegacySql === undefined && /^#legacySQL/i.test(String(query.query)))
  )
    throw unimplemented('Legacy SQL');
  refuseFields(query, ['tableDefinitions', 'userDefinedFunctionResources'], 'query');
  const place = object(query.defaultDataset);
  return {
    query: text(query.query, 'query'),
    place: {
      project: typeof place.projectId === 'string' ? place.projectId : project,
      ...(typeof place.datasetId === 'string' && { dataset: place.datasetId }),
    },
    parameters: parametersOf((query.queryParameters ?? []) as readonly QueryParameter[]),
    configuration,
    ...connectionOf(query),
    maximumBytesBilled: countOf(query.maximumBytesBilled, undefined, 'maximumBytesBilled'),
    ...(query.destinationTable !== undefined && {
      destination: destinationOf(query, project, 'WRITE_EMPTY'),
    }),
  };
}

function jobResource(api: Api, job: Job): Json {
  const done = job.endedAt !== undefined;
  const error = job.error && {
    reason: job.error.reason,
    message: job.error.message,
    ...(job.request.configuration.query !== undefined && { location: 'query' }),
  };
  const affected = job.outcome?.affected;
  const isQuery = job.request.configuration.query !== undefined;
  const warnings = job.outcome?.warnings ?? [];
  const millis = (t: number): string => String(Math.floor(t));
  return {
    kind: 'bigquery#job',
    etag: etagOf([job.id, job.endedAt]),
    id: `${job.project}:${job.location}.${job.id}`,
    selfLink: `${api.base()}/projects/${job.project}/jobs/${job.id}?location=${job.location}`,
    user_email: 'emulator@localhost',
    jobReference: jobReference(job),
    configuration: withDestination(job),
    status: {
      state: done ? 'DONE' : 'RUNNING',
      ...(error && { errorResult: error }),
      ...((error || warnings.length > 0) && { errors: [...(error ? [error] : []), ...warnings] }),
    },
    statistics: {
      creationTime: millis(job.createdAt),
      startTime: millis(job.createdAt),
      ...(job.endedAt !== undefined && { endTime: millis(job.endedAt) }),
      totalBytesProcessed: String(job.outcome?.bytes ?? 0),
      ...(job.parent !== undefined && {
        parentJobId: job.parent,
        scriptStatistics: { evaluationKind: 'STATEMENT' },
      }),
      ...(job.steps > 0 && { numChildJobs: String(job.steps) }),
      ...(job.sessionId !== undefined && { sessionInfo: { sessionId: job.sessionId } }),
      ...job.outcome?.statistics,
      ...(isQuery && {
        query: {
          statementType: job.outcome?.statementType ?? 'SELECT',
          totalBytesProcessed: String(job.outcome?.bytes ?? 0),
          totalBytesBilled: String(billed(job.outcome?.bytes ?? 0)),
          cacheHit: false,
          ...(job.outcome?.referenced && { referencedTables: job.outcome.referenced.map(tableReference) }),
          ...(job.outcome?.target?.operation && ddlStatistics(job.outcome.target)),
          ...(job.outcome?.result && { schema: schemaOf(job.outcome.result.columns) }),
          ...(affected && dmlCounts(affected)),
        },
      }),
    },
  };
}

/** A statement that fills or makes a table has it for its destination, as clients ask for it afterwards. */
function withDestination({ request: { configuration }, outcome }: Job): Json {
  const table = outcome?.target?.table;
  const query = object(configuration.query);
  if (!table || table.project === '' || query.destinationTable !== undefined) return configuration;
  return { ...configuration, query: { ...query, destinationTable: tableReference(table) } };
}

function ddlStatistics({ table, routine, operation }: Target): Json {
  return {
    ddlOperationPerformed: operation,
    ...(table && { ddlTargetTable: tableReference(table) }),
    ...(routine && {
      ddlTargetRoutine: {
        projectId: routine.project,
        datasetId: routine.dataset,
        routineId: routine.table,
      },
    }),
  };
}

/** False when the time was over before the job. */
async function finished(job: Job, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([job.done.then(() => true as const), waited]);
  } finally {
    clearTimeout(timer);
  }
}

async function dryRunBody(api: Api, request: QueryRequest): Promise<Json> {
  const planned = plan(api.engine, request);
  const bytes = await api.engine.database.read((c) => plannedBytes(api.engine, c, planned));
  const { statementType, columns } = planned;
  return {
    statementType,
    totalBytesProcessed: String(bytes),
    referencedTables: referencedTables(planned).map(tableReference),
    ...(columns.length > 0 && { schema: schemaOf(columns) }),
  };
}

async function query(api: Api, project: string, body: Json): Promise<Json> {
  const {
    query: sql,
    parameterMode,
    queryParameters,
    defaultDataset,
    useLegacySql,
    labels,
    jobTimeoutMs,
  } = body;
  const configuration = {
    jobType: 'QUERY',
    query: {
      query: sql,
      useLegacySql: useLegacySql ?? false,
      parameterMode,
      queryParameters,
      defaultDataset,
    },
    labels,
    ...(jobTimeoutMs !== undefined && { jobTimeoutMs }),
  };
  const request = requestOf(project, { ...body, useLegacySql: useLegacySql ?? false }, configuration);
  if (body.dryRun === true)
    return {
      kind: 'bigquery#queryResponse',
      jobComplete: true,
      jobReference: { projectId: project, location: 'US' },
      totalRows: '0',
      ...(await dryRunBody(api, request)),
    };
  const job = api.jobs.requested(
    project,
    typeof body.requestId === 'string' ? body.requestId : undefined,
    () => api.jobs.insert(project, queryJob(request), undefined, locationOf(body.location)),
  );
  const incomplete = { kind: 'bigquery#queryResponse', jobReference: jobReference(job), jobComplete: false };
  if (!(await finished(job, Number(body.timeoutMs ?? 10_000)))) return incomplete;
  if (job.error) throw job.error;
  return {
    kind: 'bigquery#queryResponse',
    ...resultBody(job, resultRequest(body, object(body.formatOptions).useInt64Timestamp)),
  };
}

const locationOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : 'US');

/** `uploaded` is the file that a load job brought along. */
export async function insertJob(api: Api, project: string, body: Json, uploaded?: string): Promise<Json> {
  const configuration = object(body.configuration);
  const id = object(body.jobReference).jobId;
  if (id !== undefined && !/^[A-Za-z0-9_-]{1,1024}$/.test(String(id)))
    throw new SqlError(`Invalid job ID "${String(id)}"`, undefined, 'invalid');
  if (configuration.dryRun === true && configuration.query !== undefined)
    return dryRunJob(api, project, configuration);
  const request = jobRequest(api, project, configuration, uploaded);
  if (configuration.dryRun === true)
    return {
      kind: 'bigquery#job',
      jobReference: { projectId: project, location: 'US' },
      configuration: request.configuration,
      status: { state: 'DONE' },
      statistics: { creationTime: String(Math.floor(api.engine.clock.now())) },
    };
  const job = api.jobs.insert(
    project,
    request,
    typeof id === 'string' ? id : undefined,
    locationOf(object(body.jobReference).location),
  );
  const running = jobResource(api, job);
  await finished(job, briefMillis);
  // The client takes errors of an answered insert for a job that was never made.
  return job.error || job.outcome?.warnings ? running : jobResource(api, job);
}

/** Clients ask again after half a second: a job that is over by then need not cost them that. */
const briefMillis = 40;

function jobRequest(api: Api, project: string, configuration: Json, uploaded?: string): JobRequest {
  if (configuration.load !== undefined || uploaded !== undefined)
    return loadJob(configuration, { ...api, project, ...(uploaded !== undefined && { uploaded }) });
  if (configuration.copy !== undefined) return copyJob(configuration, project);
  if (configuration.extract !== undefined) return extractJob(configuration, project);
  if (configuration.query === undefined)
    throw new SqlError('Required parameter is missing: configuration', undefined, 'required');
  return queryJob(requestOf(project, object(configuration.query), { jobType: 'QUERY', ...configuration }));
}

async function dryRunJob(api: Api, project: string, configuration: Json): Promise<Json> {
  const request = requestOf(project, object(configuration.query), { jobType: 'QUERY', ...configuration });
  const { totalBytesProcessed, ...own } = await dryRunBody(api, request);
  return {
    kind: 'bigquery#job',
    jobReference: { projectId: project, location: 'US' },
    configuration: request.configuration,
    status: { state: 'DONE' },
    statistics: {
      creationTime: String(Math.floor(api.engine.clock.now())),
      totalBytesProcessed,
      query: { totalBytesProcessed, ...own },
    },
  };
}

/** The filters of jobs.list. */
function wanted(query: URLSearchParams): (job: Job) => boolean {
  const states = query.getAll('stateFilter').map((s) => s.toLowerCase());
  const from = Number(query.get('minCreationTime') ?? Number.NEGATIVE_INFINITY);
  const until = Number(query.get('maxCreationTime') ?? Number.POSITIVE_INFINITY);
  const parent = query.get('parentJobId') ?? undefined;
  return (job) =>
    job.parent === parent &&
    (states.length === 0 || states.includes(job.endedAt === undefined ? 'running' : 'done')) &&
    job.createdAt >= from &&
    job.createdAt <= until;
}

const jobOf = (api: Api, path: Readonly<Record<string, string>>, query: URLSearchParams): Job =>
  api.jobs.get(path.project ?? '', path.job ?? '', query.get('location'));

export const jobs: readonly Method[] = [
  {
    name: 'jobs.delete',
    verb: 'DELETE',
    path: '/jobs/{job}/delete',
    answer: (api, { path, query: q }) => {
      api.jobs.delete(path.project ?? '', path.job ?? '', q.get('location'));
      return undefined;
    },
  },
  {
    name: 'jobs.query',
    verb: 'POST',
    path: '/queries',
    answer: (api, { path, body }) => query(api, path.project ?? '', body),
  },
  {
    name: 'jobs.insert',
    verb: 'POST',
    path: '/jobs',
    answer: (api, { path, body }) => insertJob(api, path.project ?? '', body),
  },
  {
    name: 'jobs.get',
    verb: 'GET',
    path: '/jobs/{job}',
    answer: (api, { path, query: q }) => jobResource(api, jobOf(api, path, q)),
  },
  {
    name: 'jobs.list',
    verb: 'GET',
    path: '/jobs',
    answer: (api, { path, query: q }) => {
      const { items, nextPageToken } = page(api.jobs.list(path.project ?? '').filter(wanted(q)), q);
      const short = items.map((job) => {
        const { configuration, ...full } = jobResource(api, job);
        const more = q.get('projection')?.toUpperCase() === 'FULL' ? { configuration } : {};
        return { ...full, ...more, state: object(full.status).state };
      });
      return {
        kind: 'bigquery#jobList',
        etag: etagOf(items.map((j) => j.id)),
        jobs: short,
        ...(nextPageToken && { nextPageToken }),
      };
    },
  },
  {
    name: 'jobs.getQueryResults',
    verb: 'GET',
    path: '/queries/{job}',
    answer: async (api, { path, query: q }) => {
      const job = jobOf(api, path, q);
      const body = { kind: 'bigquery#getQueryResultsResponse', etag: etagOf(job.id) };
      if (!(await finished(job, Number(q.get('timeoutMs') ?? 10_000))))
        return { ...body, jobReference: jobReference(job), jobComplete: false };
      if (job.error) throw job.error;
      const asked = resultRequest(Object.fromEntries(q), q.get('formatOptions.useInt64Timestamp'));
      return { ...body, ...resultBody(job, asked) };
    },
  },
  {
    name: 'jobs.cancel',
    verb: 'POST',
    path: '/jobs/{job}/cancel',
    answer: (api, { path, query: q }) => {
      const job = jobOf(api, path, q);
      if (job.endedAt === undefined) job.cancel();
      return { kind: 'bigquery#jobCancelResponse', job: jobResource(api, job) };
    },
  },
];
