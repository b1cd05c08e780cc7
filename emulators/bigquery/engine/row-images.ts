import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from '../sql/types.ts';
import type { TableResource } from './metadata.ts';
import { spanColumn, untilColumn } from './row-times.ts';

/** Beyond it the older half of the images goes. */
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
 * Rows of one table that streamed changes replaced, each with the time until which it stood: in two tables beside it,
 * so that the transaction that replaces them puts them there. When one is full the other, which is older, is emptied.
 */
export class RowImages {
  readonly #generations: readonly [Generation, Generation];
  #current = 0;
  #form = '';

  constructor(id: number) {
    const generation = (letter: string): Generation => ({
      sql: `_past.${quoted(`${id}${letter}`)}`,
      bytes: 0,
      newest: 0n,
    });
    this.#generations = [generation('a'), generation('b')];
  }

  get tables(): readonly string[] {
    return this.#generations.map(({ sql }) => sql);
  }

  /** False where its rows do not fit any more: it is empty then, as it is at first. */
  async fit(connection: DuckDBConnection, table: TableResource): Promise<boolean> {
    const stored = await connection.run(`SELECT * FROM ${table.sql} LIMIT 0`);
    const form = JSON.stringify([stored.columnNames(), stored.columnTypes().map(String)]);
    if (this.#form === form) return true;
    for (const generation of this.#generations) await empty(connection, table, generation);
    this.#form = form;
    return false;
  }

  /** Where the next go; and from when on all are known, where room had to be made. */
  async next(connection: DuckDBConnection, table: TableResource): Promise<{ into: string; since?: bigint }> {
    const current = this.#generations[this.#current] as Generation;
    if (current.bytes <= mostBytes) return { into: current.sql };
    this.#current = 1 - this.#current;
    const other = this.#generations[this.#current] as Generation;
    const since = other.newest;
    await empty(connection, table, other);
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
}

async function empty(
  connection: DuckDBConnection,
  table: TableResource,
  generation: Generation,
): Promise<void> {
  generation.bytes = 0;
  generation.newest = 0n;
  await connection.run(
    `CREATE OR REPLACE TABLE ${generation.sql} AS SELECT *, CAST(NULL AS TIMESTAMPTZ) AS "${untilColumn}", CAST(0 AS INTEGER) AS "${spanColumn}" FROM ${table.sql} LIMIT 0`,
  );
}
