import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { macros } from '../sql/catalogue/index.ts';
import { text } from '../sql/types.ts';
import { registerNatives } from './native-functions.ts';
import { boundsTable } from './past-text.ts';
import { type Turn, Turns } from './turns.ts';

export interface DatabaseOptions {
  /** Without a file everything is in memory. */
  readonly file?: string;
  readonly memoryLimit: string;
  /** The one folder whose files may be opened, for what load and extract jobs carry. */
  readonly staging?: string;
}

/**
 * A checkpoint compresses all that came since the last one, and costs more than bringing it in. In memory DuckDB makes
 * one at every commit beyond its threshold, of which nothing is to be read later: 41,000 wide rows then took a second
 * instead of a tenth of it, and up to eight once the memory limit was near, while everybody else who writes, or asks
 * for what is being written, waits. So there no commit reaches it, and Compaction makes one for who reads. With a file
 * the log that is read at a start grows up to this.
 */
const inMemoryCheckpoint = '4GB';
const fileCheckpoint = '128MB';

/**
 * DuckDB in this process. Reads run side by side, each on a connection of its own; everything that changes something
 * waits its turn in one queue, since DuckDB refuses the second of two writers that meet on a row instead of letting
 * it wait.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];
  readonly #turns = new Turns();

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(options: DatabaseOptions): Promise<Database> {
    if (options.file !== undefined) await bringLogIn(options.file, options.memoryLimit);
    const instance = await DuckDBInstance.create(options.file ?? ':memory:', {
      memory_limit: options.memoryLimit,
      threads: '1',
      checkpoint_threshold: options.file === undefined ? inMemoryCheckpoint : fileCheckpoint,
      // Else what does not fit into memory goes to a folder beside whoever started this process.
      ...(options.staging !== undefined && { temp_directory: join(options.staging, 'spilled') }),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await teach(connection);
    await connection.run("ATTACH ':memory:' AS history");
    // What was replaced is kept for as long as this process lives; a file may still hold that of the one before.
    await connection.run('DROP SCHEMA IF EXISTS _past CASCADE');
    await connection.run('CREATE SCHEMA _past');
    await connection.run(`CREATE TABLE ${boundsTable} (id BIGINT, since BIGINT, changes BIGINT)`);
    if (options.staging !== undefined)
      await connection.run(`SET allowed_directories = [${text(options.staging)}]`);
    // No statement may reach files or the network, nor undo these settings.
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    const database = new Database(instance);
    database.#idle.push(connection);
    return database;
  }

  connect(): Promise<DuckDBConnection> {
    return this.#instance.connect();
  }

  async read<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = this.#idle.pop() ?? (await this.connect());
    try {
      return await use(connection);
    } finally {
      this.#idle.push(connection);
    }
  }

  /** Waits for its turn to write; the turn ends when `release` is called. */
  turn(): Promise<() => void> {
    return this.#turns.take().come;
  }

  /** The same for what nobody waits for, as long as nobody does. */
  patientTurn(): Turn {
    return this.#turns.take(true);
  }

  async write<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const release = await this.turn();
    try {
      return await this.read(use);
    } finally {
      release();
    }
  }

  /** Several statements as one: all or none. */
  transaction<T>(use: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    return this.write((connection) => atomically(connection, () => use(connection)));
  }

  async close(): Promise<void> {
    await this.#turns.over();
    for (const connection of this.#idle) connection.closeSync();
    this.#instance.closeSync();
  }
}

async function teach(connection: DuckDBConnection): Promise<void> {
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  registerNatives(connection);
  for (const macro of macros) if (macro) await connection.run(`CREATE OR REPLACE MACRO ${macro}`);
}

/**
 * What was committed but not yet in the file when the process before was killed. DuckDB reads it while a database opens,
 * when it finds no function, and then fails for good at a change of a table's columns if one has a default, as every
 * array has, or at a change of a type that calls a function of ours. As a second database it reads the same without
 * fault.
 */
async function bringLogIn(file: string, memoryLimit: string): Promise<void> {
  if (!existsSync(`${file}.wal`)) return;
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: memoryLimit, threads: '1' });
  try {
    const connection = await instance.connect();
    await teach(connection);
    await connection.run(`ATTACH ${text(file)} AS left_behind`);
    await connection.run('CHECKPOINT left_behind');
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}

export async function atomically<T>(connection: DuckDBConnection, use: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN');
  try {
    const result = await use();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
}
