import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../sql/sql-error.ts';
import { quoted, text } from '../sql/types.ts';
import { atomically } from './database.ts';
import type { Engine } from './engine.ts';
import { duplicate, notFound } from './errors.ts';
import { keptFields } from './kept-fields.ts';
import {
  type Body,
  type RoutineResource,
  schemaName,
  type TableBody,
  type TableResource,
} from './metadata.ts';
import { arrivalColumn, checkSamePartitioning, isByArrival, unitOf } from './partitions.ts';
import { rebuild } from './rebuilt-table.ts';
import { storedColumn } from './schema.ts';
import { isRepeated, schemaChanges } from './schema-changes.ts';
import { withCollation, withDefaults } from './table-defaults.ts';
import { checkLayout } from './table-layout.ts';

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
  return engine.database.write(async (c) => {
    if (!engine.metadata.dataset(project, dataset)) throw notFound('Dataset', inUse(project, dataset));
    const tables = engine.metadata.tables(project, dataset);
    const routines = engine.metadata.routines(project, dataset);
    if (tables.length + routines.length > 0 && !contents)
      throw new SqlError(`Dataset ${inUse(project, dataset)} is still in use`, undefined, 'resourceInUse');
    await atomically(c, async () => {
      await c.run(`DROP SCHEMA ${schemaName(project, dataset)} CASCADE`);
      for (const t of tables) await engine.metadata.remove(c, 'table', project, dataset, t.table);
      for (const r of routines) await engine.metadata.remove(c, 'routine', project, dataset, r.routine);
      await engine.metadata.remove(c, 'dataset', project, dataset, '');
    });
    for (const t of tables) await engine.history.dropped(c, t.sql);
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
  asked: TableBody,
  how: { replace?: boolean; fill?: string } = {},
): Promise<number> {
  const parent = engine.metadata.dataset(project, dataset);
  if (!parent) throw notFound('Dataset', inUse(project, dataset));
  const body = withDefaults(withKeptFields(asked), parent.body, engine.clock.now());
  if (!/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]{1,1024}$/u.test(table))
    throw new SqlError(`Invalid table ID "${table}".`, undefined, 'invalid');
  if (body.type === 'TABLE') checkLayout(body);
  const existing = engine.metadata.table(project, dataset, table);
  if (existing && !how.replace) throw duplicate('Table', `${project}:${dataset}.${table}`);
  if (existing) checkSamePartitioning(existing.body, body);
  const sql = `${schemaName(project, dataset)}.${quoted(table)}`;
  let rows = 0;
  if (existing) await engine.tableChanging(connection, existing);
  await atomically(connection, async () => {
    if (body.type === 'TABLE') {
      const made =
        existing?.body.type === 'TABLE' ? `${schemaName(project, dataset)}.${quoted(`${table}#new`)}` : sql;
      await connection.run(`CREATE TABLE ${made} (${storedColumns(body).join(', ')})`);
      if (how.fill) rows = (await connection.run(`INSERT INTO ${made} ${how.fill}`)).rowsChanged;
      if (made !== sql) {
        await connection.run(`DROP TABLE ${sql}`);
        await connection.run(forgetDeletedKeys(sql));
        await connection.run(`ALTER TABLE ${made} RENAME TO ${quoted(table)}`);
      }
    } else if (existing?.body.type === 'TABLE')
      throw new SqlError(`${project}:${dataset}.${table} is a TABLE and cannot be replaced by a VIEW`);
    await engine.metadata.put(connection, 'table', project, dataset, table, body);
  });
  engine.tableReplaced(sql);
  engine.history.created(sql);
  return rows;
}

const withKeptFields = (body: TableBody): TableBody => ({
  ...body,
  schema: { ...body.schema, fields: keptFields(body.schema.fields) },
});

