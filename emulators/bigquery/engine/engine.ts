import type { Clock } from '../../frame/index.ts';
import { analysisOf } from '../sql/analyze/analysis.ts';
import type { Names } from '../sql/analyze/context.ts';
import type { ColumnInfo, TableInfo } from '../sql/analyze/relation.ts';
import { Scope } from '../sql/analyze/scope.ts';
import { parseScript } from '../sql/parse/script.ts';
import { SqlError } from '../sql/sql-error.ts';
import type { Database } from './database.ts';
import { notFound } from './errors.ts';
import { informationSchema } from './information-schema.ts';
import type { Metadata, Place, TableBody, TableResource } from './metadata.ts';

/** Rows acknowledged but not yet in their table; a query waits until those it would read are. */
export interface Inflow {
  settle(tables: readonly string[]): Promise<void>;
  forget(table: string): void;
}

/** The database, what is known about it, and what is on its way into it. */
export class Engine {
  readonly database: Database;
  readonly metadata: Metadata;
  readonly clock: Clock;
  inflow: Inflow = { settle: async () => {}, forget: () => {} };

  constructor(database: Database, metadata: Metadata, clock: Clock) {
    this.database = database;
    this.metadata = metadata;
    this.clock = clock;
  }

  nowMicros(): bigint {
    return BigInt(Math.floor(this.clock.now() * 1000));
  }
  tableReplaced(sql: string): void {
    this.inflow.forget(sql);
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
    if (!this.metadata.dataset(project, dataset)) throw notFound('Dataset', `${project}:${dataset}`);
    throw notFound('Table', `${project}:${dataset}.${table}`);
  }

  names(place: Place, temporary?: ReadonlyMap<string, TableInfo>): Names {
    return {
      table: (path, at) =>
        (path.length === 1 ? temporary?.get((path[0] ?? '').toLowerCase()) : undefined) ??
        this.#info(this.findTable(path, place, at), []),
      informationSchema: (path, at) => informationSchema(this.metadata, path, place, at),
    };
  }

  #info(t: TableResource, within: readonly string[]): TableInfo {
    const base = { project: t.project, dataset: t.dataset, table: t.table };
    const filter = requiredFilter(t.body);
    if (t.body.type === 'TABLE')
      return {
        ...base,
        columns: t.columns,
        sql: t.sql,
        ...(filter !== undefined && { requiredFilter: filter }),
      };
    if (within.includes(t.sql))
      throw new SqlError(`View ${t.project}:${t.dataset}.${t.table} refers to itself`);
    return this.#view(t, [...within, t.sql]);
  }

  /** A view is its query, analysed anew at each use with only its own names in sight. */
  #view(t: TableResource, within: readonly string[]): TableInfo {
    const text = t.body.view?.query ?? '';
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
    const relation = analysis.query(statement.query, new Scope());
    const columns = relation.columns.map(
      (c): ColumnInfo => ({ name: c.name ?? c.as, type: c.type, mode: 'NULLABLE' }),
    );
    return {
      project: t.project,
      dataset: t.dataset,
      table: t.table,
      columns,
      sql: relation.sql,
      view: text,
      underlying: [...analysis.reads.values()],
    };
  }
}

export function requiredFilter(body: TableBody): string | undefined {
  if (!(body.requirePartitionFilter || body.timePartitioning?.requirePartitionFilter)) return undefined;
  return body.timePartitioning?.field;
}
