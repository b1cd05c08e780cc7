import { unimplemented } from '../../frame/index.ts';
import { checkKind, copyDefinition, hiddenInAll } from '../engine/copies.ts';
import { duplicate, notFound } from '../engine/errors.ts';
import type { TableResource } from '../engine/metadata.ts';
import { decorated, partitionCondition } from '../engine/partitions.ts';
import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import { type Destination, deliver, destinationOf, destinationTable } from './destination.ts';
import type { JobRequest } from './job-store.ts';
import type { Outcome, Session } from './session.ts';

type Json = Readonly<Record<string, unknown>>;
export interface TableReference {
  readonly projectId?: string;
  readonly datasetId?: string;
  readonly tableId?: string;
}

/** The table that a job reads, and its rows as DuckDB finds them. */
export function sourceTable(
  session: Session,
  reference: TableReference,
  project: string,
): { table: TableResource; rows: string; where: string; micros: bigint } {
  const [, plain = '', time] = /^(.*?)(?:@(-?\d+))?$/.exec(reference.tableId ?? '') ?? [];
  const { table: name, partition } = decorated(plain);
  const [owner, dataset] = [reference.projectId ?? project, reference.datasetId ?? ''];
  const table = session.engine.metadata.table(owner, dataset, name);
  if (!table) throw notFound('Table', `${owner}:${dataset}.${name}`);
  checkKind(table, ['TABLE', 'SNAPSHOT']);
  const where = partition === undefined ? '' : ` WHERE ${partitionCondition(table.body, name, partition)}`;
  const micros = time === undefined ? session.engine.nowMicros() : microsOf(session, time);
  const rows = time === undefined ? table.sql : session.engine.history.at(table, micros);
  return { table, rows, where, micros };
}

/** `t@1768003200000` names an instant, `t@-3600000` how long ago it was, both in milliseconds. */
const microsOf = (session: Session, time: string): bigint =>
  BigInt(time) * 1000n + (time.startsWith('-') ? session.engine.nowMicros() : 0n);

export function copyJob(configuration: Json, project: string): JobRequest {
  const copy = (configuration.copy ?? {}) as Json;
  const operation = String(copy.operationType ?? 'COPY');
  if (!/^(COPY|CLONE|SNAPSHOT|RESTORE)$/.test(operation))
    throw unimplemented(`A copy job with the operation type ${operation}`);
  const references = (copy.sourceTables ?? (copy.sourceTable ? [copy.sourceTable] : [])) as TableReference[];
  if (references.length === 0)
    throw new SqlError('Required parameter is missing: sourceTable', undefined, 'required');
  const destination = destinationOf(copy, project, 'WRITE_EMPTY');
  return {
    configuration: { jobType: 'COPY', ...configuration },
    work: (session) => run(session, references, { ...destination, operation }, project),
  };
}

async function run(
  session: Session,
  references: readonly TableReference[],
  { operation, ...destination }: Destination & { operation: string },
  project: string,
): Promise<Outcome> {
  const existing = destinationTable(session, destination);
  const sources = references.map((r) => sourceTable(session, r, project));
  const [first] = sources as [(typeof sources)[number]];
  if (operation === 'RESTORE') checkKind(first.table, ['SNAPSHOT']);
  if (operation === 'SNAPSHOT' && existing)
    throw duplicate('Table', `${existing.project}:${existing.dataset}.${existing.table}`);
  const names = first.table.body.schema.fields.map((f) => f.name.toLowerCase());
  for (const { table } of sources)
    if (table.body.schema.fields.map((f) => f.name.toLowerCase()).join() !== names.join())
      throw new SqlError(
        `Tables ${first.table.table} and ${table.table} to copy from have different schemas`,
        undefined,
        'invalid',
      );
  await session.engine.inflow.settle(sources.map((s) => s.table.sql));
  const fields = first.table.body.schema.fields;
  const hidden = hiddenInAll(sources.map((s) => s.table.body));
  const columns = [...fields.map((f) => f.name), ...hidden].map(quoted).join(', ');
  const relation = sources.map((s) => `SELECT ${columns} FROM ${s.rows}${s.where}`).join(' UNION ALL ');
  const { timePartitioning, rangePartitioning, clustering, tableConstraints } = first.table.body;
  const { defaultCollation = '' } = first.table.body;
  const inherited = Object.fromEntries(
    Object.entries({
      timePartitioning,
      rangePartitioning,
      clustering,
      tableConstraints,
      defaultCollation,
    }).filter(([, v]) => v !== undefined),
  );
  const made =
    operation === 'SNAPSHOT' || operation === 'CLONE'
      ? copyDefinition(operation, first.table, first.micros)
      : {};
  const rows = await deliver(
    session,
    { ...destination, settings: { ...inherited, ...made, ...destination.settings } },
    { fields, relation: `(${relation}) AS c`, hidden },
  );
  return {
    statementType: 'COPY',
    statistics: { copy: { copiedRows: String(rows), copiedLogicalBytes: '0' } },
  };
}
