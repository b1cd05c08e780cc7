import { quoted, text } from '../sql/types.ts';
import { dropTable } from './definitions.ts';
import type { Engine } from './engine.ts';
import type { TableResource } from './metadata.ts';
import { arrivalColumn, unitOf } from './partitions.ts';

/** Partitions are looked through at most this often; whole tables whenever somebody asks for anything. */
const partitionsEvery = 10_000;

/** Tables and partitions whose time is over: gone when the next request comes, as nobody could have seen them since. */
export class Expiry {
  readonly #engine: Engine;
  #nextPartitions = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async sweep(): Promise<void> {
    const now = this.#engine.clock.now();
    const tables = this.#engine.metadata.allTables();
    const expired = tables.filter((t) => Number(t.body.expirationTime ?? Number.POSITIVE_INFINITY) <= now);
    for (const table of expired) await this.#drop(table);
    if (now < this.#nextPartitions) return;
    this.#nextPartitions = now + partitionsEvery;
    for (const table of tables) if (!expired.includes(table)) await this.#trim(table, now);
  }

  #drop(table: TableResource): Promise<void> {
    const { database, metadata } = this.#engine;
    return database.write(async (c) => {
      if (metadata.table(table.project, table.dataset, table.table) === table)
        await dropTable(this.#engine, c, table);
    });
  }

  async #trim(table: TableResource, now: number): Promise<void> {
    const partitioning = table.body.timePartitioning as { expirationMs?: string; field?: string } | undefined;
    const kept = Number(partitioning?.expirationMs ?? 0);
    if (kept <= 0) return;
    const column = quoted(partitioning?.field ?? arrivalColumn);
    const limit = BigInt(Math.floor((now - kept) * 1000));
    await this.#engine.inflow.settle([table.sql]);
    // A partition goes as a whole, when it has stood long enough since its beginning.
    const begun = `date_trunc(${text(unitOf(table.body).toLowerCase())}, CAST(${column} AS TIMESTAMPTZ))`;
    const old = `${begun} <= make_timestamptz(${limit})`;
    await this.#engine.database.write(async (c) => {
      const found = await c.runAndReadAll(`SELECT 1 FROM ${table.sql} WHERE ${old} LIMIT 1`);
      if (found.currentRowCount === 0) return;
      await this.#engine.tableChanging(c, table);
      await c.run(`DELETE FROM ${table.sql} WHERE ${old}`);
    });
  }
}
