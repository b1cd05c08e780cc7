import { DuckDBBlobValue, type DuckDBConnection } from '@duckdb/node-api';
import { atomically } from '../engine/database.ts';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { text } from '../sql/types.ts';
import { applyWaiting, countOf } from './apply.ts';
import { defaultValues } from './default-values.ts';
import type { Hand } from './handover.ts';
import { decodeRecord, encodeRecord, type JournalRecord } from './journal.ts';
import { RowDecoder } from './row-decoder.ts';
import type { Arrival } from './table-inflow.ts';
import { markArrivals } from './traces.ts';
import { WaitingRows } from './waiting-rows.ts';

/** Read at once from the store, so that a large stream is never in memory as a whole. */
const batchesAtOnce = 16;
const rowsAtOnce = 100_000;

/** Rows of a stream, from one up to another. */
interface StreamPart {
  readonly stream: string;
  readonly from: number;
  readonly to: number;
}

/** Rows that were acknowledged and are not to be seen yet, in a table of the database: it spills and it lasts. */
export class StoredAppends {
  readonly #engine: Engine;
  readonly #hand: Hand;
  readonly #connection: DuckDBConnection;

  constructor(engine: Engine, hand: Hand) {
    this.#engine = engine;
    this.#hand = hand;
    this.#connection = hand.connection;
  }

  async create(): Promise<void> {
    await this.#connection.run(
      'CREATE TABLE IF NOT EXISTS _emulator.stream_rows (stream VARCHAR, first BIGINT, rows BIGINT, record BLOB)',
    );
  }

  async put(stream: string, first: number, table: TableResource, arrival: Arrival): Promise<void> {
    const record = encodeRecord({ ...arrival, sequence: 0, table: table.sql });
    await this.#connection.run('INSERT INTO _emulator.stream_rows VALUES ($1, $2, $3, $4)', [
      stream,
      BigInt(first),
      BigInt(arrival.ranges.length / 2),
      new DuckDBBlobValue(record),
    ]);
  }

  /** How many rows each stream has, as far as they are kept here. */
  async lengths(): Promise<Map<string, number>> {
    const reader = await this.#connection.runAndReadAll(
      'SELECT stream, max(first + rows) FROM _emulator.stream_rows GROUP BY ALL',
    );
    return new Map(reader.getRows().map(([stream, rows]) => [String(stream), Number(rows)]));
  }

  /** In the writers' turn: the parts go into the table, as come at one time, with whatever else is to be done then. */
  async release(
    table: TableResource,
    parts: readonly StreamPart[],
    micros: bigint,
    more: () => Promise<void>,
  ): Promise<void> {
    const { history } = this.#engine;
    const stored = await countOf(this.#connection, table);
    const rows = parts.reduce((sum, { from, to }) => sum + to - from, 0);
    const batch = { first: micros, last: micros, changes: 0, stored };
    const to = await history.streaming(this.#connection, table, batch);
    const traces = await atomically(this.#connection, async () => {
      for (const part of parts) await this.#bringIn(part, table, micros);
      await more();
      return to ? markArrivals(this.#connection, to, stored, [{ micros, rows }]) : 0;
    });
    history.streamed(table.sql, micros, traces, 0);
  }

  async #bringIn({ stream, from, to }: StreamPart, table: TableResource, micros: bigint): Promise<void> {
    const rows = new WaitingRows(table);
    let decoder: { descriptor: Buffer; decoder: RowDecoder } | undefined;
    for await (const { first, record } of this.#batches(stream, from, to)) {
      if (!decoder?.descriptor.equals(record.descriptor))
        decoder = { descriptor: record.descriptor, decoder: new RowDecoder(record.descriptor, table) };
      const ranges = record.ranges.slice(Math.max(0, from - first) * 2, (to - first) * 2);
      const defaults = await defaultValues(
        this.#engine,
        this.#connection,
        table,
        record.defaults,
        ranges.length / 2,
      );
      const [error] = rows.add(decoder.decoder, { bytes: record.bytes, ranges }, micros, defaults);
      if (error) throw new Error(`A row of ${stream} no longer fits its table: ${error.message}`);
      if (rows.rows >= rowsAtOnce) await this.#apply(table, rows);
    }
    await this.#apply(table, rows);
    await this.#connection.run(
      `DELETE FROM _emulator.stream_rows WHERE stream = ${text(stream)} AND first + rows <= ${to}`,
    );
  }

  async forget(stream: string): Promise<void> {
    await this.#connection.run(`DELETE FROM _emulator.stream_rows WHERE stream = ${text(stream)}`);
  }

  async #apply(table: TableResource, rows: WaitingRows): Promise<void> {
    const taken = rows.take();
    await applyWaiting(this.#hand, table, taken.waiting);
    rows.recycle(taken);
  }

  async *#batches(
    stream: string,
    from: number,
    to: number,
  ): AsyncGenerator<{ first: number; record: JournalRecord }> {
    for (let next = from; next < to; ) {
      const reader = await this.#connection.runAndReadAll(
        `SELECT first, rows, record FROM _emulator.stream_rows WHERE stream = ${text(stream)} AND first + rows > ${next} AND first < ${to} ORDER BY first LIMIT ${batchesAtOnce}`,
      );
      if (reader.currentRowCount === 0) return;
      for (const [first, count, blob] of reader.getRows() as [bigint, bigint, DuckDBBlobValue][]) {
        const found = decodeRecord(Buffer.from(blob.bytes), 0);
        if (found) yield { first: Number(first), record: found.record };
        next = Number(first + count);
      }
    }
  }
}
