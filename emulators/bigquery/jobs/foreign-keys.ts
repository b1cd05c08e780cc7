import type { ForeignKey, TableBody } from '../engine/metadata.ts';
import type { ForeignKeySyntax } from '../sql/parse/syntax.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Work } from './session.ts';

interface TableName {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** They are kept and told, never enforced; what they name has to be there all the same. */
export function withForeignKeys(
  body: TableBody,
  keys: readonly ForeignKeySyntax[],
  name: TableName,
  work: Work,
): TableBody {
  if (keys.length === 0) return body;
  const foreignKeys = [...(body.tableConstraints?.foreignKeys ?? [])];
  for (const key of keys) {
    if (
      key.name !== undefined &&
      foreignKeys.some((f) => f.name !== undefined && same(f.name, key.name ?? ''))
    )
      throw new SqlError(`Constraint already exists: ${key.name}`, key.at);
    foreignKeys.push(foreignKey(key, body, name, work));
  }
  return { ...body, tableConstraints: { ...body.tableConstraints, foreignKeys } };
}

export function withoutConstraint(
  body: TableBody,
  name: string,
  ifExists: boolean,
  at: number,
): TableBody['tableConstraints'] {
  const before = body.tableConstraints?.foreignKeys ?? [];
  const foreignKeys = before.filter((f, i) => !same(f.name ?? `fk$${i + 1}`, name));
  if (foreignKeys.length === before.length && !ifExists)
    throw new SqlError(`Constraint not found: ${name}`, at);
  return { ...body.tableConstraints, foreignKeys };
}

function foreignKey(key: ForeignKeySyntax, body: TableBody, own: TableName, work: Work): ForeignKey {
  const { engine } = work.session;
  const missing = key.columns.find((c) => !body.schema.fields.some((f) => same(f.name, c)));
  if (missing !== undefined) throw new SqlError(`Column not found: ${missing}`, key.at);
  const name = engine.locate(key.table, work.setting.place, key.at);
  const isOwn = name.project === own.project && name.dataset === own.dataset && name.table === own.table;
  const referenced = isOwn ? body : engine.findTable(key.table, work.setting.place, key.at).body;
  const primary = referenced.tableConstraints?.primaryKey?.columns ?? [];
  const isKey =
    primary.length === key.referenced.length && primary.every((p) => key.referenced.some((r) => same(p, r)));
  if (!isKey || key.columns.length !== key.referenced.length)
    throw new SqlError(
      `A foreign key must refer to the primary key (${primary.join(', ')}) of ${name.project}:${name.dataset}.${name.table}, got (${key.referenced.join(', ')})`,
      key.at,
    );
  return {
    ...(key.name !== undefined && { name: key.name }),
    referencedTable: { projectId: name.project, datasetId: name.dataset, tableId: name.table },
    columnReferences: key.columns.map((referencingColumn, i) => ({
      referencingColumn,
      referencedColumn: key.referenced[i] ?? '',
    })),
  };
}
