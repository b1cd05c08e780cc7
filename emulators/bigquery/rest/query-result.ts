import { fieldOf } from '../engine/schema.ts';
import { type Cell, cellOf } from '../engine/values.ts';
import type { Job } from '../jobs/job-store.ts';
import type { DmlCounts, ResultSet } from '../jobs/session.ts';
import { isTrue, type Json, type PageRequest, pageRequest } from './api.ts';

/** A row-bearing answer stays below this, as the service's do (10 MB). */
const pageBytes = 8 * 1024 * 1024;

export interface ResultRequest extends PageRequest {
  readonly int64Timestamps: boolean;
}

export const schemaOf = (columns: ResultSet['columns']): Json => ({
  fields: columns.map((c) => fieldOf(c.name, c.type, c.mode)),
});

interface Row {
  readonly f: readonly { readonly v: Cell }[];
}
export function rowsOf(result: ResultSet, request: ResultRequest): { rows: Row[]; next?: number } {
  const rows: Row[] = [];
  let bytes = 0;
  let at = request.start;
  for (; at < result.rows.length && rows.length < request.size && bytes < pageBytes; at++) {
    const f = result.columns.map((c, i) => ({
      v: cellOf(result.rows[at]?.[i] ?? null, c.type, request.int64Timestamps, c.name),
    }));
    for (const { v } of f) bytes += 12 + (typeof v === 'string' ? v.length : JSON.stringify(v).length);
    rows.push({ f });
  }
  return at < result.rows.length ? { rows, next: at } : { rows };
}

export const resultRequest = (asked: Json, int64: unknown): ResultRequest => ({
  ...pageRequest(asked, Number.POSITIVE_INFINITY),
  int64Timestamps: isTrue(int64),
});

export const jobReference = (job: Job): Json => ({
  projectId: job.project,
  jobId: job.id,
  location: job.location,
});

export const dmlCounts = ({ total, inserted = 0, deleted = 0, updated = 0 }: DmlCounts): Json => ({
  numDmlAffectedRows: String(total),
  dmlStats: {
    insertedRowCount: String(inserted),
    deletedRowCount: String(deleted),
    updatedRowCount: String(updated),
  },
});

/** What jobs.query and jobs.getQueryResults share. */
export function resultBody(job: Job, request: ResultRequest): Json {
  const { outcome } = job;
  const result = outcome?.result;
  const shared = {
    jobReference: jobReference(job),
    jobComplete: true,
    totalBytesProcessed: String(outcome?.bytes ?? 0),
    cacheHit: false,
    ...(job.sessionId !== undefined && { sessionInfo: { sessionId: job.sessionId } }),
    ...(outcome?.affected && dmlCounts(outcome.affected)),
  };
  if (!result) return { ...shared, ...(outcome?.affected ? { schema: { fields: [] } } : {}), totalRows: '0' };
  const { rows, next } = rowsOf(result, request);
  return {
    ...shared,
    schema: schemaOf(result.columns),
    totalRows: String(result.rows.length),
    rows,
    ...(next !== undefined && { pageToken: String(next) }),
  };
}
