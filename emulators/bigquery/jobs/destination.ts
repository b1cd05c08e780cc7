import { checkKind, hiddenInAll } from '../engine/copies.ts';
import { atomically } from '../engine/database.ts';
import { createTable, type TableName, updateTable } from '../engine/definitions.ts';
import { duplicate, notFound } from '../engine/errors.ts';
import type { Body, TableBody, TableResource } from '../engine/metadata.ts';
import {
  arrivalColumn,
  arrivalOf,
  checkPartition,
  decorated,
  isByArrival,
  partitionCondition,
} from '../engine/partitions.ts';
import type { SchemaField } from '../engine/schema.ts';
import { defaultExpression } from '../rows/defaults.ts';
import { SqlError } from '../sql/sql-error.ts';
import { quoted, text } from '../sql/types.ts';
import { oneOf } from './asked-values.ts';
import { mergedSchema, type SchemaUpdates } from './schema-updates.ts';
import type { Session } from './session.ts';

/** Where a load, query or copy job puts its rows, and what it may do to the table there. */
export interface Destination {
  readonly name: TableName;
  readonly partition?: string;
  readonly create: 'CREATE_IF_NEEDED' | 'CREATE_NEVER';
  readonly write: 'WRITE_EMPTY' | 'WRITE_APPEND' | 'WRITE_TRUNCATE' | 'WRITE_TRUNCATE_DATA';
  readonly updates: SchemaUpdates;
  /** Partitioning, clustering and the like for a table that is made. */
  readonly settings: Body;
}
/** Rows as DuckDB reads them: one column for each field, under its name. */
export interface Arriving {
  readonly fields: readonly SchemaField[];
  readonly relation: string;
  /** The columns beside them that no schema shows. */
  readonly hidden?: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

export function destinationOf(
  configuration: Json,
  project: string,
  write: Destination['write'],
): Destination {
  const reference = (configuration.destinationTable ?? {}) as Json;
  if (typeof reference.datasetId !== 'string' || typeof reference.tableId !== 'string')
    throw new SqlError('Required parameter is missing: destinationTable', undefined, 'required');
  const { table, partition } = decorated(reference.tableId);
  const updates = (configuration.schemaUpdateOptions ?? []) as readonly string[];
  const settings: Record<string, unknown> = {
    ...(configuration.destinationTableProperties as Json | undefined),
  };
  for (const key of ['timePartitioning', 'rangePartitioning', 'clustering'])
    if (configuration[key] !== undefined) settings[key] = configuration[key];
  return {
    name: { project: String(reference.projectId ?? project), dataset: reference.datasetId, table },
    ...(partition !== undefined && { partition }),
    create: oneOf(
      configuration.createDisposition,
      ['CREATE_IF_NEEDED', 'CREATE_NEVER'],
      'CREATE_IF_NEEDED',
      'createDisposition',
    ),
    write: oneOf(
      configuration.writeDisposition,
      ['WRITE_EMPTY', 'WRITE_APPEND', 'WRITE_TRUNCATE', 'WRITE_TRUNCATE_DATA'],
      write,
      'writeDisposition',
    ),
    updates: {
      addition: updates.includes('ALLOW_FIELD_ADDITION'),
      relaxation: updates.includes('ALLOW_FIELD_RELAXATION'),
    },
    settings,
  };
}

/** The table as it stands, if it does; refuses what needs no rows to be refused. */
export function destinationTable(session: Session, d: Destination): TableResource | undefined {
  const { project, dataset, table } = d.name;
  const { metadata } = session.engine;
  if (!metadata.dataset(project, dataset)) throw notFound('Dataset', `${project}:${dataset}`);
  const existing = metadata.table(project, dataset, table);
  if (!existing && d.create === 'CREATE_NEVER') throw notFound('Table', `${project}:${dataset}.${table}`);
  if (existing) checkKind(existing, ['TABLE']);
  return existing;
}

/** Puts the rows where they belong: all of them, or, when anything is wrong, none. */
export async function deliver(session: Session, d: Destination, arriving: Arriving): Promise<number> {
  const before = destinationTable(session, d);
  if (before) await session.engine.inflow.settle([before.sql]);
  return session.writing(async () => {
    const existing = destinationTable(session, d);
    if (!existing) return create(session, d, arriving, false);
    if (d.write === 'WRITE_EMPTY' && (await hasRows(session, d, existing)))
      throw duplicate('Table', `${d.name.project}:${d.name.dataset}.${d.name.table}`);
    if (d.write === 'WRITE_TRUNCATE' && d.partition === undefined)
      return create(session, { ...d, settings: { ...kept(existing), ...d.settings } }, arriving, true);
    return append(session, d, existing, arriving);
  });
}

async function hasRows(session: Session, d: Destination, table: TableResource): Promise<boolean> {
  const where =
    d.partition === undefined ? '' : ` WHERE ${partitionCondition(table.body, table.table, d.partition)}`;
  return (
    (await session.connection.runAndReadAll(`SELECT 1 FROM ${table.sql}${where} LIMIT 1`)).currentRowCount > 0
  );
}

/** What a table that is overwritten keeps besides its name. */
function kept(table: TableResource): Body {
  const { schema: _, type: __, creationTime: ___, lastModifiedTime: ____, ...rest } = table.body;
  return rest;
}

function create(session: Session, d: Destination, arriving: Arriving, replace: boolean): Promise<number> {
  const { fields, relation } = arriving;
  const now = String(Math.floor(session.engine.clock.now()));
  const settings =
    d.partition !== undefined && d.settings.timePartitioning === undefined
      ? { ...d.settings, timePartitioning: { type: 'DAY' } }
      : d.settings;
  const body: TableBody = {
    ...settings,
    type: 'TABLE',
    schema: { fields },
    creationTime: now,
    lastModifiedTime: now,
  };
  const beside = hiddenValues(body, d, arriving);
  const names = fields.map((f) => quoted(f.name));
  return createTable(session.engine, session.connection, d.name, body, {
    replace,
    fill: `(${[...names, ...beside.names].join(', ')}) SELECT ${[...names, ...beside.values].join(', ')} FROM ${relation}`,
  });
}

/** What goes into the columns that no schema shows. */
function hiddenValues(
  body: TableBody,
  { name, partition }: Destination,
  { hidden = [] }: Arriving,
): { names: string[]; values: string[] } {
  const copied = hiddenInAll([body])
    .filter((column) => hidden.includes(column))
    .map(quoted);
  if (partition === undefined || !isByArrival(body)) return { names: copied, values: copied };
  checkPartition(body, name.table, partition);
  const kept = copied.filter((column) => column !== quoted(arrivalColumn));
  const arrival = `make_timestamptz(${(arrivalOf(partition) ?? 0) * 1000})`;
  return { names: [...kept, quoted(arrivalColumn)], values: [...kept, arrival] };
}

async function append(
  session: Session,
  d: Destination,
  table: TableResource,
  arriving: Arriving,
): Promise<number> {
  const { fields, relation } = arriving;
  const { connection, engine } = session;
  const merged = mergedSchema(table, fields, d.updates);
  if (merged) await updateTable(engine, connection, table, { ...table.body, schema: { fields: merged } });
  const beside = hiddenValues(table.body, d, arriving);
  const absent = table.columns.filter(
    (c) => c.default !== undefined && !fields.some((f) => f.name.toLowerCase() === c.name.toLowerCase()),
  );
  const into = [...fields, ...absent].map((f) => quoted(f.name));
  const from = [
    ...fields.map((f) => quoted(f.name)),
    ...absent.map((c) => defaultExpression(engine, table.project, c)),
  ];
  if (d.partition !== undefined) await onlyOfPartition(session, d, table, relation);
  const where =
    d.partition === undefined ? '' : ` WHERE ${partitionCondition(table.body, table.table, d.partition)}`;
  await engine.tableChanging(connection, table);
  return atomically(connection, async () => {
    if (d.write.startsWith('WRITE_TRUNCATE')) await connection.run(`DELETE FROM ${table.sql}${where}`);
    const inserted = await connection.run(
      `INSERT INTO ${table.sql} (${[...into, ...beside.names].join(', ')}) SELECT ${[...from, ...beside.values].join(', ')} FROM ${relation}`,
    );
    return inserted.rowsChanged;
  });
}

async function onlyOfPartition(
  session: Session,
  d: Destination,
  table: TableResource,
  relation: string,
): Promise<void> {
  const partition = d.partition ?? '';
  const condition = partitionCondition(table.body, table.table, partition);
  if (isByArrival(table.body)) return;
  const strangers = await session.connection.runAndReadAll(
    `SELECT 1 FROM ${relation} WHERE NOT (${condition}) LIMIT 1`,
  );
  if (strangers.currentRowCount > 0)
    throw new SqlError(
      `Some rows belong to different partitions rather than destination partition ${text(partition).slice(1, -1)}`,
      undefined,
      'invalid',
    );
}
