import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import type { TableResource } from './metadata.ts';
import { restName, type SchemaField, storedColumn, storedType } from './schema.ts';

const modeOf = (f: SchemaField): string => f.mode?.toUpperCase() ?? 'NULLABLE';
export const isRepeated = (f: SchemaField): boolean => modeOf(f) === 'REPEATED';
const same = (a: SchemaField, b: SchemaField): boolean => a.name.toLowerCase() === b.name.toLowerCase();

/**
 * The statements after which a stored table has the new schema. Fields may be added, on top or inside a RECORD,
 * and REQUIRED may become NULLABLE: what the service allows over REST, and no more.
 */
export function schemaChanges(table: TableResource, after: readonly SchemaField[]): string[] {
  const refuse = (why: string): never => {
    throw new SqlError(
      `Provided Schema does not match Table ${table.project}:${table.dataset}.${table.table}. ${why}`,
      undefined,
      'invalid',
    );
  };
  const before = table.body.schema.fields;
  const changes: string[] = [];
  const alter = `ALTER TABLE ${table.sql}`;
  for (const old of before) {
    const now = after.find((f) => same(f, old)) ?? refuse(`Field ${old.name} is missing in new schema`);
    const grown = compare(old, now, old.name, refuse);
    if (grown) changes.push(`${alter} ALTER COLUMN ${quoted(old.name)} SET DATA TYPE ${storedType(now)}`);
    if (modeOf(old) === 'REQUIRED' && modeOf(now) === 'NULLABLE')
      changes.push(`${alter} ALTER COLUMN ${quoted(old.name)} DROP NOT NULL`);
  }
  for (const added of after.filter((f) => !before.some((old) => same(f, old)))) {
    addable(added, added.name, refuse);
    changes.push(`${alter} ADD COLUMN ${storedColumn(added)}`);
    // Apart: DuckDB cannot add a column with such a default while its settings are locked.
    if (isRepeated(added))
      changes.push(
        `UPDATE ${table.sql} SET ${quoted(added.name)} = []`,
        `${alter} ALTER COLUMN ${quoted(added.name)} SET DEFAULT []`,
      );
  }
  return changes;
}

type Refuse = (why: string) => never;

function addable(field: SchemaField, path: string, refuse: Refuse): void {
  if (modeOf(field) === 'REQUIRED')
    refuse(`Cannot add required fields to an existing schema. (field: ${path})`);
}

/** True when a RECORD has got fields. */
function compare(old: SchemaField, now: SchemaField, path: string, refuse: Refuse): boolean {
  const [was, is] = [typeOf(old), typeOf(now)];
  if (was !== is) refuse(`Field ${path} has changed type from ${was} to ${is}`);
  if ((old.collation ?? '') !== (now.collation ?? ''))
    refuse(`Field ${path} has changed collation from '${old.collation ?? ''}' to '${now.collation ?? ''}'`);
  const [before, after] = [modeOf(old), modeOf(now)];
  if (before !== after && !(before === 'REQUIRED' && after === 'NULLABLE'))
    refuse(`Field ${path} has changed mode from ${before} to ${after}`);
  if (!old.fields) return false;
  const inner = now.fields ?? [];
  let grown = false;
  for (const field of old.fields) {
    const next =
      inner.find((f) => same(f, field)) ?? refuse(`Field ${path}.${field.name} is missing in new schema`);
    if (compare(field, next, `${path}.${field.name}`, refuse)) grown = true;
  }
  for (const added of inner.filter((f) => !(old.fields ?? []).some((o) => same(o, f)))) {
    addable(added, `${path}.${added.name}`, refuse);
    grown = true;
  }
  return grown;
}

function typeOf(field: SchemaField): string {
  const size = field.precision
    ? `(${field.precision},${field.scale ?? 0})`
    : field.maxLength
      ? `(${field.maxLength})`
      : '';
  const element = field.rangeElementType ? `<${field.rangeElementType.type}>` : '';
  return restName(field.type) + element + size;
}
