import { setImmediate as nextTurn } from 'node:timers/promises';
import { BOOLEAN, type DuckDBAppender, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import type { TableResource } from '../engine/metadata.ts';
import { arrivalColumn, isByArrival, unitOf } from '../engine/partitions.ts';
import { quoted, text } from '../sql/types.ts';
import { primaryKey } from './row-decoder.ts';
import type { Slab } from './slab.ts';
import { arrivalType, chunksOf, hashType, type Source, type Target } from './slab-chunks.ts';

/** Rows that wait for one table. */
export interface Waiting {
  /** To be added as they are. */
  readonly plain: readonly Slab[];
  /** Changes whose keys the table does not have: added as well. */
  readonly fresh: readonly Slab[];
  /** Changes that the table must be looked at for, in the order they came. */
  readonly changes: readonly Slab[];
}

/** The appender works on this thread; other requests get their turn between so many chunks. */
const chunksAtOnce = 4;
const chunksPerFlush = 16;

export async function applyWaiting(
  connection: DuckDBConnection,
  table: TableResource,
  waiting: Waiting,
): Promise<void> {
  const added = [...waiting.plain, ...waiting.fresh];
  if (added.some((slab) => slab.rows > 0)) await append(connection, table, added);
  if (waiting.changes.some((slab) => slab.rows > 0)) await merge(connection, table, waiting.changes);
}

const parts = (table: TableResource): [string, string] => {
  const [, schema = '', name = ''] = /^("(?:[^"]|"")*")\.("(?:[^"]|"")*")$/.exec(table.sql) ?? [];
  return [schema, name].map((quotedName) => quotedName.slice(1, -1).replaceAll('""', '"')) as [
    string,
    string,
  ];
};

async function append(
  connection: DuckDBConnection,
  table: TableResource,
  slabs: readonly Slab[],
): Promise<void> {
  const [schema, name] = parts(table);
  const stored = await connection.run(`SELECT * FROM ${table.sql} LIMIT 0`);
  const appender = await connection.createAppender(name, schema);
  await fill(
    appender,
    slabs,
    targetOf(table, stored.columnNames(), stored.columnTypes(), await arrivalTime(connection, table)),
  );
}

/** Columns as they stand in DuckDB, which is not their order in the schema once some were added. */
function targetOf(
  table: TableResource,
  names: readonly string[],
  types: readonly DuckDBType[],
  arrived: bigint,
): Target {
  const sources = names.map((name): Source => {
    const place = table.columns.findIndex((c) => c.name.toLowerCase() === name.toLowerCase());
    if (place >= 0) return place;
    if (name === arrivalColumn && isByArrival(table.body)) return { micros: arrived };
    return name === '_change_sequence' && primaryKey(table).length > 0 ? table.columns.length : 'nothing';
  });
  return { types, sources };
}

/** As the column's default, which an appender does not ask for. */
async function arrivalTime(connection: DuckDBConnection, table: TableResource): Promise<bigint> {
  if (!isByArrival(table.body)) return 0n;
  const unit = text(unitOf(table.body).toLowerCase());
  const reader = await connection.runAndReadAll(`SELECT epoch_us(date_trunc(${unit}, now()))`);
  return reader.getRows()[0]?.[0] as bigint;
}

async function fill(appender: DuckDBAppender, slabs: readonly Slab[], target: Target): Promise<void> {
  let count = 0;
  let arrival = 0;
  for (const slab of slabs) {
    for (const chunk of chunksOf(slab, target, arrival)) {
      appender.appendDataChunk(chunk);
      // The collector does not see how much this holds.
      chunk.reset();
      count++;
      if (count % chunksPerFlush === 0) appender.flushSync();
      if (count % chunksAtOnce === 0) await nextTurn();
    }
    arrival += slab.rows;
  }
  appender.closeSync();
}

/**
 * For each key the highest sequence wins, of equals the one that came last. What a key's row was changed by is kept
 * beside it, and for a deleted key in a table of its own, so that a change that comes late cannot undo a newer one.
 */
async function merge(
  connection: DuckDBConnection,
  table: TableResource,
  slabs: readonly Slab[],
): Promise<void> {
  const columns = await stage(connection, table, slabs);
  const keys = (table.body.tableConstraints?.primaryKey?.columns ?? []).map(quoted);
  const deleted = deletedKey(table, keys);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_winners" AS SELECT * REPLACE (coalesce("_change_sequence", '') AS "_change_sequence") FROM temp."_stage"
      QUALIFY row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY coalesce("_change_sequence", '') DESC, "_arrival" DESC) = 1`,
  );
  await connection.run(
    `DELETE FROM temp."_winners" AS w WHERE EXISTS (SELECT 1 FROM _emulator.deleted_keys AS d WHERE ${deleted('d', 'w')} AND d.sequence > w."_change_sequence")`,
  );
  const newer = `s."_change_sequence" >= coalesce(t."_change_sequence", '')`;
  const names = columns.map(quoted);
  await connection.run(`MERGE INTO ${table.sql} AS t USING temp."_winners" AS s ON (${keys.map((k) => `t.${k} = s.${k}`).join(' AND ')})
    WHEN MATCHED AND s."_delete" AND ${newer} THEN DELETE
    WHEN MATCHED AND NOT s."_delete" AND ${newer} THEN UPDATE SET ${names.map((c) => `${c} = s.${c}`).join(', ')}
    WHEN NOT MATCHED AND NOT s."_delete" THEN INSERT (${names.join(', ')}) VALUES (${names.map((c) => `s.${c}`).join(', ')})`);
  if (!slabs.some((slab) => hasDeletion(slab))) return;
  await connection.run(
    `DELETE FROM _emulator.deleted_keys AS d WHERE EXISTS (SELECT 1 FROM temp."_winners" AS w WHERE w."_delete" AND ${deleted('d', 'w')})`,
  );
  await connection.run(
    `INSERT INTO _emulator.deleted_keys (table_name, key, sequence, hash) SELECT ${text(table.sql)}, ${keyText(keys, 'w')}, "_change_sequence", "_hash" FROM temp."_winners" AS w WHERE "_delete" AND NOT EXISTS (SELECT 1 FROM ${table.sql} AS t WHERE ${keys.map((k) => `t.${k} = w.${k}`).join(' AND ')})`,
  );
}

/** The columns as the table has them, and beside them what decides who wins. */
async function stage(
  connection: DuckDBConnection,
  table: TableResource,
  slabs: readonly Slab[],
): Promise<readonly string[]> {
  const stored = await connection.run(`SELECT * FROM ${table.sql} LIMIT 0`);
  const names = stored.columnNames();
  const { types, sources } = targetOf(
    table,
    names,
    stored.columnTypes(),
    await arrivalTime(connection, table),
  );
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_stage" AS SELECT *, false AS "_delete", 0::BIGINT AS "_hash", 0::INTEGER AS "_arrival" FROM ${table.sql} LIMIT 0`,
  );
  const appender = await connection.createAppender('_stage', undefined, 'temp');
  await fill(appender, slabs, {
    types: [...types, BOOLEAN, hashType, arrivalType],
    sources: [...sources, table.columns.length + 1, 'hash', 'arrival'],
  });
  return names;
}

function hasDeletion(slab: Slab): boolean {
  const type = slab.columns.at(-1);
  return type?.u8.subarray(0, slab.rows).includes(1) ?? false;
}

const keyText = (keys: readonly string[], alias: string): string =>
  `CAST(row(${keys.map((k) => `${alias}.${k}`).join(', ')}) AS VARCHAR)`;
const deletedKey =
  (table: TableResource, keys: readonly string[]) =>
  (d: string, w: string): string =>
    `${d}.table_name = ${text(table.sql)} AND ${d}.key = ${keyText(keys, w)}`;
