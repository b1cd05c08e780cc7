import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { TableName } from '../engine/definitions.ts';
import type { Engine } from '../engine/engine.ts';
import type { Place } from '../engine/metadata.ts';
import type { Staging } from '../engine/staging.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import type { Analysis, Names } from '../sql/analyze/context.ts';
import type { SqlRoutine, TableInfo } from '../sql/analyze/relation.ts';
import type { TypeSyntax } from '../sql/parse/syntax.ts';
import { notServed, SqlError } from '../sql/sql-error.ts';
import { limited } from '../sql/type-parameters.ts';
import { coerce, type Typed } from '../sql/typed.ts';
import { arrayOf, duckType, INT64, quoted, STRING, type Type, text } from '../sql/types.ts';
import { type NamedColumn, selectNamed } from './named-columns.ts';
import type { Objects } from './objects.ts';

export interface ResultSet {
  readonly columns: readonly { name: string; type: Type; mode?: string }[];
  readonly rows: readonly (readonly DuckDBValue[])[];
}
export interface Outcome {
  readonly statementType: string;
  readonly result?: ResultSet;
  readonly affected?: DmlCounts;
  /** What kinds of job other than queries tell about themselves. */
  readonly statistics?: Readonly<Record<string, unknown>>;
  /** What the statement was about, and what it did to it. */
  readonly target?: Target;
  /** What the tables that were read count for. */
  readonly bytes?: number;
  readonly referenced?: readonly TableName[];
  /** What went wrong without stopping the job. */
  readonly warnings?: readonly { reason: string; location?: string; message: string }[];
}
export interface Target {
  readonly table?: TableName;
  readonly routine?: TableName;
  readonly operation?: string;
}
export interface DmlCounts {
  readonly total: number;
  readonly inserted?: number;
  readonly deleted?: number;
  readonly updated?: number;
}

/** A statement that a script ran, as a job of its own. */
export interface Step {
  readonly text: string;
  readonly startedAt: number;
  readonly outcome?: Outcome;
  readonly error?: SqlError;
}

/** An error of a script, as @@error tells of it. */
export interface Failure {
  readonly error: SqlError;
  readonly message: string;
  readonly statement: string;
  /** The statement that failed, and those that called the procedure it stands in. */
  readonly stack: StackFrame[];
}
export interface StackFrame {
  readonly line: number;
  readonly column: number;
  /** The procedure it stands in. */
  readonly location: string | undefined;
}

export interface Variable {
  readonly slot: string;
  readonly type: Type;
  /** Its type with parameters, which hold for whatever it is set to. */
  readonly limit?: TypeSyntax | undefined;
}

/** The variables of a session or of one procedure call: a name leads to a DuckDB variable of a known type. */
export class Frame {
  readonly #blocks: Map<string, Variable>[] = [new Map()];

  find(name: string): Variable | undefined {
    return this.#blocks.findLast((b) => b.has(name.toLowerCase()))?.get(name.toLowerCase());
  }
  declare(name: string, variable: Variable): void {
    if (this.find(name)) throw new SqlError(`Variable '${name}' redeclaration is not allowed`);
    this.#blocks.at(-1)?.set(name.toLowerCase(), variable);
  }
  async inBlock<T>(use: () => Promise<T>): Promise<T> {
    this.#blocks.push(new Map());
    try {
      return await use();
    } finally {
      this.#blocks.pop();
    }
  }
}

export type Parameters = ReadonlyMap<string | number, Typed>;
/** Where a statement stands: the text its positions count in, the names it sees. */
export interface Setting {
  readonly text: string;
  readonly place: Place;
  readonly parameters: Parameters;
  readonly frame: Frame;
  /** The procedure whose body the text is. */
  readonly routine?: string;
}

/** What a statement that defines something needs around it. */
export interface Work {
  readonly session: Session;
  readonly setting: Pick<Setting, 'place' | 'text'>;
  readonly a: Analysis;
}

/** Where a statement's files come from and go to. */
export interface Outside {
  readonly staging: Staging;
  readonly objects: Objects;
}

/**
 * What a job's statements share: connection, variables, temporary tables, transaction. One with an id is shared by
 * several jobs, one after the other.
 */
export class Session {
  readonly engine: Engine;
  readonly connection: DuckDBConnection;
  readonly outside: Outside;
  readonly temporary = new Map<string, TableInfo>();
  readonly functions = new Map<string, SqlRoutine>();
  /** Where it outlives the job that began it. */
  readonly id: string | undefined;
  /** Ends a session, this one or another. */
  readonly abortSession: (id: string) => Promise<void>;
  readonly frame = new Frame();
  cancelled = false;
  /** Told of every statement that a script has run. */
  onStep: ((step: Step) => void) | undefined;
  /** A temporary table that keeps the answer for the job's destination. */
  keepResultIn: string | undefined;
  /** The name of the zone that times without one stand in; UTC where there is none. */
  timeZone: string | undefined;
  rowCount = 0;
  /** What went wrong, while its handler runs. */
  handled: Failure | undefined;
  #slots = 0;
  #release: (() => void) | undefined;

  constructor(
    engine: Engine,
    connection: DuckDBConnection,
    outside: Outside,
    abortSession: (id: string) => Promise<void>,
    id?: string,
  ) {
    this.engine = engine;
    this.connection = connection;
    this.outside = outside;
    this.abortSession = abortSession;
    this.id = id;
  }

