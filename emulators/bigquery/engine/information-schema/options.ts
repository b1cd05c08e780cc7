import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import type { Body, DatasetResource, RoutineResource, TableResource } from '../metadata.ts';
import { instant, view } from './view.ts';

interface Option {
  readonly name: string;
  readonly type: string;
  /** As it would stand in OPTIONS(…). */
  readonly value: string;
}

/** A list to be filled; what is undefined is not set. */
function optionList(): { found: Option[]; add: (name: string, type: string, value?: string) => void } {
  const found: Option[] = [];
  return {
    found,
    add: (name, type, value) => void (value !== undefined && found.push({ name, type, value })),
  };
}
const textOf = (value: unknown): string | undefined =>
  value === undefined || value === '' ? undefined : JSON.stringify(String(value));
const days = (millis: unknown): string | undefined =>
  millis === undefined ? undefined : String(Number(millis) / 86_400_000);
function labelsOf(body: Body): string | undefined {
  const labels = Object.entries((body.labels ?? {}) as Record<string, string>);
  if (labels.length === 0) return undefined;
  return `[${labels.map(([k, v]) => `STRUCT(${JSON.stringify(k)}, ${JSON.stringify(v)})`).join(', ')}]`;
}
const pairs = 'ARRAY<STRUCT<STRING, STRING>>';

export function tableOptions({ body }: TableResource): Option[] {
  const { found, add } = optionList();
  add('description', 'STRING', textOf(body.description));
  add('friendly_name', 'STRING', textOf(body.friendlyName));
  add(
    'expiration_timestamp',
    'TIMESTAMP',
    body.expirationTime === undefined
      ? undefined
      : `TIMESTAMP "${instant(body.expirationTime)?.replace('+00', 'Z')}"`,
  );
  add('partition_expiration_days', 'FLOAT64', days(body.timePartitioning?.expirationMs));
  const filter = body.requirePartitionFilter ?? body.timePartitioning?.requirePartitionFilter;
  add('require_partition_filter', 'BOOL', filter ? 'true' : undefined);
  add(
    'max_staleness',
    'INTERVAL',
    body.maxStaleness === undefined ? undefined : `INTERVAL "${String(body.maxStaleness)}" YEAR TO SECOND`,
  );
  add('labels', pairs, labelsOf(body));
  return found;
}

function datasetOptions({ body }: DatasetResource): Option[] {
  const { found, add } = optionList();
  add('default_table_expiration_days', 'FLOAT64', days(body.defaultTableExpirationMs));
  add('default_partition_expiration_days', 'FLOAT64', days(body.defaultPartitionExpirationMs));
  add('description', 'STRING', textOf(body.description));
  add('friendly_name', 'STRING', textOf(body.friendlyName));
  add('labels', pairs, labelsOf(body));
  return found;
}

export function schemataOptionsView(datasets: readonly DatasetResource[]): SystemView {
  return view(
    'catalog_name schema_name option_name option_type option_value',
    datasets.flatMap((d) =>
      datasetOptions(d).map((o): SystemCell[] => [d.project, d.dataset, o.name, o.type, o.value]),
    ),
  );
}

export function routineOptionsView(routines: readonly RoutineResource[]): SystemView {
  return view(
    'specific_catalog specific_schema specific_name option_name option_type option_value',
    routines.flatMap((r): SystemCell[][] => {
      const description = textOf(r.body.description);
      if (description === undefined) return [];
      return [[r.project, r.dataset, r.routine, 'description', 'STRING', description]];
    }),
  );
}

export function tableOptionsView(tables: readonly TableResource[]): SystemView {
  return view(
    'table_catalog table_schema table_name option_name option_type option_value',
    tables.flatMap((t) =>
      tableOptions(t).map((o): SystemCell[] => [t.project, t.dataset, t.table, o.name, o.type, o.value]),
    ),
  );
}
