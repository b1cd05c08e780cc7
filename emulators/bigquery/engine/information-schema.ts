import type { SystemView } from '../sql/analyze/relation.ts';
import { notServed } from '../sql/sql-error.ts';
import { INT64, STRING, typeName } from '../sql/types.ts';
import type { Metadata, Place, TableResource } from './metadata.ts';

/** `dataset.INFORMATION_SCHEMA.VIEW`, answered from memory. */
export function informationSchema(
  metadata: Metadata,
  path: readonly string[],
  place: Place,
  at: number,
): SystemView | undefined {
  const index = path.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA');
  if (index < 0) return undefined;
  const view = (path[index + 1] ?? '').toUpperCase();
  const dataset = index > 0 ? (path[index - 1] ?? '') : place.dataset;
  const project = index > 1 ? (path[0] ?? '') : place.project;
  if (view === 'SCHEMATA') return schemata(metadata, project);
  if (dataset === undefined) throw notServed(`INFORMATION_SCHEMA.${view} without a dataset`, at);
  const tables = metadata.tables(project, dataset);
  if (view === 'TABLES') return tablesView(tables);
  if (view === 'COLUMNS') return columnsView(tables);
  throw notServed(`INFORMATION_SCHEMA.${view}`, at);
}

const strings = (...names: string[]) => names.map((name) => ({ name, type: STRING }));

function schemata(metadata: Metadata, project: string): SystemView {
  return {
    columns: strings('catalog_name', 'schema_name'),
    rows: metadata.datasets(project).map((d) => [project, d.dataset]),
  };
}

function tablesView(tables: readonly TableResource[]): SystemView {
  return {
    columns: strings('table_catalog', 'table_schema', 'table_name', 'table_type', 'is_insertable_into'),
    rows: tables.map((t) => [
      t.project,
      t.dataset,
      t.table,
      t.body.type === 'VIEW' ? 'VIEW' : 'BASE TABLE',
      t.body.type === 'VIEW' ? 'NO' : 'YES',
    ]),
  };
}

function columnsView(tables: readonly TableResource[]): SystemView {
  const columns = [
    ...strings('table_catalog', 'table_schema', 'table_name', 'column_name'),
    { name: 'ordinal_position', type: INT64 },
    ...strings('is_nullable', 'data_type', 'is_partitioning_column'),
  ];
  const rows = tables.flatMap((t) =>
    t.columns.map((c, i) => {
      const field = t.body.schema.fields[i];
      const size =
        field?.precision !== undefined
          ? `(${[field.precision, field.scale].filter(Boolean).join(', ')})`
          : field?.maxLength
            ? `(${field.maxLength})`
            : '';
      return [
        t.project,
        t.dataset,
        t.table,
        c.name,
        i + 1,
        c.mode === 'REQUIRED' ? 'NO' : 'YES',
        `${typeName(c.type)}${size}`,
        t.body.timePartitioning?.field === c.name ? 'YES' : 'NO',
      ];
    }),
  );
  return { columns, rows };
}
