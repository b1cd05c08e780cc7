import type { SystemCell, SystemView } from '../../sql/analyze/relation.ts';
import type { TableResource } from '../metadata.ts';
import { instant, view } from './view.ts';

interface Option {
  readonly name: string;
  readonly type: string;
  /** As it would stand in OPTIONS(…). */
  readonly value: string;
}

export function tableOptions({ body }: TableResource): Option[] {
  const found: Option[] = [];
  const add = (name: string, type: string, value: string | undefined): void => {
    if (value !== undefined) found.push({ name, type, value });
  };
  const textOf = (value: unknown): string | undefined =>
    value === undefined || value === '' ? undefined : JSON.stringify(String(value));
  const days = (millis: unknown): string | undefined =>
    millis === undefined ? undefined : String(Number(millis) / 86_400_000);
  const labels = Object.entries((body.labels ?? {}) as Record<string, string>);
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
  if (labels.length > 0)
    add(
      'labels',
      'ARRAY<STRUCT<STRING, STRING>>',
      `[${labels.map(([k, v]) => `STRUCT(${JSON.stringify(k)}, ${JSON.stringify(v)})`).join(', ')}]`,
    );
  return found;
}

export function tableOptionsView(tables: readonly TableResource[]): SystemView {
  return view(
    'table_catalog table_schema table_name option_name option_type option_value',
    tables.flatMap((t) =>
      tableOptions(t).map((o): SystemCell[] => [t.project, t.dataset, t.table, o.name, o.type, o.value]),
    ),
  );
}
