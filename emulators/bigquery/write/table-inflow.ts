import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock, Timer } from '../../frame/index.ts';
import { atomically } from '../engine/database.ts';
import type { Engine, Inflow } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import type { Turn } from '../engine/turns.ts';
import { text } from '../sql/types.ts';
import { applyWaiting, changesOf, countOf, hasChanges } from './apply.ts';
import { Compaction } from './compaction.ts';
import { defaultValues } from './default-values.ts';
import { type Hand, Handover } from './handover.ts';
import { Journal, type JournalRecord } from './journal.ts';
import { Litter } from './litter.ts';
import type { RowError } from './messages.ts';
import { type Defaults, primaryKey, RowDecoder } from './row-decoder.ts';
import { storedKeys } from './stored-keys.ts';
import { markArrivals } from './traces.ts';
import { type Taken, WaitingRows } from './waiting-rows.ts';

interface Queue {
  readonly table: TableResource;
  readonly rows: WaitingRows;
  sequence: number;
  /** How far the streams with offsets are whose rows wait here. */
  streams: Map<string, number>;
  running: Promise<void> | undefined;
  /** For which it waits. */
  turn: Turn | undefined;
  timer: Timer | undefined;
  /** Many rows wait for their turn, or were taken: those that come meanwhile need not ask for another. */
  isFilled: boolean;
  /** How many rows the table had when this queue last brought some in. */
  stored: number | undefined;
  /** The table was changed by a statement: rows that came before are of keys that only seemed new. */
  doubted: boolean;
  /** The table is gone, and what waits goes nowhere. */
  dropped: boolean;
  lastMilliseconds: number;
}
export interface Arrival {
  readonly decoder: RowDecoder;
  readonly descriptor: Buffer;
  readonly bytes: Buffer;
  readonly ranges: readonly number[];
  readonly defaults: readonly string[];
  readonly stream?: { readonly name: string; readonly offset: number };
}

/**
 * Rows are brought in after this time, sooner when many wait or a query asks: a few changes by key cost as much as
 * thousands. Changes of keys that are there already read the whole table, so where that takes long it is done less
 * often: at most a twentieth of the time.
 */
const idleMilliseconds = 3_000;
const longestIdle = 20_000;
/** A query that comes then waits for no more than these; and their memory, used again, is still near the processor. */
const manyRows = 16_384;
/** From here on a writer waits: memory is bounded. */
const tooManyRows = 200_000;
/** The service says of "recently" no more than that streamed rows may take ninety minutes to settle. */
const recently = 90 * 60_000;

/**
 * Rows on their way into tables. A batch is: decoded and checked → with a data folder, written to the journal →
 * acknowledged → waiting → applied, together with all that wait for the same table, in one transaction that also
 * notes the journal's sequence. A query for the table first waits until everything added before it is applied.
 */
export class RowInflow implements Inflow {
  readonly handover: Handover;
  readonly #hand: Hand;
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #connection: DuckDBConnection;
  readonly #journal: Journal | undefined;
  readonly #compaction: Compaction;
  readonly #litter = new Litter();
  readonly #queues = new Map<string, Queue>();
  /** When changes by key last came in. */
  readonly #changed = new Map<string, number>();
  #sequence = 0;

  private constructor(engine: Engine, connection: DuckDBConnection, journal: Journal | undefined) {
    this.#engine = engine;
    this.#clock = engine.clock;
    this.#connection = connection;
    this.handover = new Handover(connection);
    this.#hand = this.handover.by(connection);
    this.#journal = journal;
    this.#compaction = new Compaction(engine.clock, () => this.#checkpoint());
  }

  static async open(engine: Engine, journalPath?: string): Promise<RowInflow> {
    const connection = await engine.database.connect();
    for (const statement of [
      'CREATE TABLE IF NOT EXISTS _emulator.deleted_keys (table_name VARCHAR, key VARCHAR, sequence VARCHAR)',
      'ALTER TABLE _emulator.deleted_keys ADD COLUMN IF NOT EXISTS hash BIGINT',
      'CREATE TABLE IF NOT EXISTS _emulator.applied (table_name VARCHAR, sequence BIGINT)',
      'CREATE TABLE IF NOT EXISTS _emulator.write_streams (name VARCHAR, body VARCHAR, rows BIGINT)',
    ])
      await connection.run(statement);
    const inflow = new RowInflow(
      engine,
      connection,
      journalPath === undefined ? undefined : new Journal(journalPath),
    );
    await inflow.#recover();
    return inflow;
  }

  /** Values for the columns that rows may leave out; to be made before `add`, which waits for nothing. */
  async defaults(
    table: TableResource,
    { defaults, ranges }: Pick<Arrival, 'defaults' | 'ranges'>,
  ): Promise<Defaults | undefined> {
    if (defaults.length === 0) return undefined;
    return this.#engine.database.read((c) =>
      defaultValues(this.#engine, c, table, defaults, ranges.length / 2),
    );
  }

