import { BOOLEAN, type DuckDBConnection } from '@duckdb/node-api';
import { quoted, text } from '../sql/types.ts';
import { type Hand, Handover } from './handover.ts';
import type { Layout } from './layout.ts';
import type { Slab } from './slab.ts';
import { arrivalType, hashType } from './slab-chunks.ts';
import { keepReplaced, keepReplacedInTurn, type Merged, type Places, sameKey } from './traces.ts';

/**
 * How changes come into a table that may have rows of their keys. For each key the highest sequence wins, of equals the
 * one that came last. What a row was changed by is kept beside it, and for a deleted key in a table of its own, so that a
 * change that comes late cannot undo a newer one.
 *
 * A statement costs milliseconds before it has looked at a row, and one that knows the numbers of the rows reads only
 * the part of the table they lie in. So winners are *placed* first: beside each stands the number of the row it may
 * replace. What is replaced is kept, then rows are updated, deleted and added by what stands there.
 */
const placed = 'temp."_placed"';
const staged = 'temp."_stage"';
/** Of a row that says nothing of its sequence, one that is less than any other. */
const known = `* REPLACE (coalesce("_change_sequence", '') AS "_change_sequence")`;

/** By how many rows the table grew, and how many of those replaced were kept. */
export interface Applied {
  readonly rows: number;
  readonly kept: number;
}

/** Changes that are each of another key. */
export async function mergeApart(hand: Hand, into: Merged, slabs: readonly Slab[]): Promise<Applied> {
  const merge = await Merge.of(hand.connection, into, slabs);
  await hand.run(merge.placing(`(SELECT ${known} FROM ${Handover.handed})`), slabs, merge.seen);
  const kept = await keepReplaced(hand.connection, into, merge.places);
  return { rows: await merge.change(), kept };
}

/** Changes that may be of one key, in the order they came. */
export async function mergeInTurn(hand: Hand, into: Merged, slabs: readonly Slab[]): Promise<Applied> {
  const { connection } = hand;
  const merge = await Merge.of(connection, into, slabs);
  await hand.run(
    `CREATE OR REPLACE TEMP TABLE "_stage" AS SELECT ${known} FROM ${Handover.handed}`,
    slabs,
    merge.seen,
  );
  const ofKey = `PARTITION BY ${merge.keys.join(', ')} ORDER BY "_change_sequence" DESC, "_arrival" DESC`;
  await connection.run(merge.placing(`(SELECT * FROM ${staged} QUALIFY row_number() OVER (${ofKey}) = 1)`));
  const kept = await keepReplacedInTurn(connection, into, merge.places);
  return { rows: await merge.change(), kept };
}

class Merge {
  readonly #connection: DuckDBConnection;
  readonly #into: Merged;
  /** Keys of the table were deleted before. */
  readonly #deleted: boolean;
  readonly #deletes: boolean;
  readonly keys: readonly string[];

  private constructor(connection: DuckDBConnection, into: Merged, deleted: boolean, deletes: boolean) {
    this.#connection = connection;
    this.#into = into;
    this.#deleted = deleted;
    this.#deletes = deletes;
    this.keys = (into.table.body.tableConstraints?.primaryKey?.columns ?? []).map(quoted);
  }

  static async of(connection: DuckDBConnection, into: Merged, slabs: readonly Slab[]): Promise<Merge> {
    const deleted = await connection.runAndReadAll(
      `SELECT 1 FROM _emulator.deleted_keys WHERE table_name = ${text(into.table.sql)} LIMIT 1`,
    );
    return new Merge(connection, into, deleted.currentRowCount > 0, slabs.some(hasDeletion));
  }

  /** The columns as the table has them, and beside them what decides who wins. */
  get seen(): Layout {
    const { table, layout } = this.#into;
    return {
      names: [...layout.names, '_delete', '_hash', '_arrival'],
      types: [...layout.types, BOOLEAN, hashType, arrivalType],
      sources: [...layout.sources, table.columns.length + 1, 'hash', 'arrival'],
    };
  }

