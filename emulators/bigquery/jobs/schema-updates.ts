import type { TableResource } from '../engine/metadata.ts';
import { kindName, type SchemaField } from '../engine/schema.ts';
import { SqlError } from '../sql/sql-error.ts';

export interface SchemaUpdates {
  readonly addition: boolean;
  readonly relaxation: boolean;
}

const modeOf = (f: SchemaField): string => f.mode?.toUpperCase() ?? 'NULLABLE';
const shown = (f: SchemaField): string => (f.rangeElementType ? kindName(f) : f.type.toUpperCase());

/** The table's schema after rows of another one are appended; undefined when it stays, an error when it may not change so. */
export function mergedSchema(
  table: TableResource,
  arriving: readonly SchemaField[],
  allowed: SchemaUpdates,
): readonly SchemaField[] | undefined {
  const before = table.body.schema.fields;
  const refuse = (why: string): never => {
    throw new SqlError(
      `Provided Schema does not match Table ${table.project}:${table.dataset}.${table.table}. ${why}`,
      undefined,
      'invalid',
    );
  };
  const byName = new Map(arriving.map((f) => [f.name.toLowerCase(), f]));
  let changed = false;
  const after = before.map((old) => {
    const now = byName.get(old.name.toLowerCase());
    const missing = !now && modeOf(old) === 'REQUIRED' && old.defaultValueExpression === undefined;
    if (now && kindName(now) !== kindName(old))
      refuse(`Field ${old.name} has changed type from ${shown(old)} to ${shown(now)}`);
    if (now && (modeOf(now) === 'REPEATED') !== (modeOf(old) === 'REPEATED'))
      refuse(`Field ${old.name} has changed mode from ${modeOf(old)} to ${modeOf(now)}`);
    const relaxed = modeOf(old) === 'REQUIRED' && (missing || (now && modeOf(now) === 'NULLABLE'));
    if (!relaxed) return old;
    if (!allowed.relaxation) {
      if (missing) refuse(`Field ${old.name} is missing in new schema`);
      refuse(`Field ${old.name} has changed mode from REQUIRED to NULLABLE`);
    }
    changed = true;
    return { ...old, mode: 'NULLABLE' };
  });
  const names = new Set(before.map((f) => f.name.toLowerCase()));
  const added = arriving.filter((f) => !names.has(f.name.toLowerCase()));
  if (added[0] && !allowed.addition) refuse(`Cannot add fields (field: ${added[0].name})`);
  return changed || added.length > 0
    ? [...after, ...added.map((f) => (modeOf(f) === 'REQUIRED' ? { ...f, mode: 'NULLABLE' } : f))]
    : undefined;
}