  /** The errors of its rows, or acknowledged; `wait` where the writer must. */
  add(
    table: TableResource,
    arrival: Arrival,
    defaults?: Defaults,
  ): { errors: RowError[]; wait?: Promise<void> } {
    const queue = this.#queueOf(table);
    const { decoder, bytes, ranges } = arrival;
    const errors = queue.rows.add(decoder, { bytes, ranges }, this.#engine.nowMicros(), defaults);
    this.#litter.left(bytes.length);
    if (errors.length > 0) return { errors };
    queue.sequence = ++this.#sequence;
    if (arrival.stream) queue.streams.set(arrival.stream.name, arrival.stream.offset + ranges.length / 2);
    this.#journal?.append({ sequence: queue.sequence, table: table.sql, ...arrival });
    if (queue.rows.rows >= tooManyRows) return { errors, wait: this.#apply(queue) };
    if (queue.rows.rows >= manyRows) this.#fill(queue);
    else queue.timer ??= this.#later(queue);
    if (queue.stored !== undefined || !decoder.isChange) return { errors };
    queue.running ??= this.#introduce(queue);
    return { errors, wait: queue.running.catch(() => {}) };
  }

  /**
   * At first nothing is known of the table's keys, and every change that comes until then has to be merged. So its
   * writers wait until they are learnt, which is before anything is brought in: that could be another table's turn.
   */
  #introduce(queue: Queue): Promise<void> {
    const learn = async (): Promise<void> => {
      if (queue.dropped) return;
      const stored = await countOf(this.#connection, queue.table);
      await this.#learnKeys(queue);
      queue.stored = stored;
      queue.doubted = false;
    };
    // Where it cannot be read, whoever brings the rows in will say so.
    return this.#engine.database
      .write(learn)
      .catch(() => {})
      .finally(() => {
        queue.running = undefined;
      });
  }

  #fill(queue: Queue): void {
    if (queue.isFilled) return;
    queue.isFilled = true;
    void this.#apply(queue, true)
      .catch(() => {})
      .finally(() => {
        queue.isFilled = false;
      });
  }

  #later(queue: Queue): Timer {
    const wait = Math.min(longestIdle, Math.max(idleMilliseconds, queue.lastMilliseconds * 20));
    return this.#clock.setTimer(wait, () => void this.#apply(queue, true).catch(() => {}));
  }