  placing(winners: string): string {
    const { sql } = this.#into.table;
    return `CREATE OR REPLACE TEMP TABLE "_placed" AS SELECT w.*, ${this.#isNumbered ? 't.rowid' : `t.${this.keys[0]}`} AS "_row"
      FROM ${winners} AS w LEFT JOIN ${sql} AS t ON (${sameKey(this.keys, 't', 'w')}) WHERE NOT ${this.#isOlder('w')}`;
  }

  get places(): Places {
    return { placed, found: this.#found, staged, keys: this.keys, isOlder: (row) => this.#isOlder(row) };
  }

  /** By its number, unless a column of the table has that name. */
  get #found(): string {
    return this.#isNumbered ? `t.rowid = p."_row"` : sameKey(this.keys, 't', 'p');
  }

  get #isNumbered(): boolean {
    return !this.#into.layout.names.some((name) => name.toLowerCase() === 'rowid');
  }

  /** Of a row whose key was deleted by a newer change. */
  #isOlder(row: string): string {
    if (!this.#deleted) return 'false';
    return `EXISTS (SELECT 1 FROM _emulator.deleted_keys AS d WHERE ${this.#deletedKey('d', row)} AND d.sequence > ${row}."_change_sequence")`;
  }

  /** Gives by how many rows the table grew. */
  async change(): Promise<number> {
    const { table, layout } = this.#into;
    const at = `${this.#found} AND p."_change_sequence" >= coalesce(t."_change_sequence", '')`;
    const names = layout.names.map(quoted);
    const others = names.filter((name) => !this.keys.includes(name));
    const stays = this.#deletes ? 'AND NOT p."_delete"' : '';
    await this.#connection.run(
      `UPDATE ${table.sql} AS t SET ${others.map((c) => `${c} = p.${c}`).join(', ')} FROM ${placed} AS p WHERE ${at} ${stays}`,
    );
    const deleted = this.#deletes
      ? await this.#connection.run(
          `DELETE FROM ${table.sql} AS t USING ${placed} AS p WHERE ${at} AND p."_delete"`,
        )
      : undefined;
    const inserted = await this.#connection.run(
      `INSERT INTO ${table.sql} (${names.join(', ')}) SELECT ${names.join(', ')} FROM ${placed} AS p WHERE "_row" IS NULL ${stays}`,
    );
    if (this.#deletes) await this.#noteDeleted();
    return inserted.rowsChanged - (deleted?.rowsChanged ?? 0);
  }

  async #noteDeleted(): Promise<void> {
    const { sql } = this.#into.table;
    await this.#connection.run(
      `DELETE FROM _emulator.deleted_keys AS d WHERE EXISTS (SELECT 1 FROM ${placed} AS w WHERE w."_delete" AND ${this.#deletedKey('d', 'w')})`,
    );
    await this.#connection.run(
      `INSERT INTO _emulator.deleted_keys (table_name, key, sequence, hash) SELECT ${text(sql)}, ${this.#keyText('w')}, "_change_sequence", "_hash" FROM ${placed} AS w WHERE "_delete" AND NOT EXISTS (SELECT 1 FROM ${sql} AS t WHERE ${sameKey(this.keys, 't', 'w')})`,
    );
  }

  #keyText(row: string): string {
    return `CAST(row(${this.keys.map((k) => `${row}.${k}`).join(', ')}) AS VARCHAR)`;
  }

  #deletedKey(d: string, row: string): string {
    return `${d}.table_name = ${text(this.#into.table.sql)} AND ${d}.key = ${this.#keyText(row)}`;
  }
}

function hasDeletion(slab: Slab): boolean {
  const type = slab.columns.at(-1);
  return type?.u8.subarray(0, slab.rows).includes(1) ?? false;
}
