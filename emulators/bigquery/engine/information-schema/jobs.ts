import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import { INT64 } from '../../sql/types.ts';
import type { TableReference } from '../metadata.ts';
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
  readonly billed: number;
  readonly session: string | undefined;
  readonly changes: { inserted?: number; deleted?: number; updated?: number } | undefined;
  readonly referenced: readonly TableReference[];
  readonly labels: Readonly<Record<string, string>>;
  readonly destination: Partial<TableReference> | undefined;
}

const STRING = { kind: 'STRING' } as const;
const tableFields = ['project_id', 'dataset_id', 'table_id'].map((name) => ({ name, type: STRING }));
const structs = {
  error_result: {
    kind: 'STRUCT',
    fields: ['reason', 'location', 'debug_info', 'message'].map((name) => ({ name, type: STRING })),
  },
  destination_table: {
    kind: 'STRUCT',
    fields: tableFields,
  },
  referenced_tables: { kind: 'ARRAY', of: { kind: 'STRUCT', fields: tableFields } },
  dml_statistics: {
    kind: 'STRUCT',
    fields: ['inserted_row_count', 'deleted_row_count', 'updated_row_count'].map((name) => ({
      name,
      type: INT64,
    })),
  },
  session_info: { kind: 'STRUCT', fields: [{ name: 'session_id', type: STRING }] },
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
    job.billed,
    job.endedAt === undefined ? null : Math.ceil(job.endedAt - job.createdAt),
    'false',
    job.parent ?? null,
    job.error
      ? struct({ reason: job.error.reason, location: null, debug_info: null, message: job.error.message })
      : null,
    job.destination ? table(job.destination, job.project) : null,
    `[${job.referenced.map((t) => table(t, job.project)).join(', ')}]`,
    job.changes
      ? struct({
          inserted_row_count: String(job.changes.inserted ?? 0),
          deleted_row_count: String(job.changes.deleted ?? 0),
          updated_row_count: String(job.changes.updated ?? 0),
        })
      : null,
    job.session === undefined ? null : struct({ session_id: job.session }),
    `[${Object.entries(job.labels)
      .map(([key, value]) => struct({ key, value }))
      .join(', ')}]`,
  ];
}

const table = ({ projectId, datasetId, tableId }: Partial<TableReference>, project: string): string =>
  struct({ project_id: projectId ?? project, dataset_id: datasetId ?? null, table_id: tableId ?? null });

/** Text that DuckDB casts to a struct: its own notation, with every text in quotes. */
const struct = (fields: Readonly<Record<string, string | null>>): string =>
  `{${Object.entries(fields)
    .map(([name, value]) => `'${name}': ${value === null ? 'NULL' : quotedText(value)}`)
    .join(', ')}}`;
const quotedText = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