  /** Forgets what only the job before was to know. */
  reset(): void {
    this.cancelled = false;
    this.onStep = undefined;
    this.keepResultIn = undefined;
    this.rowCount = 0;
  }

  analysis(place: Place, parameters: ReadonlyMap<string | number, Typed>, frame?: Frame): Analysis {
    const variables = (name: string): Typed | undefined => {
      if (name.startsWith('@@')) return this.#system(name, place);
      const found = frame?.find(name);
      return (
        found && {
          sql: `CAST(getvariable(${text(found.slot)}) AS ${duckType(found.type)})`,
          type: found.type,
        }
      );
    };
    return analysisOf({
      names: this.#names(place),
      parameters,
      variables,
      nowMicros: this.engine.nowMicros(),
      timeZone: this.timeZone,
    });
  }

  /** Whether the zone of whoever reads a view holds inside of it is not known. */
  #names(place: Place): Names {
    const names = this.engine.names(place, this.temporary, this.functions);
    if (this.timeZone === undefined) return names;
    const table = (path: readonly string[], at?: number): TableInfo => {
      const found = names.table(path, at);
      if (found.view !== undefined) throw notServed('Reading a view in another time zone than UTC', at);
      return found;
    };
    return { ...names, table };
  }

  #system(name: string, place: Place): Typed | undefined {
    if (name === '@@row_count') return { sql: `CAST(${this.rowCount} AS BIGINT)`, type: INT64 };
    if (name === '@@error.stack_trace') return stackTrace(this.handled?.stack ?? []);
    const texts = new Map<string, string | undefined>([
      ['@@error.message', this.handled?.message],
      ['@@error.formatted_stack_trace', this.handled?.stack.map(frameText).join('\n')],
      ['@@error.statement_text', this.handled?.statement],
      ['@@project_id', place.project],
      ['@@dataset_project_id', place.project],
      ['@@dataset_id', place.dataset],
      ['@@session_id', this.id],
      ['@@time_zone', this.timeZone ?? 'UTC'],
    ]);
    if (!texts.has(name)) return undefined;
    const value = texts.get(name);
    return { sql: value === undefined ? 'CAST(NULL AS VARCHAR)' : text(value), type: STRING };
  }

  /** Rows acknowledged before now are in their tables afterwards; inside a transaction the snapshot is already taken. */
  async settle(analysis: Analysis, ...more: string[]): Promise<void> {
    if (this.cancelled) throw new SqlError('Job execution was cancelled', undefined, 'stopped');
    if (!this.#release) await this.engine.inflow.settle([...analysis.reads.keys(), ...more]);
  }

  async select(sql: string, columns: readonly NamedColumn[]): Promise<ResultSet> {
    const kept = this.keepResultIn && quoted(this.keepResultIn);
    if (kept !== undefined)
      await this.connection.run(`CREATE OR REPLACE TEMP TABLE ${kept} AS ${selectNamed(sql, columns)}`);
    const reader = await this.connection.runAndReadAll(kept === undefined ? sql : `FROM temp.${kept}`);
    return { columns, rows: reader.getRows() };
  }

  /** Runs in the writers' queue, unless this session is there already. */
  async writing<T>(use: () => Promise<T>): Promise<T> {
    if (this.#release) return use();
    const release = await this.engine.database.turn();
    try {
      return await use();
    } finally {
      release();
    }
  }
  get inTransaction(): boolean {
    return this.#release !== undefined;
  }
  async begin(): Promise<void> {
    if (this.#release)
      throw new SqlError('Transaction control statements are not supported inside another transaction');
    await this.engine.inflow.settle([]);
    const release = await this.engine.database.turn();
    await this.connection.run('BEGIN');
    this.#release = release;
  }
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    if (!this.#release) throw new SqlError(`There is no active transaction to ${how.toLowerCase()}`);
    const release = this.#release;
    this.#release = undefined;
    try {
      await this.connection.run(how);
    } finally {
      release();
    }
  }
  async close(): Promise<void> {
    if (this.#release) await this.end('ROLLBACK');
    this.connection.closeSync();
  }

  async declare(frame: Frame, name: string, type: Type, value: Typed, limit?: TypeSyntax): Promise<void> {
    const variable = { slot: `v${++this.#slots}`, type, limit };
    await this.assign(variable, value);
    frame.declare(name, variable);
  }
  async assign({ slot, type, limit }: Variable, value: Typed, at?: number): Promise<void> {
    const coerced = coerce(value, type, at);
    const { sql } = limit ? limited(coerced, limit) : coerced;
    await this.connection.run(`SET VARIABLE ${quoted(slot)} = (${sql})`);
  }
}

const frameText = ({ line, column, location = '' }: StackFrame): string =>
  `At ${location}[${line}:${column}]`;

function stackTrace(stack: readonly StackFrame[]): Typed {
  const type = arrayOf({
    kind: 'STRUCT',
    fields: [
      { name: 'line', type: INT64 },
      { name: 'column', type: INT64 },
      { name: 'filename', type: STRING },
      { name: 'location', type: STRING },
    ],
  });
  const rows = stack.map(
    ({ line, column, location }) =>
      `{'line': ${line}, 'column': ${column}, 'filename': NULL, 'location': ${location === undefined ? 'NULL' : text(location)}}`,
  );
  return { sql: `CAST([${rows.join(', ')}] AS ${duckType(type)})`, type };
}
