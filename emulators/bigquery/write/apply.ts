import { setImmediate as nextTurn } from 'node:timers/promises';
import { BOOLEAN, type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { TracesTo } from '../engine/history.ts';
import type { TableResource } from '../engine/metadata.ts';
import { quoted, text } from '../sql/types.ts';
import { isSame, type Layout, layoutOf } from './layout.ts';
import type { SealedRows } from './sealed-rows.ts';
import type { Slab } from './slab.ts';
import { arrivalType, chunksOf, hashType, type Target } from './slab-chunks.ts';
import { keepReplaced, sameKey } from './traces.ts';

/** The first of its rows are in chunks already, in the form the table had when they came. */
export interface Lane {
  readonly sealed: readonly SealedRows[];
  readonly slabs: readonly Slab[];
}
/** Rows that wait for one table. */
export interface Waiting {
  /** To be added as they are. */
  readonly plain: Lane;
  /** Changes whose keys the table does not have: added as well. */
  readonly fresh: Lane;
  /** Changes that the table must be looked at for, in the order they came. */
  readonly changes: readonly Slab[];
}

/** The appender works on this thread; other requests get their turn between so many chunks. */
const chunksAtOnce = 4;
const chunksPerFlush = 16;

export interface Applied {
  /** How the table stands. */
  readonly layout: Layout;
  /** How many rows that were replaced were kept. */
  readonly kept: number;
}

/**
 * With `doubted`, keys that were new when they came may be there by now: all changes are looked up. Rows that are replaced go
 * `to` there.
 */
export async function applyWaiting(
  connection: DuckDBConnection,
  table: TableResource,
  { plain, fresh, changes }: Waiting,
  { doubted = false, to }: { doubted?: boolean; to?: TracesTo | undefined } = {},
): Promise<Applied> {
  const layout = await layoutOf(connection, table);
  await append(connection, table, layout, doubted ? [plain] : [plain, fresh]);
  const early = doubted ? fresh : { sealed: [], slabs: [] };
  const changed = [...early.slabs, ...changes];
  if (early.sealed.length === 0 && !hasRows(changed)) return { layout, kept: 0 };
  await stage(connection, table, layout, early.sealed, changed);
  return { layout, kept: await merge(connection, table, layout, changed.some(hasDeletion), to) };
}

export async function countOf(connection: DuckDBConnection, table: TableResource): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table.sql}`);
  return Number(reader.getRows()[0]?.[0]);
}

/** How many rows may change one that is there. */
export const changesOf = ({ fresh, changes }: Waiting, doubted: boolean): number =>
  rowsOf(changes) + (doubted ? rowsOf(fresh.slabs) + rowsOf(fresh.sealed) : 0);
const rowsOf = (all: readonly { readonly rows: number }[]): number =>
  all.reduce((sum, { rows }) => sum + rows, 0);

/** A slab whose rows were all refused stays where it is, empty. */
export const hasChanges = ({ fresh, changes }: Waiting): boolean =>
  fresh.sealed.some(({ chunks }) => chunks.length > 0) || hasRows([...fresh.slabs, ...changes]);
const hasRows = (slabs: readonly Slab[]): boolean => slabs.some((slab) => slab.rows > 0);

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
  layout: Layout,
  lanes: readonly Lane[],
): Promise<void> {
  const sealed = lanes.flatMap((lane) => lane.sealed);
  const slabs = lanes.flatMap((lane) => lane.slabs);
  const fitting: SealedRows[] = [];
  for (const rows of sealed) {
    if (isSame(rows.layout, layout)) {
      fitting.push(rows);
      continue;
    }
    const names = await unseal(connection, rows, layout);
    await connection.run(`INSERT INTO ${table.sql} (${names}) SELECT ${names} FROM temp."_sealed"`);
  }
  if (fitting.length === 0 && !hasRows(slabs)) return;
  const [schema, name] = parts(table);
  const appender = await connection.createAppender(name, schema);
  for (const { chunks } of fitting) await hand(appender, chunks);
  await hand(appender, filled(slabs, layout));
  appender.closeSync();
}

async function hand(appender: DuckDBAppender, chunks: Iterable<DuckDBDataChunk>): Promise<void> {
  let count = 0;
  for (const chunk of chunks) {
    appender.appendDataChunk(chunk);
    count++;
    if (count % chunksPerFlush === 0) appender.flushSync();
    if (count % chunksAtOnce === 0) await nextTurn();
  }
}

/** One chunk, again and again. */
function* filled(slabs: readonly Slab[], target: Target): Generator<DuckDBDataChunk> {
  const chunk = DuckDBDataChunk.create(target.types);
  let arrival = 0;
  for (const slab of slabs) {
    for (const next of chunksOf(slab, target, arrival, () => chunk)) {
      yield next;
      chunk.reset();
    }
    arrival += slab.rows;
  }
}

/** Into a table of the form they have; gives the columns that are still the table's. */
async function unseal(connection: DuckDBConnection, rows: SealedRows, now: Layout): Promise<string> {
  const { names, types } = rows.layout;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_sealed" (${names.map((name, i) => `${quoted(name)} ${types[i]}`).join(', ')})`,
  );
  const appender = await connection.createAppender('_sealed', undefined, 'temp');
  await hand(appender, rows.chunks);
  appender.closeSync();
  return names
    .filter((name) => now.names.includes(name))
    .map(quoted)
    .join(', ');
}

