import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import type { TableResource } from '../metadata.ts';
import { view } from './view.ts';

interface Constraint {
  readonly name: string;
  readonly type: 'PRIMARY KEY' | 'FOREIGN KEY';
  readonly columns: readonly string[];
  /** What a foreign key refers to. */
  readonly of?: { readonly table: readonly string[]; readonly columns: readonly string[] };
}
function constraintsOf(t: TableResource): Constraint[] {
  const key = t.body.tableConstraints?.primaryKey;
  const foreign = t.body.tableConstraints?.foreignKeys ?? [];
  return [
    ...(key ? [{ name: `${t.table}.pk$`, type: 'PRIMARY KEY' as const, columns: key.columns }] : []),
    ...foreign.map((f, i) => ({
      name: f.name ?? `${t.table}.fk$${i + 1}`,
      type: 'FOREIGN KEY' as const,
      columns: (f.columnReferences ?? []).map((c) => c.referencingColumn),
      of: {
        table: [
          f.referencedTable?.projectId ?? t.project,
          f.referencedTable?.datasetId ?? t.dataset,
          f.referencedTable?.tableId ?? '',
        ],
        columns: (f.columnReferences ?? []).map((c) => c.referencedColumn),
      },
    })),
  ];
}

/** Of a foreign key the columns that it refers to, where KEY_COLUMN_USAGE has those that refer. */
export function constraintColumnsView(tables: readonly TableResource[]): SystemView {
  const rows = tables.flatMap((t) => {
    const constraint = (name: string): SystemCell[] => [t.project, t.dataset, name];
    return constraintsOf(t).flatMap(({ name, columns, of }) =>
      of
        ? of.columns.map((c) => [...of.table, c, ...constraint(name)])
        : columns.map((c) => [t.project, t.dataset, t.table, c, ...constraint(name)]),
    );
  });
  return view(
    'table_catalog table_schema table_name column_name constraint_catalog constraint_schema constraint_name',
    rows,
  );
}

export function constraintsView(tables: readonly TableResource[]): SystemView {
  return view(
    'constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name constraint_type is_deferrable initially_deferred enforced',
    tables.flatMap((t) =>
      constraintsOf(t).map((c): SystemCell[] => [
        t.project,
        t.dataset,
        c.name,
        t.project,
        t.dataset,
        t.table,
        c.type,
        'NO',
        'NO',
        'NO',
      ]),
    ),
  );
}

export function keyColumnsView(tables: readonly TableResource[]): SystemView {
  return view(
    'constraint_catalog constraint_schema constraint_name table_catalog table_schema table_name column_name ordinal_position:i position_in_unique_constraint:i',
    tables.flatMap((t) =>
      constraintsOf(t).flatMap((c) =>
        c.columns.map((column, i): SystemCell[] => [
          t.project,
          t.dataset,
          c.name,
          t.project,
          t.dataset,
          t.table,
          column,
          i + 1,
          c.type === 'FOREIGN KEY' ? i + 1 : null,
        ]),
      ),
    ),
  );
}
