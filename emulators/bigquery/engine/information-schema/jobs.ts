import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import { instant, view } from './view.ts';

/** A job as its view tells of it; milliseconds since the epoch. */
export interface JobFacts {
  readonly project: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly type: string;
  readonly statementType: string | undefined;
  readonly query: string | undefined;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly error: { readonly reason: string; readonly message: string } | undefined;
  readonly bytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly destination:
    | { readonly projectId?: string; readonly datasetId?: string; readonly tableId?: string }
    | undefined;
}

const STRING = { kind: 'STRING' } as const;
const structs = {
  error_result: {
    kind: 'STRUCT',
    fields: ['reason', 'location', 'debug_info', 'message'].map((name) => ({ name, type: STRING })),
  },
  destination_table: {
    kind: 'STRUCT',
    fields: ['project_id', 'dataset_id', 'table_id'].map((name) => ({ name, type: STRING })),
  },
  labels: {
    kind: 'ARRAY',
    of: { kind: 'STRUCT', fields: ['key', 'value'].map((name) => ({ name, type: STRING })) },
  },
} as const;

export function jobsView(jobs: readonly JobFacts[]): SystemView {
  const plain = view(
    'creation_time:t project_id user_email job_id job_type statement_type priority start_time:t end_time:t query state total_bytes_processed:i total_bytes_billed:i total_slot_ms:i cache_hit:b parent_job_id',
    [],
  ).columns;
  const columns = [...plain, ...Object.entries(structs).map(([name, type]) => ({ name, type }))];
  return { columns, rows: jobs.map(row) };
}

function row(job: JobFacts): SystemCell[] {
  return [
    instant(job.createdAt),
    job.project,
    'emulator@localhost',
    job.id,
    job.type,
    job.statementType ?? null,
    'INTERACTIVE',
    instant(job.createdAt),
    instant(job.endedAt),
    job.query ?? null,
    job.endedAt === undefined ? 'RUNNING' : 'DONE',
    job.bytes,
    job.bytes,
    job.endedAt === undefined ? null : Math.ceil(job.endedAt - job.createdAt),
    'false',
    job.parent ?? null,
    job.error
      ? struct({ reason: job.error.reason, location: null, debug_info: null, message: job.error.message })
      : null,
    job.destination
      ? struct({
          project_id: job.destination.projectId ?? job.project,
          dataset_id: job.destination.datasetId ?? null,
          table_id: job.destination.tableId ?? null,
        })
      : null,
    `[${Object.entries(job.labels)
      .map(([key, value]) => struct({ key, value }))
      .join(', ')}]`,
  ];
}

/** Text that DuckDB casts to a struct: its own notation, with every text in quotes. */
const struct = (fields: Readonly<Record<string, string | null>>): string =>
  `{${Object.entries(fields)
    .map(([name, value]) => `'${name}': ${value === null ? 'NULL' : quotedText(value)}`)
    .join(', ')}}`;
const quotedText = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