/** A default is of columns to come: those that are there already keep what they have. */
const withNewCollations = (body: TableBody, { schema }: TableBody): TableBody =>
  body.type === 'TABLE'
    ? {
        ...body,
        schema: { fields: withCollation(body.schema.fields, body.defaultCollation, schema.fields) },
      }
    : body;

/** A table with a primary key may receive changes by key: it remembers how new each row is. */
function storedColumns(body: TableBody): string[] {
  // An array is never NULL once it is stored.
  const columns = body.schema.fields.map((f) => storedColumn(f) + (isRepeated(f) ? ' DEFAULT []' : ''));
  if (columns.length === 0) return ['"_emulator_empty" BOOLEAN'];
  if (isByArrival(body))
    columns.push(
      `${quoted(arrivalColumn)} TIMESTAMPTZ DEFAULT date_trunc(${text(unitOf(body).toLowerCase())}, now())`,
    );
  return body.tableConstraints?.primaryKey ? [...columns, '"_change_sequence" VARCHAR'] : columns;
}

const forgetDeletedKeys = (table: string): string =>
  `DELETE FROM _emulator.deleted_keys WHERE table_name = ${text(table)}`;

export async function dropTable(
  engine: Engine,
  connection: DuckDBConnection,
  table: TableResource,
): Promise<void> {
  await atomically(connection, async () => {
    if (table.body.type === 'TABLE') await connection.run(`DROP TABLE ${table.sql}`);
    await connection.run(forgetDeletedKeys(table.sql));
    await engine.metadata.remove(connection, 'table', table.project, table.dataset, table.table);
    engine.tableReplaced(table.sql);
  });
  await engine.history.dropped(connection, table.sql);
}

export async function updateTable(
  engine: Engine,
  connection: DuckDBConnection,
  table: TableResource,
  asked: TableBody,
): Promise<void> {
  const body = withNewCollations(withKeptFields(asked), table.body);
  if (body.type === 'TABLE') checkLayout(body);
  checkSamePartitioning(table.body, body);
  const changes = table.body.type === 'TABLE' ? schemaChanges(table, body.schema.fields) : [];
  const columns = changes.length;
  const isChecked = changes.some((change) => change.includes(' CHECK ('));
  if (
    body.tableConstraints?.primaryKey &&
    !table.body.tableConstraints?.primaryKey &&
    table.body.type === 'TABLE'
  )
    // What a key of before left says nothing of this one's rows.
    changes.push(
      `ALTER TABLE ${table.sql} DROP COLUMN IF EXISTS "_change_sequence"`,
      `ALTER TABLE ${table.sql} ADD COLUMN "_change_sequence" VARCHAR`,
      forgetDeletedKeys(table.sql),
    );
  if (changes.length > columns) await engine.tableChanging(connection, table);
  else if (columns > 0) await engine.columnsChanging(connection, table);
  await atomically(connection, async () => {
    if (isChecked) await rebuild(connection, table, storedColumns(body));
    for (const change of changes.slice(isChecked ? columns : 0)) await connection.run(change);
    await engine.metadata.put(connection, 'table', table.project, table.dataset, table.table, body);
  });
}

/** With columns of the same names and other limits. */
export async function rebuildTable(
  engine: Engine,
  connection: DuckDBConnection,
  table: TableResource,
  body: TableBody,
): Promise<void> {
  await engine.columnsChanging(connection, table);
  await atomically(connection, async () => {
    await rebuild(connection, table, storedColumns(body));
    await engine.metadata.put(connection, 'table', table.project, table.dataset, table.table, body);
  });
}

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
  const now = String(Math.floor(engine.clock.now()));
  const timed = { creationTime: now, lastModifiedTime: now, ...body };
  return atomically(connection, () =>
    engine.metadata.put(connection, 'routine', project, dataset, routine, timed),
  );
}

export function dropRoutine(engine: Engine, connection: DuckDBConnection, r: RoutineResource): Promise<void> {
  return atomically(connection, () =>
    engine.metadata.remove(connection, 'routine', r.project, r.dataset, r.routine),
  );
}
