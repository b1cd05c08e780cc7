import type { DuckDBConnection } from '@duckdb/node-api';
import type { TracesTo } from '../engine/history.ts';
import type { TableResource } from '../engine/metadata.ts';
import { type Hand, Handover } from './handover.ts';
import { layoutOf } from './layout.ts';
import { type Applied, mergeApart, mergeInTurn } from './merge.ts';
import { rowsOf, type Slab } from './slab.ts';

/** Rows that wait for one table. */
export interface Waiting {
  /** To be added as they are. */
  readonly plain: readonly Slab[];
  /** Changes whose keys the table does not have: added as well. */
  readonly fresh: readonly Slab[];
  /** Changes that the table must be looked at for, each of another key. */
  readonly changes: readonly Slab[];
  /** Changes of keys that came before among these or among those, in the order they came. */
  readonly repeated: readonly Slab[];
}

/**
 * With `doubted`, keys that were new when they came may be there by now: all changes are looked up. Rows that are replaced go
 * `to` there.
 */
export async function applyWaiting(
  hand: Hand,
  table: TableResource,
  { plain, fresh, changes, repeated }: Waiting,
  { doubted = false, to }: { doubted?: boolean; to?: TracesTo | undefined } = {},
): Promise<Applied> {
  const layout = await layoutOf(hand.connection, table);
  const into = { table, layout, to };
  const added = doubted ? plain : [...plain, ...fresh];
  const inserted = hasRows(added)
    ? await hand.run(`INSERT INTO ${table.sql} SELECT * FROM ${Handover.handed}`, added, layout)
    : 0;
  // Those that seemed new came before all others of their keys, and those of other keys before those that repeat them.
  const apart = doubted ? [] : changes;
  const inTurn = doubted ? [...fresh, ...changes, ...repeated] : repeated;
  const merges = [
    hasRows(apart) ? await mergeApart(hand, into, apart) : nothing,
    hasRows(inTurn) ? await mergeInTurn(hand, into, inTurn) : nothing,
  ];
  return merges.reduce((sum, one) => ({ rows: sum.rows + one.rows, kept: sum.kept + one.kept }), {
    rows: inserted,
    kept: 0,
  });
}

const nothing: Applied = { rows: 0, kept: 0 };

export async function countOf(connection: DuckDBConnection, table: TableResource): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table.sql}`);
  return Number(reader.getRows()[0]?.[0]);
}

/** How many rows may change one that is there. */
export const changesOf = ({ fresh, changes, repeated }: Waiting, doubted: boolean): number =>
  rowsOf(changes) + rowsOf(repeated) + (doubted ? rowsOf(fresh) : 0);

/** A slab whose rows were all refused stays where it is, empty. */
export const hasChanges = ({ fresh, changes, repeated }: Waiting): boolean =>
  hasRows([...fresh, ...changes, ...repeated]);
const hasRows = (slabs: readonly Slab[]): boolean => slabs.some((slab) => slab.rows > 0);
