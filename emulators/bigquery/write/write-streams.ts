import { randomBytes } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { ServiceError } from '../../frame/index.ts';
import { atomically } from '../engine/database.ts';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { text } from '../sql/types.ts';
import type { RowError } from './messages.ts';
import { widthsOf } from './row-decoder.ts';
import { Slab } from './slab.ts';
import { StorageError } from './storage-error.ts';
import { StoredAppends } from './stored-appends.ts';
import type { Arrival, RowInflow } from './table-inflow.ts';
import {
  checkAppend,
  checkFlush,
  commitFault,
  createdOf,
  type StreamType,
  type WriteStream,
} from './write-stream.ts';

/** The streams there are. Whatever changes one is in the database before it is answered. */
export class WriteStreams {
  readonly #engine: Engine;
  readonly #inflow: RowInflow;
  readonly #connection: DuckDBConnection;
  readonly #stored: StoredAppends;
  readonly #streams = new Map<string, WriteStream>();

  private constructor(engine: Engine, inflow: RowInflow, connection: DuckDBConnection) {
    this.#engine = engine;
    this.#inflow = inflow;
    this.#connection = connection;
    this.#stored = new StoredAppends(engine, inflow.handover.by(connection));
  }

  static async open(engine: Engine, inflow: RowInflow): Promise<WriteStreams> {
    const streams = new WriteStreams(engine, inflow, await engine.database.connect());
    await streams.#stored.create();
    await streams.#load();
    return streams;
  }

  close(): void {
    this.#connection.closeSync();
  }

  async create(table: TableResource, type: StreamType): Promise<WriteStream> {
    const { project, dataset, table: id } = table;
    const stream: WriteStream = {
      name: `projects/${project}/datasets/${dataset}/tables/${id}/streams/${randomBytes(16).toString('base64url')}`,
      ...{ type, project, dataset, table: id, tableCreated: createdOf(table) },
      createdMicros: Number(this.#engine.nowMicros()),
      ...{ rows: 0, flushed: 0, finalized: false },
    };
    await this.#writing(() => this.#save(stream));
    this.#streams.set(stream.name, stream);
    return stream;
  }

  find(name: string): { stream: WriteStream; table: TableResource } {
    const stream = this.#streams.get(name);
    const table = stream && this.#engine.metadata.table(stream.project, stream.dataset, stream.table);
    if (!stream || !table || createdOf(table) !== stream.tableCreated)
      throw new StorageError('NOT_FOUND', 'STREAM_NOT_FOUND', 'Requested stream was not found.', name);
    return { stream, table };
  }

  /** The errors of its rows, or the offset at which they stand. */
  async append(
    stream: WriteStream,
    table: TableResource,
    arrival: Arrival,
    offset: number | undefined,
  ): Promise<{ errors: RowError[]; offset: number }> {
    checkAppend(stream, offset);
    const count = arrival.ranges.length / 2;
    const defaults = await this.#inflow.defaults(table, arrival);
    // Another connection may have been quicker meanwhile.
    checkAppend(stream, offset);
    const first = stream.rows;
    if (stream.type === 'COMMITTED') {
      const { errors, wait } = this.#inflow.add(
        table,
        { ...arrival, stream: { name: stream.name, offset: first } },
        defaults,
      );
      if (errors.length === 0) stream.rows += count;
      if (wait) await wait;
      return { errors, offset: first };
    }
    const scratch = new Slab(widthsOf(table), count);
    const errors = arrival.decoder.decode(arrival, scratch, { low: 0, high: 0 }, defaults);
    if (errors.length > 0) return { errors, offset: first };
    stream.rows += count;
    try {
      await this.#writing(() => this.#stored.put(stream.name, first, table, arrival));
    } catch (error) {
      if (stream.rows === first + count) stream.rows = first;
      throw error;
    }
    return { errors, offset: first };
  }

  async finalize(name: string): Promise<number> {
    const { stream } = this.find(name);
    await this.#writing(() => atomically(this.#connection, () => this.#save({ ...stream, finalized: true })));
    stream.finalized = true;
    return stream.rows;
  }

  async flush(name: string, offset: number): Promise<void> {
    const { stream, table } = this.find(name);
    const flushed = checkFlush(stream, offset);
    const part = { stream: name, from: stream.flushed, to: flushed };
    await this.#writing(() =>
      this.#stored.release(table, [part], this.#engine.nowMicros(), () => this.#save({ ...stream, flushed })),
    );
    stream.flushed = flushed;
  }

  /** All of them in one moment, or none. */
  async commit(
    table: TableResource,
    names: readonly string[],
  ): Promise<{ micros?: number; errors: StorageError[] }> {
    const errors: StorageError[] = [];
    const streams: WriteStream[] = [];
    for (const name of names)
      try {
        const found = this.find(name);
        if (found.table !== table)
          throw new ServiceError(
            'INVALID_ARGUMENT',
            `All streams must belong to the parent table. Entity: ${name}`,
          );
        const fault = commitFault(found.stream);
        if (fault) errors.push(fault);
        else streams.push(found.stream);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        errors.push(error);
      }
    if (errors.length > 0) return { errors };
    let committedMicros = 0;
    await this.#writing(() => {
      // Not before it is our turn: what a statement did until then was without these rows.
      const micros = this.#engine.nowMicros();
      committedMicros = Number(micros);
      const parts = streams.map(({ name, rows }) => ({ stream: name, from: 0, to: rows }));
      return this.#stored.release(table, parts, micros, async () => {
        for (const stream of streams) await this.#save({ ...stream, committedMicros });
      });
    });
    for (const stream of streams) stream.committedMicros = committedMicros;
    return { micros: committedMicros, errors };
  }

  async #save(stream: WriteStream): Promise<void> {
    await this.#connection.run(`DELETE FROM _emulator.write_streams WHERE name = ${text(stream.name)}`);
    await this.#connection.run(
      `INSERT INTO _emulator.write_streams VALUES (${text(stream.name)}, ${text(JSON.stringify(stream))}, ${stream.rows})`,
    );
  }

  async #load(): Promise<void> {
    const lengths = await this.#stored.lengths();
    const reader = await this.#connection.runAndReadAll(
      'SELECT name, body, rows FROM _emulator.write_streams',
    );
    for (const [name, body, rows] of reader.getRows()) {
      const stream = JSON.parse(String(body)) as WriteStream;
      stream.rows = Math.max(stream.rows, Number(rows), lengths.get(String(name)) ?? 0);
      this.#streams.set(String(name), stream);
    }
    for (const [name, stream] of this.#streams)
      try {
        this.find(name);
      } catch {
        this.#streams.delete(stream.name);
        await this.#stored.forget(name);
        await this.#connection.run(`DELETE FROM _emulator.write_streams WHERE name = ${text(name)}`);
      }
  }

  async #writing(use: () => Promise<void>): Promise<void> {
    const release = await this.#engine.database.turn();
    try {
      await use();
    } finally {
      release();
    }
  }
}
