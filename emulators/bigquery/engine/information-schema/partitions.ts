import type { SystemView, TableInfo } from '../../sql/analyze/relation.ts';
import { quoted, text } from '../../sql/types.ts';
import { bytesOf } from '../logical-bytes.ts';
import type { TableResource } from '../metadata.ts';
import { partitionId } from '../partitions.ts';
import { instantSql, view } from './view.ts';

const columns =
  'table_catalog table_schema table_name partition_id total_rows:i total_logical_bytes:i total_billable_bytes:i last_modified_time:t storage_tier';

/** Counted when it is asked for: one row for each partition that holds rows, one for a table that has none. */
export function partitionsView(
  tables: readonly TableResource[],
  info: (table: TableResource) => TableInfo,
): SystemView {
  const stored = tables.filter((t) => t.body.type === 'TABLE');
  const selects = stored.map((t) => {
    const id = partitionId(t.body) ?? 'CAST(NULL AS VARCHAR)';
    const bytes = t.columns.map((c) => bytesOf(c.type, quoted(c.name))).join(' + ') || '0';
    return `SELECT ${text(t.project)} AS table_catalog, ${text(t.dataset)} AS table_schema, ${text(t.table)} AS table_name,
      ${id} AS partition_id, count(*) AS total_rows, CAST(coalesce(sum(${bytes}), 0) AS BIGINT) AS total_logical_bytes,
      CAST(coalesce(sum(${bytes}), 0) AS BIGINT) AS total_billable_bytes,
      ${instantSql(t.body.lastModifiedTime)} AS last_modified_time, 'ACTIVE' AS storage_tier
      FROM ${t.sql} GROUP BY ALL`;
  });
  const empty = view(columns, []);
  if (selects.length === 0) return empty;
  return {
    ...empty,
    sql: selects.map((s) => `(${s})`).join(' UNION ALL '),
    reads: stored.map(info),
  };
}
