import type { SystemView, TableInfo } from '../../sql/analyze/relation.ts';
import { text } from '../../sql/types.ts';
import { kindOf } from '../copies.ts';
import type { TableResource } from '../metadata.ts';
import { partitionsView } from './partitions.ts';
import { instantSql, view } from './view.ts';

type Info = (table: TableResource) => TableInfo;

const millis = (value: unknown): string => String(Number(value ?? 0));

/** One row for each table beside what it holds, which DuckDB counts when it is asked for. */
function counted(
  columns: string,
  tables: readonly TableResource[],
  info: Info,
  row: (table: TableResource) => readonly string[],
): SystemView {
  const empty = view(columns, []);
  if (tables.length === 0) return empty;
  const { sql, reads } = partitionsView(tables, info);
  const held = sql
    ? `SELECT table_name AS name, table_schema AS place, sum(total_rows) AS n, sum(total_logical_bytes) AS bytes, count(partition_id) AS parts FROM (${sql}) GROUP BY ALL`
    : 'SELECT NULL AS name, NULL AS place, 0 AS n, 0 AS bytes, 0 AS parts WHERE false';
  const rows = tables.map(
    (t) =>
      `SELECT ${row(t)
        .map((value, i) => `${value} AS "${empty.columns[i]?.name}"`)
        .join(
          ', ',
        )} FROM (SELECT 1) AS one LEFT JOIN held ON name = ${text(t.table)} AND place = ${text(t.dataset)}`,
  );
  return {
    ...empty,
    sql: `WITH held AS (${held}) ${rows.join(' UNION ALL ')}`,
    ...(reads && { reads }),
  };
}

const whole = (value: string): string => `CAST(coalesce(${value}, 0) AS BIGINT)`;

export const storageView = (tables: readonly TableResource[], info: Info): SystemView =>
  counted(
    'project_id table_catalog table_schema table_name creation_time:t total_rows:i total_partitions:i total_logical_bytes:i active_logical_bytes:i long_term_logical_bytes:i deleted:b table_type',
    tables.filter((t) => t.body.type === 'TABLE'),
    info,
    (t) => [
      ...[t.project, t.project, t.dataset, t.table].map(text),
      instantSql(t.body.creationTime),
      whole('n'),
      whole('parts'),
      whole('bytes'),
      whole('bytes'),
      '0::BIGINT',
      'false',
      text(kindOf(t.body).replace('TABLE', 'BASE TABLE')),
    ],
  );

/** `dataset.__TABLES__`, older than INFORMATION_SCHEMA and still asked for; a view is of type 2. */
export const oldTablesView = (tables: readonly TableResource[], info: Info): SystemView =>
  counted(
    'project_id dataset_id table_id creation_time:i last_modified_time:i row_count:i size_bytes:i type:i',
    tables,
    info,
    (t) => [
      ...[t.project, t.dataset, t.table].map(text),
      `${millis(t.body.creationTime)}::BIGINT`,
      `${millis(t.body.lastModifiedTime)}::BIGINT`,
      whole('n'),
      whole('bytes'),
      t.body.type === 'TABLE' ? '1::BIGINT' : '2::BIGINT',
    ],
  );
