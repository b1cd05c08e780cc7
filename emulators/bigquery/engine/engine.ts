import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock } from '../../frame/index.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import type { Names } from '../sql/analyze/context.ts';
import type { ColumnInfo, SqlRoutine, TableInfo } from '../sql/analyze/relation.ts';
import { parseScript } from '../sql/parse/script.ts';
import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import type { Database } from './database.ts';
import { notFound } from './errors.ts';
import { History } from './history.ts';
import { informationSchema, type JobFacts } from './information-schema/index.ts';
import type { Metadata, Place, TableBody, TableResource } from './metadata.ts';
import { isByArrival, partitionColumn } from './partitions.ts';
import { sqlRoutine } from './routines.ts';

/** Rows acknowledged but not yet in their table; a query waits until those it would read are. */
export interface Inflow {
  settle(tables: readonly string[]): Promise<void>;
  forget(table: string): void;
  /** A statement is about to change rows of it; told while it holds the turn to write. */
  changing(table: string): void;
  /** True while changes by key may still be coming for it, as far as the service would know. */
  isChangedByKey(table: string): boolean;
  /** Rows are on their way into it. */
  waits(table: string): boolean;
}

/** The database, what is known about it, and what is on its way into it. */
export class Engine {
  readonly database: Database;
  readonly metadata: Metadata;
  readonly clock: Clock;
  inflow: Inflow = {
    settle: async () => {},
    forget: () => {},
    changing: () => {},
    isChangedByKey: () => false,
    waits: () => false,
  };

  /** What INFORMATION_SCHEMA.JOBS tells; whoever keeps the jobs sets it. */
  jobHistory: (project: string) => readonly JobFacts[] = () => [];

  readonly history: History;
  readonly #changes = new Map<string, number>();

  constructor(database: Database, metadata: Metadata, clock: Clock) {
    this.database = database;
    this.metadata = metadata;
    this.clock = clock;
    this.history = new History(
      () => this.nowMicros(),
      (table) => this.inflow.waits(table),
    );
  }

  /** To be called in the writers' turn before rows of a stored table change by anything but the inflow. */
  async tableChanging(
    connection: DuckDBConnection,
    table: { project: string; dataset: string; table: string },
    inTransaction = false,
  ): Promise<void> {
    const found = this.metadata.table(table.project, table.dataset, table.table);
    if (found?.body.type !== 'TABLE') return;
    this.inflow.changing(found.sql);
    this.#changed(found.sql);
    if (inTransaction) await this.history.gap(connection, found);
    else await this.history.changing(connection, found);
  }

  /** The same before its columns change. Its rows stay what they are, but a copy could not be read as they will be. */
  async columnsChanging(connection: DuckDBConnection, table: TableResource): Promise<void> {
    if (table.body.type === 'TABLE') await this.history.gap(connection, table);
  }

  /** How often its rows changed by anything but the inflow. */
  changesOf(table: string): number {
    return this.#changes.get(table) ?? 0;
  }

  nowMicros(): bigint {
    return BigInt(Math.floor(this.clock.now() * 1000));
  }
  tableReplaced(sql: string): void {
    this.inflow.forget(sql);
    this.#changed(sql);
  }

