import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../sql/sql-error.ts';
import { quoted, text } from '../sql/types.ts';
import { atomically } from './database.ts';
import type { Engine } from './engine.ts';
import { duplicate, notFound } from './errors.ts';
import {
  type Body,
  type RoutineResource,
  schemaName,
  type TableBody,
  type TableResource,
} from './metadata.ts';
import { arrivalColumn, isByArrival, unitOf } from './partitions.ts';
import { type SchemaField, storedColumn, validateFields } from './schema.ts';

const inUse = (project: string, dataset: string): string => `${project}:${dataset}`;

export function createDataset(engine: Engine, project: string, dataset: string, body: Body): Promise<void> {
  if (!/^[A-Za-z0-9_]{1,1024}$/.test(dataset))
    throw new SqlError(
      `Invalid dataset ID "${dataset}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
      undefined,
      'invalid',
    );
  return engine.database.transaction(async (c) => {
    if (engine.metadata.dataset(project, dataset)) throw duplicate('Dataset', inUse(project, dataset));
    await c.run(`CREATE SCHEMA ${schemaName(project, dataset)}`);
    await engine.metadata.put(c, 'dataset', project, dataset, '', body);
  });
}

export function updateDataset(engine: Engine, project: string, dataset: string, body: Body): Promise<void> {
  return engine.database.transaction((c) => engine.metadata.put(c, 'dataset', project, dataset, '', body));
}

export function deleteDataset(
  engine: Engine,
  project: string,
  dataset: string,
  contents: boolean,
): Promise<void> {
  return engine.database.transaction(async (c) => {
    if (!engine.metadata.dataset(project, dataset)) throw notFound('Dataset', inUse(project, dataset));
    const tables = engine.metadata.tables(project, dataset);
    const routines = engine.metadata.routines(project, dataset);
    if (tables.length + routines.length > 0 && !contents)
      throw new SqlError(`Dataset ${inUse(project, dataset)} is still in use`, undefined, 'resourceInUse');
    await c.run(`DROP SCHEMA ${schemaName(project, dataset)} CASCADE`);
    for (const t of tables) await engine.metadata.remove(c, 'table', project, dataset, t.table);
    for (const r of routines) await engine.metadata.remove(c, 'routine', project, dataset, r.routine);
    await engine.metadata.remove(c, 'dataset', project, dataset, '');
  });
}

export interface TableName {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
}

/** `fill` runs inside the same transaction, so that CREATE TABLE AS appears with its rows or not at all. */
export async function createTable(
  engine: Engine,
  connection: DuckDBConnection,
  { project, dataset, table }: TableName,
  body: TableBody,
  how: { replace?: boolean; fill?: string } = {},
): Promise<number> {
  if (!engine.metadata.dataset(project, dataset)) throw notFound('Dataset', inUse(project, dataset));
  if (!/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024}$/u.test(table))
    throw new SqlError(`Invalid table ID "${table}".`, undefined, 'invalid');
  validateFields(body.schema.fields);
  const existing = engine.metadata.table(project, dataset, table);
  if (existing && !how.replace) throw duplicate('Table', `${project}:${dataset}.${table}`);
  const sql = `${schemaName(project, dataset)}.${quoted(table)}`;
  let rows = 0;
  await atomically(connection, async () => {
    if (body.type === 'TABLE') {
      const made =
        existing?.body.type === 'TABLE' ? `${schemaName(project, dataset)}.${quoted(`${table}#new`)}` : sql;
      await connection.run(`CREATE TABLE ${made} (${storedColumns(body).join(', ')})`);
      if (how.fill) rows = (await connection.run(`INSERT INTO ${made} ${how.fill}`)).rowsChanged;
      if (made !== sql) {
        await connection.run(`DROP TABLE ${sql}`);
        await forgetDeletedKeys(connection, sql);
        await connection.run(`ALTER TABLE ${made} RENAME TO ${quoted(table)}`);
      }
    } else if (existing?.body.type === 'TABLE')
      throw new SqlError(`${project}:${dataset}.${table} is a TABLE and cannot be replaced by a VIEW`);
    await engine.metadata.put(connection, 'table', project, dataset, table, body);
  });
  engine.tableReplaced(sql);
  return rows;
}

/** A table with a primary key may receive changes by key: it remembers how new each row is. */
function storedColumns(body: TableBody): string[] {
  const columns = body.schema.fields.map(storedColumn);
  if (columns.length === 0) return ['"_emulator_empty" BOOLEAN'];
  if (isByArrival(body))
    columns.push(
      `${quoted(arrivalColumn)} TIMESTAMPTZ DEFAULT date_trunc(${text(unitOf(body).toLowerCase())}, now())`,
    );
  return body.tableConstraints?.primaryKey ? [...columns, '"_change_sequence" VARCHAR'] : columns;
}

async function forgetDeletedKeys(connection: DuckDBConnection, table: string): Promise<void> {
  await connection.run(`DELETE FROM _emulator.deleted_keys WHERE table_name = ${text(table)}`);
}

export function dropTable(engine: Engine, connection: DuckDBConnection, table: TableResource): Promise<void> {
  return atomically(connection, async () => {
    if (table.body.type === 'TABLE') await connection.run(`DROP TABLE ${table.sql}`);
    await forgetDeletedKeys(connection, table.sql);
    await engine.metadata.remove(connection, 'table', table.project, table.dataset, table.table);
    engine.tableReplaced(table.sql);
  });
}

/** Columns may be added at the end, and REQUIRED may become NULLABLE: what the service allows and no more. */
export async function updateTable(
  engine: Engine,
  connection: DuckDBConnection,
  table: TableResource,
  body: TableBody,
): Promise<void> {
  const before = table.body.schema.fields;
  const after = body.schema.fields;
  validateFields(after);
  const refuse = (why: string): never => {
    throw new SqlError(
      `Provided Schema does not match Table ${table.project}:${table.dataset}.${table.table}. ${why}`,
      undefined,
      'invalid',
    );
  };
  const changes: string[] = [];
  for (const old of before) {
    const now =
      after.find((f) => f.name.toLowerCase() === old.name.toLowerCase()) ??
      refuse(`Field ${old.name} is missing in new schema`);
    if (shape(now) !== shape(old))
      refuse(`Field ${old.name} has changed type or shape; the emulator allows new top-level columns only`);
    const [was, is] = [old, now].map((f) => f.mode?.toUpperCase() ?? 'NULLABLE');
    if (was === is) continue;
    if (was !== 'REQUIRED' || is !== 'NULLABLE')
      refuse(`Field ${old.name} has changed mode from ${was} to ${is}`);
    changes.push(`ALTER COLUMN ${quoted(old.name)} DROP NOT NULL`);
  }
  for (const added of after.filter(
    (f) => !before.some((old) => old.name.toLowerCase() === f.name.toLowerCase()),
  )) {
    if (added.mode?.toUpperCase() === 'REQUIRED')
      refuse(`Cannot add required fields to an existing schema. (field: ${added.name})`);
    if (added.maxLength)
      throw new SqlError('Adding a column with a maximum length is not supported by the emulator');
    changes.push(`ADD COLUMN ${storedColumn(added)}`);
  }
  if (
    body.tableConstraints?.primaryKey &&
    !table.body.tableConstraints?.primaryKey &&
    table.body.type === 'TABLE'
  )
    changes.push('ADD COLUMN "_change_sequence" VARCHAR');
  await atomically(connection, async () => {
    for (const change of changes) await connection.run(`ALTER TABLE ${table.sql} ${change}`);
    await engine.metadata.put(connection, 'table', table.project, table.dataset, table.table, body);
  });
}

const shape = (f: SchemaField): string =>
  JSON.stringify([
    f.type.toUpperCase(),
    f.precision,
    f.scale,
    f.fields?.map((inner) => [inner.name, shape(inner)]),
  ]);

export function putRoutine(
  engine: Engine,
  connection: DuckDBConnection,
  name: { project: string; dataset: string; routine: string },
  body: Body,
  replace: boolean,
): Promise<void> {
  const { project, dataset, routine } = name;
  if (!engine.metadata.dataset(project, dataset)) throw notFound('Dataset', inUse(project, dataset));
  if (engine.metadata.routine(project, dataset, routine) && !replace)
    throw duplicate('Routine', `${project}:${dataset}.${routine}`);
  return atomically(connection, () =>
    engine.metadata.put(connection, 'routine', project, dataset, routine, body),
  );
}

export function dropRoutine(engine: Engine, connection: DuckDBConnection, r: RoutineResource): Promise<void> {
  return atomically(connection, () =>
    engine.metadata.remove(connection, 'routine', r.project, r.dataset, r.routine),
  );
}
