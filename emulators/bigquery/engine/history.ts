import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from '../sql/types.ts';
import type { TableResource } from './metadata.ts';

/** The table as it was until then; without a name nothing of it was kept. Microseconds since the epoch. */
export interface Version {
  readonly until: bigint;
  readonly sql?: string;
  readonly rows: number;
  readonly shape: string;
}
export interface TableHistory {
  readonly since: bigint;
  readonly versions: readonly Version[];
}
interface Kept {
  since: bigint;
  versions: Version[];
}

const window = 7n * 86_400_000_000n;
const manyRows = 50_000;
const manyVersions = 50;
const allRows = 2_000_000;

export const shapeOf = (table: TableResource): string => JSON.stringify(table.columns);

/**
 * What FOR SYSTEM_TIME AS OF reads. Before a statement or job changes a table its rows are copied, with the instant
 * until which they stood; rows streamed in, and tables too large to copy each time, leave a gap instead, which is
 * refused when it is asked for. Held in memory in a database of its own: DuckDB writes to one in a transaction, and
 * nobody expects the past to outlive the process.
 */
export class History {
  readonly #tables = new Map<string, Kept>();
  readonly #begun: bigint;
  readonly #now: () => bigint;
  #serial = 0;
  #rows = 0;

  constructor(now: () => bigint) {
    this.#now = now;
    this.#begun = now();
  }

  of(table: TableResource): TableHistory {
    const kept = this.#tables.get(table.sql);
    if (!kept || kept.versions.length === 0) return { since: kept?.since ?? this.#begun, versions: [] };
    const shape = shapeOf(table);
    return {
      since: kept.since,
      // The columns of the time are not those of now: not kept, as far as a query is concerned.
      versions: kept.versions.map(({ sql, ...v }) =>
        sql !== undefined && v.shape === shape ? { ...v, sql } : v,
      ),
    };
  }

  created(table: string): void {
    if (!this.#tables.has(table)) this.#tables.set(table, { since: this.#now(), versions: [] });
  }

  /** In the writers' turn, outside of a transaction, before the change. */
  async changing(connection: DuckDBConnection, table: TableResource): Promise<void> {
    const kept = this.#kept(table.sql);
    const now = this.#now();
    if (kept.versions.at(-1)?.until === now) return;
    const rows = Number(
      (await connection.runAndReadAll(`SELECT count(*) FROM ${table.sql}`)).getRows()[0]?.[0],
    );
    if (rows > manyRows) return this.gap(table);
    const sql = `history.main.${quoted(`v${++this.#serial}`)}`;
    await connection.run(`CREATE TABLE ${sql} AS SELECT * FROM ${table.sql}`);
    kept.versions.push({ until: now, sql, rows, shape: shapeOf(table) });
    this.#rows += rows;
    await this.#trim(connection, kept, now);
  }

  /** What was until now cannot be read any more. */
  gap(table: TableResource): void {
    const { versions } = this.#kept(table.sql);
    if (versions.at(-1)?.sql === undefined) versions.pop();
    versions.push({ until: this.#now(), rows: 0, shape: shapeOf(table) });
  }

  async dropped(connection: DuckDBConnection, table: string): Promise<void> {
    const kept = this.#tables.get(table);
    this.#tables.delete(table);
    for (const version of kept?.versions ?? []) await this.#forget(connection, version);
  }

  #kept(table: string): Kept {
    const kept = this.#tables.get(table) ?? { since: this.#begun, versions: [] };
    this.#tables.set(table, kept);
    return kept;
  }

  async #trim(connection: DuckDBConnection, kept: Kept, now: bigint): Promise<void> {
    const tooMany = (): boolean => {
      const [first] = kept.versions;
      return (
        first !== undefined &&
        (first.until < now - window || kept.versions.length > manyVersions || this.#rows > allRows)
      );
    };
    while (tooMany()) {
      const first = kept.versions.shift() as Version;
      kept.since = first.until;
      await this.#forget(connection, first);
    }
  }

  async #forget(connection: DuckDBConnection, { sql, rows }: Version): Promise<void> {
    if (sql === undefined) return;
    this.#rows -= rows;
    await connection.run(`DROP TABLE ${sql}`);
  }
}
