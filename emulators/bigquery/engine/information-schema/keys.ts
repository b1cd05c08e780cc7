import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import type { TableResource } from '../metadata.ts';
import { view } from './view.ts';

interface Constraint {
  readonly name: string;
  readonly type: 'PRIMARY KEY' | 'FOREIGN KEY';
  readonly columns: readonly string[];
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
    })),
  ];
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
