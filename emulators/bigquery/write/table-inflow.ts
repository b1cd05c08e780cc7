import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock, Timer } from '../../frame/index.ts';
import { atomically } from '../engine/database.ts';
import type { Engine, Inflow } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { text } from '../sql/types.ts';
import { applyBatches } from './apply.ts';
import { Journal } from './journal.ts';
import { type Batch, RowDecoder } from './row-decoder.ts';

interface Waiting {
  readonly batch: Batch;
  readonly sequence: number;
}
interface Queue {
  readonly table: TableResource;
  waiting: Waiting[];
  rows: number;
  running: Promise<void> | undefined;
  timer: Timer | undefined;
}

/**
 * Rows are brought in after this time, sooner when many wait or a query asks. A merge reads the whole table, so
 * fewer of them cost less: with 200 ms the emulators spent a sixth more at 4,000 orders a second.
 */
const idleMilliseconds = 1_000;
const manyRows = 30_000;
/** From here on a writer waits: memory is bounded. */
const tooManyRows = 200_000;

/**
 * Rows on their way into tables. A batch is: added (and, with a data folder, written to the journal) → acknowledged →
 * waiting → applied, together with all that wait for the same table, in one transaction that also notes the journal's
 * sequence. A query for the table first waits until everything added before it is applied.
 */
export class RowInflow implements Inflow {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #connection: DuckDBConnection;
  readonly #journal: Journal | undefined;
  readonly #queues = new Map<string, Queue>();
  #sequence = 0;

  private constructor(engine: Engine, connection: DuckDBConnection, journal: Journal | undefined) {
    this.#engine = engine;
    this.#clock = engine.clock;
    this.#connection = connection;
    this.#journal = journal;
  }

  static async open(engine: Engine, journalPath?: string): Promise<RowInflow> {
    const connection = await engine.database.connect();
    await connection.run(
      'CREATE TABLE IF NOT EXISTS _emulator.deleted_keys (table_name VARCHAR, key VARCHAR, sequence VARCHAR)',
    );
    await connection.run(
      'CREATE TABLE IF NOT EXISTS _emulator.applied (table_name VARCHAR, sequence BIGINT)',
    );
    const inflow = new RowInflow(
      engine,
      connection,
      journalPath === undefined ? undefined : new Journal(journalPath),
    );
    await inflow.#recover();
    return inflow;
  }

  /** A promise only where the writer must wait. */
  add(
    table: TableResource,
    batch: Batch,
    raw: { descriptor: Buffer; rows: readonly Buffer[] },
  ): Promise<void> | undefined {
    const sequence = ++this.#sequence;
    this.#journal?.append({ sequence, table: table.sql, ...raw });
    const queue = this.#enqueue(table, { batch, sequence });
    if (queue.rows >= tooManyRows) return this.#apply(queue);
    if (queue.rows >= manyRows) void this.#apply(queue).catch(() => {});
    else
      queue.timer ??= this.#clock.setTimer(idleMilliseconds, () => void this.#apply(queue).catch(() => {}));
    return undefined;
  }

  #enqueue(table: TableResource, waiting: Waiting): Queue {
    let queue = this.#queues.get(table.sql);
    if (!queue || queue.table !== table) {
      const before = queue;
      queue = {
        table,
        waiting: before?.waiting ?? [],
        rows: before?.rows ?? 0,
        running: before?.running,
        timer: undefined,
      };
      before?.timer?.cancel();
      this.#queues.set(table.sql, queue);
    }
    queue.waiting.push(waiting);
    queue.rows += waiting.batch.rows;
    return queue;
  }

  /** No names: all tables. */
  async settle(tables: readonly string[]): Promise<void> {
    if (this.#queues.size === 0) return;
    const queues =
      tables.length === 0
        ? [...this.#queues.values()]
        : tables.map((t) => this.#queues.get(t)).filter((q) => q !== undefined);
    await Promise.all(queues.map((q) => this.#apply(q)));
  }

  /** The table is gone or another one now; what waited for it went with it. */
  forget(table: string): void {
    const queue = this.#queues.get(table);
    queue?.timer?.cancel();
    this.#queues.delete(table);
    // Else a table made anew under the name would get these rows at the next start.
    this.#journal?.append({ sequence: ++this.#sequence, table, descriptor: Buffer.alloc(0), rows: [] });
  }

  async close(): Promise<void> {
    await this.settle([]);
    for (const queue of this.#queues.values()) queue.timer?.cancel();
    this.#connection.closeSync();
    this.#journal?.close();
  }

  /** Done when everything that waits now is applied. */
  async #apply(queue: Queue): Promise<void> {
    queue.timer?.cancel();
    queue.timer = undefined;
    while (queue.running) await queue.running;
    if (queue.waiting.length === 0) return;
    queue.running = this.#run(queue).finally(() => {
      queue.running = undefined;
    });
    await queue.running;
  }

  async #run(queue: Queue): Promise<void> {
    const release = await this.#engine.database.turn();
    const taken = queue.waiting;
    queue.waiting = [];
    queue.rows = 0;
    try {
      if (this.#queues.get(queue.table.sql) !== queue) return;
      await atomically(this.#connection, async () => {
        await applyBatches(
          this.#connection,
          queue.table,
          taken.map((w) => w.batch),
        );
        if (this.#journal) await this.#note(queue.table.sql, taken.at(-1)?.sequence ?? 0);
      });
      if ([...this.#queues.values()].every((q) => q.waiting.length === 0)) this.#journal?.empty();
    } catch (error) {
      queue.waiting = [...taken, ...queue.waiting];
      queue.rows = queue.waiting.reduce((sum, w) => sum + w.batch.rows, 0);
      throw error;
    } finally {
      release();
    }
  }

  async #note(table: string, sequence: number): Promise<void> {
    await this.#connection.run(`DELETE FROM _emulator.applied WHERE table_name = ${text(table)}`);
    await this.#connection.run(`INSERT INTO _emulator.applied VALUES (${text(table)}, ${sequence})`);
  }

  async #recover(): Promise<void> {
    if (!this.#journal) return;
    const reader = await this.#connection.runAndReadAll('SELECT table_name, sequence FROM _emulator.applied');
    const applied = new Map(reader.getRows().map(([table, sequence]) => [String(table), Number(sequence)]));
    this.#sequence = Math.max(0, ...applied.values());
    const tables = new Map(this.#engine.metadata.allTables().map((t) => [t.sql, t]));
    for (const record of this.#journal.read()) {
      this.#sequence = Math.max(this.#sequence, record.sequence);
      const table = tables.get(record.table);
      if (record.descriptor.length === 0) this.#queues.delete(record.table);
      if (!table || record.descriptor.length === 0 || record.sequence <= (applied.get(record.table) ?? 0))
        continue;
      const decoded = new RowDecoder(record.descriptor, table).decode(record.rows);
      if ('batch' in decoded) this.#enqueue(table, { batch: decoded.batch, sequence: record.sequence });
    }
    await this.settle([]);
    this.#journal.empty(true);
  }
}