/**
 * For each key the highest sequence wins, of equals the one that came last. What a key's row was changed by is kept
 * beside it, and for a deleted key in a table of its own, so that a change that comes late cannot undo a newer one.
 */
async function merge(
  connection: DuckDBConnection,
  table: TableResource,
  layout: Layout,
  deletions: boolean,
  to: TracesTo | undefined,
): Promise<number> {
  const keys = (table.body.tableConstraints?.primaryKey?.columns ?? []).map(quoted);
  const deleted = deletedKey(table, keys);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_winners" AS SELECT * REPLACE (coalesce("_change_sequence", '') AS "_change_sequence") FROM temp."_stage"
      QUALIFY row_number() OVER (PARTITION BY ${keys.join(', ')} ORDER BY coalesce("_change_sequence", '') DESC, "_arrival" DESC) = 1`,
  );
  const isOlder = (row: string): string =>
    `EXISTS (SELECT 1 FROM _emulator.deleted_keys AS d WHERE ${deleted('d', row)} AND d.sequence > coalesce(${row}."_change_sequence", ''))`;
  await connection.run(`DELETE FROM temp."_winners" AS w WHERE ${isOlder('w')}`);
  const kept = to ? await keepReplaced(connection, table, layout, keys, to, isOlder) : 0;
  const newer = `s."_change_sequence" >= coalesce(t."_change_sequence", '')`;
  const names = layout.names.map(quoted);
  await connection.run(`MERGE INTO ${table.sql} AS t USING temp."_winners" AS s ON (${sameKey(keys, 't', 's')})
    WHEN MATCHED AND s."_delete" AND ${newer} THEN DELETE
    WHEN MATCHED AND NOT s."_delete" AND ${newer} THEN UPDATE SET ${names.map((c) => `${c} = s.${c}`).join(', ')}
    WHEN NOT MATCHED AND NOT s."_delete" THEN INSERT (${names.join(', ')}) VALUES (${names.map((c) => `s.${c}`).join(', ')})`);
  if (!deletions) return kept;
  await connection.run(
    `DELETE FROM _emulator.deleted_keys AS d WHERE EXISTS (SELECT 1 FROM temp."_winners" AS w WHERE w."_delete" AND ${deleted('d', 'w')})`,
  );
  await connection.run(
    `INSERT INTO _emulator.deleted_keys (table_name, key, sequence, hash) SELECT ${text(table.sql)}, ${keyText(keys, 'w')}, "_change_sequence", "_hash" FROM temp."_winners" AS w WHERE "_delete" AND NOT EXISTS (SELECT 1 FROM ${table.sql} AS t WHERE ${sameKey(keys, 't', 'w')})`,
  );
  return kept;
}

/** The columns as the table has them, and beside them what decides who wins. Those that are early came before all. */
async function stage(
  connection: DuckDBConnection,
  table: TableResource,
  layout: Layout,
  early: readonly SealedRows[],
  slabs: readonly Slab[],
): Promise<void> {
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_stage" AS SELECT *, false AS "_delete", 0::BIGINT AS "_hash", 0::INTEGER AS "_arrival" FROM ${table.sql} LIMIT 0`,
  );
  for (const rows of early) {
    const names = await unseal(connection, rows, layout);
    // Their keys are all different, and none is deleted: neither their order nor their hashes matter.
    await connection.run(
      `INSERT INTO temp."_stage" BY NAME SELECT ${names}, false AS "_delete", 0 AS "_hash", -1 AS "_arrival" FROM temp."_sealed"`,
    );
  }
  const appender = await connection.createAppender('_stage', undefined, 'temp');
  const target = {
    types: [...layout.types, BOOLEAN, hashType, arrivalType],
    sources: [...layout.sources, table.columns.length + 1, 'hash' as const, 'arrival' as const],
  };
  await hand(appender, filled(slabs, target));
  appender.closeSync();
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
