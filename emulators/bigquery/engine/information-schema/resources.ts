import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import { typeName } from '../../sql/types.ts';
import { kindOf } from '../copies.ts';
import type { Body, DatasetResource, RoutineResource, TableResource } from '../metadata.ts';
import { type DataType, typeOfData } from '../routines.ts';
import { collateDdl, tableDdl } from './ddl.ts';
import { instant, view, yesNo } from './view.ts';

export function schemataView(project: string, datasets: readonly DatasetResource[]): SystemView {
  return view(
    'catalog_name schema_name schema_owner creation_time:t last_modified_time:t location ddl default_collation_name',
    datasets.map((d) => [
      project,
      d.dataset,
      null,
      instant(d.body.creationTime),
      instant(d.body.lastModifiedTime),
      String(d.body.location ?? 'US'),
      `CREATE SCHEMA \`${project}.${d.dataset}\`${collateDdl(d.body)}\nOPTIONS(\n  location="${String(d.body.location ?? 'US').toLowerCase()}"\n);`,
      collationOf(d.body),
    ]),
  );
}

const collationOf = ({ defaultCollation }: Body): string | null =>
  defaultCollation ? String(defaultCollation) : null;

const tableKind = ({ body }: TableResource): string =>
  body.cloneDefinition !== undefined
    ? 'CLONE'
    : kindOf(body).replace('TABLE', 'BASE TABLE').replace('_', ' ');

export function tablesView(tables: readonly TableResource[]): SystemView {
  return view(
    'table_catalog table_schema table_name table_type is_insertable_into is_typed is_change_history_enabled creation_time:t ddl default_collation_name',
    tables.map((t) => [
      t.project,
      t.dataset,
      t.table,
      tableKind(t),
      yesNo(/TABLE|CLONE/.test(tableKind(t))),
      'NO',
      'NO',
      instant(t.body.creationTime),
      tableDdl(t),
      collationOf(t.body),
    ]),
  );
}

export function viewsView(tables: readonly TableResource[]): SystemView {
  return view(
    'table_catalog table_schema table_name view_definition check_option use_standard_sql',
    tables
      .filter((t) => t.body.type === 'VIEW')
      .map((t) => [t.project, t.dataset, t.table, t.body.view?.query ?? '', null, 'YES']),
  );
}

const routineKinds: Readonly<Record<string, string>> = {
  SCALAR_FUNCTION: 'FUNCTION',
  AGGREGATE_FUNCTION: 'AGGREGATE FUNCTION',
  TABLE_VALUED_FUNCTION: 'TABLE FUNCTION',
};

export function routinesView(routines: readonly RoutineResource[]): SystemView {
  return view(
    'specific_catalog specific_schema specific_name routine_catalog routine_schema routine_name routine_type data_type routine_body routine_definition external_language is_deterministic security_type created:t last_altered:t',
    routines.map((r) => {
      const name = [r.project, r.dataset, r.routine];
      const kind = String(r.body.routineType);
      const type = r.body.returnType as DataType | undefined;
      return [
        ...name,
        ...name,
        routineKinds[kind] ?? kind,
        type ? typeName(typeOfData(type)) : null,
        'SQL',
        String(r.body.definitionBody ?? ''),
        null,
        null,
        null,
        instant(r.body.creationTime),
        instant(r.body.lastModifiedTime),
      ];
    }),
  );
}

interface Argument {
  readonly name?: string;
  readonly mode?: string;
  readonly dataType?: DataType;
}

/** What a function returns stands first, as the parameter number 0. */
export function parametersView(routines: readonly RoutineResource[]): SystemView {
  const rows = routines.flatMap((r) => {
    const own = [r.project, r.dataset, r.routine];
    const nameOf = (type: DataType | undefined): string => (type ? typeName(typeOfData(type)) : 'ANY TYPE');
    const returns = r.body.returnType as DataType | undefined;
    const result: SystemCell[][] = returns
      ? [[...own, 0, null, 'YES', null, nameOf(returns), null, null]]
      : [];
    const list = (r.body.arguments ?? []) as readonly Argument[];
    const isProcedure = r.body.routineType === 'PROCEDURE';
    const given = list.map((x, i): SystemCell[] => [
      ...[...own, i + 1, isProcedure ? (x.mode ?? 'IN') : null, 'NO', x.name ?? null, nameOf(x.dataType)],
      ...[null, isProcedure ? null : 'NO'],
    ]);
    return [...result, ...given];
  });
  return view(
    'specific_catalog specific_schema specific_name ordinal_position:i parameter_mode is_result parameter_name data_type parameter_default is_aggregate',
    rows,
  );
}

export function snapshotsView(tables: readonly TableResource[]): SystemView {
  return view(
    'table_catalog table_schema table_name base_table_catalog base_table_schema base_table_name snapshot_time:t',
    tables.flatMap(({ project, dataset, table, body }): SystemCell[][] => {
      if (!body.snapshotDefinition) return [];
      const { baseTableReference: of, snapshotTime } = body.snapshotDefinition;
      return [
        [project, dataset, table, of.projectId, of.datasetId, of.tableId, instant(Date.parse(snapshotTime))],
      ];
    }),
  );
}
