import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from '../sql/types.ts';
import type { TableResource } from './metadata.ts';
import type { Traces } from './past-text.ts';
import { cameColumn, rowsColumn, spanColumn, untilColumn } from './row-times.ts';

/** Beyond it the older half of the traces goes. */
const mostBytes = 8_000_000;
/** What DuckDB keeps beside a narrow row. */
const leastRowBytes = 64;

interface Generation {
  readonly sql: string;
  bytes: number;
  /** Until when the youngest of its rows stood. */
  newest: bigint;
}

/**
 * What rows that are streamed into one table leave behind, so that it can be read as it was. Where they change others by
 * key: those that they replaced, each with the time until which it stood. Where they are only added: how many there
 * were when, since then the first so many are those of the time, and rows that are narrow and many need not bear it.
 * In two tables beside it, so that the transaction that brings in the rows puts it there. When one is full the other,
 * which is older, is emptied.
 */
export class RowTraces {
  readonly #generations: readonly [Generation, Generation];
  #current = 0;
  #form = '';
  #select = '';
  #kind: Traces['kind'] = 'images';

  constructor(id: number) {
    const generation = (letter: string): Generation => ({
      sql: `_past.${quoted(`${id}${letter}`)}`,
      bytes: 0,
      newest: 0n,
    });
    this.#generations = [generation('a'), generation('b')];
  }

  of(kind = this.#kind): Traces {
    return { kind, tables: this.#generations.map(({ sql }) => sql) };
  }

  /** False where what is there does not fit any more: it is empty then, as it is at first. */
  async fit(connection: DuckDBConnection, table: TableResource, kind: Traces['kind']): Promise<boolean> {
    const form = kind === 'marks' ? kind : await storedForm(connection, table);
    if (this.#form === form) return true;
    this.#select =
      kind === 'marks'
        ? `SELECT CAST(NULL AS TIMESTAMPTZ) AS "${cameColumn}", CAST(0 AS BIGINT) AS "${rowsColumn}", CAST(0 AS INTEGER) AS "${spanColumn}" LIMIT 0`
        : `SELECT *, CAST(NULL AS TIMESTAMPTZ) AS "${untilColumn}", CAST(0 AS INTEGER) AS "${spanColumn}" FROM ${table.sql} LIMIT 0`;
    for (const generation of this.#generations) await this.#empty(connection, generation);
    this.#form = form;
    this.#kind = kind;
    return false;
  }

  /** Where the next go; and from when on all are known, where room had to be made. */
  async next(connection: DuckDBConnection): Promise<{ into: string; since?: bigint }> {
    const current = this.#generations[this.#current] as Generation;
    if (current.bytes <= mostBytes) return { into: current.sql };
    this.#current = 1 - this.#current;
    const other = this.#generations[this.#current] as Generation;
    const since = other.newest;
    await this.#empty(connection, other);
    return { into: other.sql, ...(since > 0n && { since }) };
  }

  added(rows: number, rowBytes: number, newest: bigint): void {
    const current = this.#generations[this.#current] as Generation;
    current.bytes += rows * Math.max(rowBytes, leastRowBytes);
    if (rows > 0) current.newest = newest;
  }

  async drop(connection: DuckDBConnection): Promise<void> {
    for (const { sql } of this.#generations) await connection.run(`DROP TABLE IF EXISTS ${sql}`);
  }

  async #empty(connection: DuckDBConnection, generation: Generation): Promise<void> {
    generation.bytes = 0;
    generation.newest = 0n;
    await connection.run(`CREATE OR REPLACE TABLE ${generation.sql} AS ${this.#select}`);
  }
}

async function storedForm(connection: DuckDBConnection, table: TableResource): Promise<string> {
  const stored = await connection.run(`SELECT * FROM ${table.sql} LIMIT 0`);
  return JSON.stringify([stored.columnNames(), stored.columnTypes().map(String)]);
}
