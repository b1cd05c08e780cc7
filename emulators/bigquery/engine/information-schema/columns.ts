import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import type { TableResource } from '../metadata.ts';
import { partitionColumn } from '../partitions.ts';
import { kindOf, type SchemaField } from '../schema.ts';
import { view, yesNo } from './view.ts';

/** `ARRAY<STRUCT<a INT64, b NUMERIC(12, 2)>>`. */
export function fieldTypeName(f: SchemaField): string {
  const base = /^(RECORD|STRUCT)$/i.test(f.type)
    ? `STRUCT<${(f.fields ?? []).map((inner) => `${inner.name} ${fieldTypeName(inner)}`).join(', ')}>`
    : (kindOf(f) ?? f.type.toUpperCase()) + sizeOf(f);
  return f.mode?.toUpperCase() === 'REPEATED' ? `ARRAY<${base}>` : base;
}
function sizeOf(f: SchemaField): string {
  if (f.precision !== undefined)
    return `(${[f.precision, f.scale].filter((x) => x !== undefined && x !== '0').join(', ')})`;
  return f.maxLength !== undefined ? `(${f.maxLength})` : '';
}

export function columnsView(tables: readonly TableResource[]): SystemView {
  const rows = tables.flatMap((t) => {
    const partition = partitionColumn(t.body);
    const cluster = (t.body.clustering as { fields?: readonly string[] } | undefined)?.fields ?? [];
    return t.body.schema.fields.map((f, i): SystemCell[] => [
      t.project,
      t.dataset,
      t.table,
      f.name,
      i + 1,
      yesNo(f.mode?.toUpperCase() !== 'REQUIRED'),
      fieldTypeName(f),
      'NEVER',
      null,
      null,
      'NO',
      null,
      'NO',
      yesNo(partition === f.name),
      cluster.includes(f.name) ? cluster.indexOf(f.name) + 1 : null,
      f.collation || 'NULL',
      f.defaultValueExpression ?? 'NULL',
      null,
    ]);
  });
  return view(
    'table_catalog table_schema table_name column_name ordinal_position:i is_nullable data_type is_generated generation_expression is_stored is_hidden is_updatable is_system_defined is_partitioning_column clustering_ordinal_position:i collation_name column_default rounding_mode',
    rows,
  );
}

export function fieldPathsView(tables: readonly TableResource[]): SystemView {
  return view(
    'table_catalog table_schema table_name column_name field_path data_type description collation_name rounding_mode',
    tables.flatMap((t) =>
      t.body.schema.fields.flatMap((f) =>
        paths(f, f.name).map(({ path, field }): SystemCell[] => [
          t.project,
          t.dataset,
          t.table,
          f.name,
          path,
          fieldTypeName(field),
          field.description ?? null,
          field.collation || 'NULL',
          null,
        ]),
      ),
    ),
  );
}

const paths = (field: SchemaField, path: string): { path: string; field: SchemaField }[] => [
  { path, field },
  ...(field.fields ?? []).flatMap((inner) => paths(inner, `${path}.${inner.name}`)),
];
