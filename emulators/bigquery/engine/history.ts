import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import { bytesOf } from './logical-bytes.ts';
import type { TableResource } from './metadata.ts';

/** The table as it was until then; without a name nothing of it was kept. Microseconds since the epoch. */
export interface Version {
  readonly until: bigint;
  readonly sql?: string;
  readonly bytes: number;
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
const manyVersions = 50;
/** A copy of this size costs a few milliseconds; all of them together stay far below the memory limit. */
const largestCopy = 8_000_000;
const largestSum = 100_000_000;

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
  #bytes = 0;

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

  /** Where the rows of that instant are, the table itself or a copy. */
  at(table: TableResource, micros: bigint): string {
    const { since, versions } = this.of(table);
    const name = `${table.project}:${table.dataset}.${table.table}`;
    const invalid = (why: string): SqlError =>
      new SqlError(`Invalid snapshot time ${micros / 1000n} for table ${name}. ${why}`, undefined, 'invalid');
    if (micros > this.#now()) throw invalid('It lies in the future.');
    if (micros < since) throw invalid(`Cannot read before ${since / 1000n}.`);
    const version = versions.find((v) => v.until > micros);
    if (!version) return table.sql;
    if (version.sql === undefined) throw invalid('The emulator kept nothing of that time.');
    return version.sql;
  }

  created(table: string): void {
    if (!this.#tables.has(table)) this.#tables.set(table, { since: this.#now(), versions: [] });
  }

  /** In the writers' turn, outside of a transaction, before the change. */
  async changing(connection: DuckDBConnection, table: TableResource): Promise<void> {
    const kept = this.#kept(table.sql);
    const now = this.#now();
    if (kept.versions.at(-1)?.until === now) return;
    const bytes = await sizeOf(connection, table);
    if (bytes > largestCopy) return this.gap(table);
    const sql = `history.main.${quoted(`v${++this.#serial}`)}`;
    await connection.run(`CREATE TABLE ${sql} AS SELECT * FROM ${table.sql}`);
    kept.versions.push({ until: now, sql, bytes, shape: shapeOf(table) });
    this.#bytes += bytes;
    await this.#trim(connection, kept, now);
  }

  /** What was until now cannot be read any more. */
  gap(table: TableResource): void {
    const { versions } = this.#kept(table.sql);
    if (versions.at(-1)?.sql === undefined) versions.pop();
    versions.push({ until: this.#now(), bytes: 0, shape: shapeOf(table) });
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
        (first.until < now - window || kept.versions.length > manyVersions || this.#bytes > largestSum)
      );
    };
    while (tooMany()) {
      const first = kept.versions.shift() as Version;
      kept.since = first.until;
      await this.#forget(connection, first);
    }
  }

  async #forget(connection: DuckDBConnection, { sql, bytes }: Version): Promise<void> {
    if (sql === undefined) return;
    this.#bytes -= bytes;
    await connection.run(`DROP TABLE ${sql}`);
  }
}

/** By the rows at its head, 64 bytes at least for each: what DuckDB keeps beside them. */
async function sizeOf(connection: DuckDBConnection, table: TableResource): Promise<number> {
  const row = table.columns.map((c) => bytesOf(c.type, quoted(c.name))).join(' + ') || '0';
  const reader = await connection.runAndReadAll(
    `SELECT count(*), (SELECT avg(${row}) FROM (FROM ${table.sql} LIMIT 1000)) FROM ${table.sql}`,
  );
  const [count, width] = (reader.getRows()[0] ?? []).map((v) => Number(v ?? 0));
  return (count ?? 0) * Math.max(width ?? 0, 64);
}
