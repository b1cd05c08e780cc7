import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnInfo } from '../sql/analyze/relation.ts';
import { quoted, text } from '../sql/types.ts';
import { checkLabels } from './labels.ts';
import { columnOf, type SchemaField } from './schema.ts';

/** Resources are kept as they go over REST; what the engine needs is derived from that. */
export interface DatasetResource {
  readonly id: string;
  readonly project: string;
  readonly dataset: string;
  readonly body: Body;
}
export interface TableResource {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
  readonly body: TableBody;
  readonly columns: readonly ColumnInfo[];
  /** How DuckDB calls it. */
  readonly sql: string;
}
export interface RoutineResource {
  readonly project: string;
  readonly dataset: string;
  readonly routine: string;
  readonly body: Body;
}
export type Body = Readonly<Record<string, unknown>>;
export interface TableBody extends Body {
  readonly type: 'TABLE' | 'VIEW' | 'MATERIALIZED_VIEW';
  readonly schema: { readonly fields: readonly SchemaField[] };
  readonly view?: { readonly query: string };
  readonly materializedView?: { readonly query: string };
  readonly snapshotDefinition?: {
    readonly baseTableReference: TableReference;
    readonly snapshotTime: string;
  };
  readonly cloneDefinition?: { readonly baseTableReference: TableReference; readonly cloneTime: string };
  /** Names that a view gives its columns, where they are not its query's. */
  readonly viewColumns?: readonly string[];
  readonly timePartitioning?: {
    readonly type?: string;
    readonly field?: string;
    readonly requirePartitionFilter?: boolean;
    readonly expirationMs?: string;
  };
  readonly requirePartitionFilter?: boolean;
  /** Of columns to come that say nothing of their own. */
  readonly defaultCollation?: string;
  readonly tableConstraints?: {
    readonly primaryKey?: { readonly columns: readonly string[] };
    readonly foreignKeys?: readonly ForeignKey[];
  };
}
export interface TableReference {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
}
export const tableReference = (t: { project: string; dataset: string; table: string }): TableReference => ({
  projectId: t.project,
  datasetId: t.dataset,
  tableId: t.table,
});
export interface ForeignKey {
  readonly name?: string;
  readonly referencedTable?: TableReference;
  readonly columnReferences?: readonly {
    readonly referencingColumn: string;
    readonly referencedColumn: string;
  }[];
}

/** Where unqualified names lead. */
export interface Place {
  readonly project: string;
  readonly dataset?: string;
}

type Kind = 'dataset' | 'table' | 'routine';
const key = (...parts: string[]): string => parts.join('\u0000');

export const schemaName = (project: string, dataset: string): string => quoted(`${project}.${dataset}`);

/** What exists, in memory for analysis and in one DuckDB table for the next start. */
export class Metadata {
  readonly #datasets = new Map<string, DatasetResource>();
  readonly #tables = new Map<string, TableResource>();
  readonly #routines = new Map<string, RoutineResource>();

  static async load(connection: DuckDBConnection): Promise<Metadata> {
    const metadata = new Metadata();
    await connection.run('CREATE SCHEMA IF NOT EXISTS _emulator');
    await connection.run(
      'CREATE TABLE IF NOT EXISTS _emulator.resources (kind VARCHAR, project VARCHAR, dataset VARCHAR, name VARCHAR, body VARCHAR)',
    );
    const rows = await connection.runAndReadAll(
      'SELECT kind, project, dataset, name, body FROM _emulator.resources',
    );
    for (const [kind, project, dataset, name, body] of rows.getRows() as string[][])
      metadata.#remember(
        kind as Kind,
        project ?? '',
        dataset ?? '',
        name ?? '',
        JSON.parse(body ?? '{}') as Body,
      );
    return metadata;
  }

  dataset(project: string, dataset: string): DatasetResource | undefined {
    return this.#datasets.get(key(project, dataset));
  }
  table(project: string, dataset: string, table: string): TableResource | undefined {
    return this.#tables.get(key(project, dataset, table));
  }
  routine(project: string, dataset: string, routine: string): RoutineResource | undefined {
    return this.#routines.get(key(project, dataset, routine));
  }
  datasets(project: string): DatasetResource[] {
    return [...this.#datasets.values()]
      .filter((d) => d.project === project)
      .sort((a, b) => (a.dataset < b.dataset ? -1 : 1));
  }
  tables(project: string, dataset: string): TableResource[] {
    return [...this.#tables.values()]
      .filter((t) => t.project === project && t.dataset === dataset)
      .sort((a, b) => (a.table < b.table ? -1 : 1));
  }
  projects(): string[] {
    return [...new Set([...this.#datasets.values()].map((d) => d.project))].sort();
  }
  allTables(): TableResource[] {
    return [...this.#tables.values()];
  }
  routines(project: string, dataset: string): RoutineResource[] {
    return [...this.#routines.values()]
      .filter((r) => r.project === project && r.dataset === dataset)
      .sort((a, b) => (a.routine < b.routine ? -1 : 1));
  }

  /** Call inside the transaction that makes the thing itself. */
  async put(
    connection: DuckDBConnection,
    kind: Kind,
    project: string,
    dataset: string,
    name: string,
    body: Body,
  ): Promise<void> {
    checkLabels(body.labels);
    await this.#erase(connection, kind, project, dataset, name);
    await connection.run(
      `INSERT INTO _emulator.resources VALUES (${[kind, project, dataset, name, JSON.stringify(body)].map(text).join(', ')})`,
    );
    this.#remember(kind, project, dataset, name, body);
  }
  async remove(
    connection: DuckDBConnection,
    kind: Kind,
    project: string,
    dataset: string,
    name: string,
  ): Promise<void> {
    await this.#erase(connection, kind, project, dataset, name);
    this.#mapOf(kind).delete(kind === 'dataset' ? key(project, dataset) : key(project, dataset, name));
  }

  async #erase(
    connection: DuckDBConnection,
    kind: Kind,
    project: string,
    dataset: string,
    name: string,
  ): Promise<void> {
    await connection.run(
      `DELETE FROM _emulator.resources WHERE kind = ${text(kind)} AND project = ${text(project)} AND dataset = ${text(dataset)} AND name = ${text(name)}`,
    );
  }
  #mapOf(kind: Kind): Map<string, unknown> {
    return kind === 'dataset' ? this.#datasets : kind === 'table' ? this.#tables : this.#routines;
  }
  #remember(kind: Kind, project: string, dataset: string, name: string, body: Body): void {
    if (kind === 'dataset')
      this.#datasets.set(key(project, dataset), { id: `${project}:${dataset}`, project, dataset, body });
    else if (kind === 'routine')
      this.#routines.set(key(project, dataset, name), { project, dataset, routine: name, body });
    else {
      const table = body as TableBody;
      const sql = `${schemaName(project, dataset)}.${quoted(name)}`;
      this.#tables.set(key(project, dataset, name), {
        project,
        dataset,
        table: name,
        body: table,
        sql,
        columns: table.schema.fields.map(columnOf),
      });
    }
  }
}
