import { BOOLEAN, type DuckDBConnection } from '@duckdb/node-api';
import type { TracesTo } from '../engine/history.ts';
import type { TableResource } from '../engine/metadata.ts';
import { quoted, text } from '../sql/types.ts';
import { type Hand, Handover } from './handover.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { Slab } from './slab.ts';
import { arrivalType, hashType } from './slab-chunks.ts';
import { keepReplaced, sameKey } from './traces.ts';

/** Rows that wait for one table. */
export interface Waiting {
  /** To be added as they are. */
  readonly plain: readonly Slab[];
  /** Changes whose keys the table does not have: added as well. */
  readonly fresh: readonly Slab[];
  /** Changes that the table must be looked at for, in the order they came. */
  readonly changes: readonly Slab[];
}

/**
 * With `doubted`, keys that were new when they came may be there by now: all changes are looked up. Rows that are replaced go
 * `to` there.
 */
export async function applyWaiting(
  hand: Hand,
  table: TableResource,
  { plain, fresh, changes }: Waiting,
  { doubted = false, to }: { doubted?: boolean; to?: TracesTo | undefined } = {},
): Promise<number> {
  const layout = await layoutOf(hand.connection, table);
  const added = doubted ? plain : [...plain, ...fresh];
  if (hasRows(added))
    await hand.run(`INSERT INTO ${table.sql} SELECT * FROM ${Handover.handed}`, added, layout);
  // Those that seemed new came before all others of their keys.
  const changed = doubted ? [...fresh, ...changes] : changes;
  if (!hasRows(changed)) return 0;
  await stage(hand, layout, changed, table.columns.length);
  return merge(hand.connection, table, layout, changed.some(hasDeletion), to);
}

export async function countOf(connection: DuckDBConnection, table: TableResource): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table.sql}`);
  return Number(reader.getRows()[0]?.[0]);
}

/** How many rows may change one that is there. */
export const changesOf = ({ fresh, changes }: Waiting, doubted: boolean): number =>
  rowsOf(changes) + (doubted ? rowsOf(fresh) : 0);
const rowsOf = (slabs: readonly Slab[]): number => slabs.reduce((sum, { rows }) => sum + rows, 0);

/** A slab whose rows were all refused stays where it is, empty. */
export const hasChanges = ({ fresh, changes }: Waiting): boolean => hasRows([...fresh, ...changes]);
const hasRows = (slabs: readonly Slab[]): boolean => slabs.some((slab) => slab.rows > 0);

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

/** The columns as the table has them, and beside them what decides who wins. */
async function stage(
  hand: Hand,
  { names, types, sources }: Layout,
  slabs: readonly Slab[],
  tableColumns: number,
): Promise<void> {
  await hand.run(`CREATE OR REPLACE TEMP TABLE "_stage" AS SELECT * FROM ${Handover.handed}`, slabs, {
    names: [...names, '_delete', '_hash', '_arrival'],
    types: [...types, BOOLEAN, hashType, arrivalType],
    sources: [...sources, tableColumns + 1, 'hash', 'arrival'],
  });
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