  #changed(sql: string): void {
    this.#changes.set(sql, this.changesOf(sql) + 1);
  }

  locate(
    path: readonly string[],
    place: Place,
    at?: number,
  ): { project: string; dataset: string; table: string } {
    const [a, b, c] = path;
    if (path.length === 3) return { project: a ?? '', dataset: b ?? '', table: c ?? '' };
    if (path.length === 2) return { project: place.project, dataset: a ?? '', table: b ?? '' };
    if (path.length === 1 && place.dataset !== undefined)
      return { project: place.project, dataset: place.dataset, table: a ?? '' };
    if (path.length === 1)
      throw new SqlError(`Table "${a}" must be qualified with a dataset (e.g. dataset.table).`, at);
    throw new SqlError(`Invalid table name: ${path.join('.')}`, at);
  }

  findTable(path: readonly string[], place: Place, at?: number): TableResource {
    const { project, dataset, table } = this.locate(path, place, at);
    if (table.endsWith('*')) throw new SqlError('A wildcard table is not supported by the emulator', at);
    if (table.includes('$')) throw new SqlError('A partition decorator is not supported by the emulator', at);
    const found = this.metadata.table(project, dataset, table);
    if (found) return found;
    const parent = this.metadata.dataset(project, dataset);
    const where = `was not found in location ${parent?.body.location ?? 'US'}`;
    if (!parent) throw notFound('Dataset', `${project}:${dataset} ${where}`);
    throw notFound('Table', `${project}:${dataset}.${table} ${where}`);
  }

  names(
    place: Place,
    temporary?: ReadonlyMap<string, TableInfo>,
    functions?: ReadonlyMap<string, SqlRoutine>,
  ): Names {
    return {
      wildcard: (path, at) => this.#wildcard(path, place, at),
      routine: (path) =>
        (path.length === 1 ? functions?.get((path[0] ?? '').toLowerCase()) : undefined) ??
        this.#routine(path, place),
      table: (path, at) =>
        (path.length === 1 || /^_SESSION$/i.test(path[0] ?? '')
          ? temporary?.get((path.at(-1) ?? '').toLowerCase())
          : undefined) ?? this.#info(this.findTable(path, place, at), []),
      informationSchema: (path, at) =>
        informationSchema(
          { metadata: this.metadata, jobs: this.jobHistory, info: (t) => this.#info(t, []) },
          path,
          place,
          at,
        ),
    };
  }

  #wildcard(path: readonly string[], place: Place, at: number): TableInfo[] {
    const { project, dataset, table } = this.locate(path, place, at);
    const prefix = table.slice(0, -1);
    const found = this.metadata
      .tables(project, dataset)
      .filter((t) => t.body.type === 'TABLE' && t.table.startsWith(prefix));
    if (found.length === 0)
      throw new SqlError(`${project}:${dataset}.${table} does not match any table.`, at);
    const madeAt = (t: TableResource): number => Number(t.body.creationTime ?? 0);
    return found.sort((a, b) => madeAt(a) - madeAt(b)).map((t) => this.#info(t, []));
  }

  #routine(path: readonly string[], place: Place): SqlRoutine | undefined {
    if (path.length > 3 || (path.length === 1 && place.dataset === undefined)) return undefined;
    const { project, dataset, table } = this.locate(path, place);
    const found = this.metadata.routine(project, dataset, table);
    return found && sqlRoutine(found);
  }

  #info(t: TableResource, within: readonly string[]): TableInfo {
    const base = { project: t.project, dataset: t.dataset, table: t.table };
    const filter = requiredFilter(t.body);
    if (t.body.type === 'TABLE')
      return {
        ...base,
        columns: t.columns,
        sql: t.sql,
        past: (columns, time, now) => this.history.text(t, columns, time, now),
        ...(t.body.snapshotDefinition !== undefined && { readOnly: 'SNAPSHOT' }),
        ...(filter !== undefined && { requiredFilter: filter }),
        ...(isByArrival(t.body) && { byArrival: true }),
      };
    if (within.includes(t.sql))
      throw new SqlError(`View ${t.project}:${t.dataset}.${t.table} refers to itself`);
    return this.#view(t, [...within, t.sql]);
  }

  /** A view is its query, analysed anew at each use with only its own names in sight. */
  #view(t: TableResource, within: readonly string[]): TableInfo {
    const text = (t.body.view ?? t.body.materializedView)?.query ?? '';
    const [statement] = parseScript(text);
    if (statement?.kind !== 'select') throw new SqlError('A view is made of one SELECT');
    const place = { project: t.project };
    const names: Names = {
      ...this.names(place),
      table: (path, at) => this.#info(this.findTable(path, place, at), within),
    };
    const analysis = analysisOf({
      names,
      parameters: new Map(),
      variables: () => undefined,
      nowMicros: this.nowMicros(),
    });
    const relation = analysis.statement(statement.query);
    const columns = relation.columns.map(
      (c, i): ColumnInfo => ({
        name: t.body.viewColumns?.[i] ?? c.name ?? c.as,
        type: c.type,
        mode: 'NULLABLE',
      }),
    );
    const list = relation.columns
      .map((c, i) => `${quoted(c.as)} AS ${quoted(columns[i]?.name ?? c.as)}`)
      .join(', ');
    return {
      project: t.project,
      dataset: t.dataset,
      table: t.table,
      columns,
      sql: t.body.viewColumns ? `SELECT ${list} FROM (${relation.sql}) AS q` : relation.sql,
      view: text,
      underlying: [...analysis.reads.values()],
    };
  }
}

export function requiredFilter(body: TableBody): string | undefined {
  if (!(body.requirePartitionFilter || body.timePartitioning?.requirePartitionFilter)) return undefined;
  return partitionColumn(body);
}