  #queueOf(table: TableResource): Queue {
    const before = this.#queues.get(table.sql);
    if (before?.table === table) return before;
    const queue: Queue = {
      table,
      rows: new WaitingRows(table),
      sequence: 0,
      streams: new Map(),
      running: undefined,
      turn: undefined,
      timer: undefined,
      isFilled: false,
      stored: undefined,
      doubted: true,
      dropped: false,
      lastMilliseconds: 0,
    };
    this.#queues.set(table.sql, queue);
    // What waits in the form of before comes first.
    if (before && (before.rows.rows > 0 || before.running))
      queue.running = this.#apply(before)
        .catch(() => {})
        .finally(() => {
          queue.running = undefined;
          inherit(queue, before);
        });
    else if (before) inherit(queue, before);
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
    this.#compaction.asked(tables);
  }

  isChangedByKey(table: string): boolean {
    const at = this.#changed.get(table);
    return at !== undefined && this.#clock.now() - at < recently;
  }

  waits(table: string): boolean {
    const queue = this.#queues.get(table);
    return queue !== undefined && (queue.rows.rows > 0 || queue.running !== undefined);
  }

  /** Call while it is your turn to write. */
  changing(table: string): void {
    const queue = this.#queues.get(table);
    if (queue) doubt(queue);
  }

  /** The table is gone or another one now; what waited for it went with it. */
  forget(table: string): void {
    const queue = this.#queues.get(table);
    queue?.timer?.cancel();
    if (queue) queue.dropped = true;
    this.#queues.delete(table);
    this.#changed.delete(table);
    // Else a table made anew under the name would get these rows at the next start.
    this.#journal?.append({
      sequence: ++this.#sequence,
      table,
      descriptor: Buffer.alloc(0),
      bytes: Buffer.alloc(0),
      ranges: [],
      defaults: [],
    });
  }

  async close(): Promise<void> {
    await this.#compaction.stop();
    await this.settle([]);
    for (const queue of this.#queues.values()) queue.timer?.cancel();
    this.#connection.closeSync();
    this.#journal?.close();
  }

  /** Done when everything that waits now is applied; patiently where nobody waits for that. */
  async #apply(queue: Queue, isPatient = false): Promise<void> {
    queue.timer?.cancel();
    queue.timer = undefined;
    if (!isPatient) queue.turn?.hurry();
    while (queue.running) await queue.running;
    if (queue.rows.rows === 0) return;
    queue.running = this.#run(queue, isPatient).finally(() => {
      queue.running = undefined;
    });
    await queue.running;
  }

  async #run(queue: Queue, isPatient: boolean): Promise<void> {
    queue.turn = this.#engine.database.patientTurn();
    if (!isPatient) queue.turn.hurry();
    const release = await queue.turn.come;
    queue.turn = undefined;
    const begun = performance.now();
    try {
      if (queue.dropped) return;
      const stored = await countOf(this.#connection, queue.table);
      if (queue.stored !== stored) doubt(queue);
      await this.#bringIn(queue, stored);
    } finally {
      queue.lastMilliseconds = performance.now() - begun;
      release();
    }
  }

  async #bringIn(queue: Queue, stored: number): Promise<void> {
    const { table, streams } = queue;
    queue.streams = new Map();
    const taken = queue.rows.take();
    const last = taken.arrivals.at(-1)?.micros ?? 0n;
    const { traces, rows } = await this.#commit(queue, taken, { stored, last, streams }).catch(
      (error: unknown) => {
        queue.rows.putBack(taken);
        queue.streams = new Map([...streams, ...queue.streams]);
        throw error;
      },
    );
    // They are in the table: whatever fails from here on must not bring them in again.
    queue.doubted = false;
    queue.rows.recycle(taken);
    this.#engine.history.streamed(table.sql, last, traces, taken.bytes / taken.rows);
    this.#compaction.brought(table.sql, taken.rows);
    queue.stored = stored + rows;
    if ([...this.#queues.values()].every((q) => q.rows.rows === 0)) this.#journal?.empty();
  }

  /** Gives by how many rows the table grew, and how much was kept of what was before. */
  async #commit(
    queue: Queue,
    taken: Taken,
    { stored, last, streams }: { stored: number; last: bigint; streams: ReadonlyMap<string, number> },
  ): Promise<{ rows: number; traces: number }> {
    const { table, sequence, doubted } = queue;
    // Before the rows are in: those that come meanwhile are told apart already.
    if (doubted) await this.#learnKeys(queue, taken);
    const first = taken.arrivals[0]?.micros ?? 0n;
    const batch = { first, last, changes: changesOf(taken.waiting, doubted), stored };
    const to = await this.#engine.history.streaming(this.#connection, this.#newest(table), batch);
    return atomically(this.#connection, async () => {
      if (hasChanges(taken.waiting)) this.#changed.set(table.sql, this.#clock.now());
      const { rows, kept } = await applyWaiting(this.#hand, table, taken.waiting, { doubted, to });
      if (this.#journal) await this.#note(table.sql, sequence, streams);
      const traces =
        to?.kind === 'marks' ? await markArrivals(this.#connection, to, stored, taken.arrivals) : kept;
      return { rows, traces };
    });
  }

  /** Rows that wait came when the table may have had other columns, or no key. */
  #newest(table: TableResource): TableResource {
    return this.#engine.metadata.table(table.project, table.dataset, table.table) ?? table;
  }

  async #checkpoint(): Promise<void> {
    const release = await this.#engine.database.turn();
    try {
      await this.#connection.run('CHECKPOINT');
    } finally {
      release();
    }
  }

  async #learnKeys(queue: Queue, taken?: Taken): Promise<void> {
    if (primaryKey(queue.table).length === 0) return;
    const keys = await storedKeys(this.#connection, queue.table);
    if (keys) queue.rows.knowKeys(keys, taken);
  }

  async #note(table: string, sequence: number, streams: ReadonlyMap<string, number>): Promise<void> {
    await this.#connection.run(`DELETE FROM _emulator.applied WHERE table_name = ${text(table)}`);
    await this.#connection.run(`INSERT INTO _emulator.applied VALUES (${text(table)}, ${sequence})`);
    for (const [name, rows] of streams)
      await this.#connection.run(
        `UPDATE _emulator.write_streams SET rows = ${rows} WHERE name = ${text(name)}`,
      );
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
      else if (table && record.sequence > (applied.get(record.table) ?? 0))
        await this.#readmit(table, record);
    }
    await this.settle([]);
    this.#journal.empty(true);
  }

  async #readmit(table: TableResource, record: JournalRecord): Promise<void> {
    const { stream, ranges } = record;
    const queue = this.#queueOf(table);
    const values = await this.defaults(table, record);
    // Nobody could read what was before this process.
    queue.rows.add(new RowDecoder(record.descriptor, table), record, 0n, values);
    queue.sequence = record.sequence;
    if (stream) queue.streams.set(stream.name, stream.offset + ranges.length / 2);
  }
}

function doubt(queue: Queue): void {
  queue.doubted = true;
  queue.rows.forgetKeys();
}

/**
 * Other columns are no other rows: what is known of the keys still holds. Reading a million of them anew takes a second,
 * and whoever changes the columns next waits for it.
 */
function inherit(queue: Queue, before: Queue): void {
  const { known } = before.rows;
  const sameKey = primaryKey(queue.table).join() === primaryKey(before.table).join();
  if (!known || !sameKey || before.dropped || before.rows.rows > 0) return;
  queue.stored = before.stored;
  queue.doubted = before.doubted;
  queue.rows.knowKeys(known);
}
