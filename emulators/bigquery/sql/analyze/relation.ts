import type { Typed } from '../typed.ts';
import { quoted, type Type } from '../types.ts';

export interface ColumnInfo {
  readonly name: string;
  readonly type: Type;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  /** NUMERIC(p, s) is stored narrower than the NUMERIC that expressions compute with. */
  readonly narrow?: boolean;
  /** The text of the expression that stands where a row brings no value. */
  readonly default?: string;
}
export interface TableInfo {
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
  readonly columns: readonly ColumnInfo[];
  /** How DuckDB calls it. */
  readonly sql: string;
  readonly view?: string;
  /** What it is, where it takes no changes. */
  readonly readOnly?: string;
  /** The tables a view reads. */
  readonly underlying?: readonly TableInfo[];
  readonly requiredFilter?: string;
  /** These columns of its rows as they stood at a time; it and the time that is now are DuckDB's texts. */
  readonly past?: (columns: readonly string[], time: string, now: string) => string;
  /** Partitioned by when rows came: _PARTITIONTIME may be named. */
  readonly byArrival?: boolean;
}
export type SystemCell = string | number | null;
/** What the engine knows of itself: rows, or a query of DuckDB's over the tables it names. */
export interface SystemView {
  readonly columns: readonly { name: string; type: Type }[];
  readonly rows: readonly (readonly SystemCell[])[];
  readonly sql?: string;
  readonly reads?: readonly TableInfo[];
}

export interface Column {
  readonly name: string | undefined;
  readonly type: Type;
  readonly as: string;
  /** Kept through a derived column: such values may still change type. */
  readonly literal?: Exclude<Typed['literal'], 'error' | undefined>;
  readonly zone?: string | undefined;
  /** May be named and is not among `*`. */
  readonly pseudo?: boolean;
}
/** The column where its query stands in FROM under that name. */
export const columnValue = (c: Column, from: string): Typed => ({
  sql: `${from}.${quoted(c.as)}`,
  type: c.type,
  ...(c.literal && { literal: c.literal, zone: c.zone }),
});

/** A query as DuckDB text with its output columns; `value` marks SELECT AS STRUCT and AS VALUE. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly Column[];
  readonly value: boolean;
  /** Its values, where it is one row that reads nothing. */
  readonly row?: readonly Typed[];
}

/** A function written in SQL. An argument without a type is ANY TYPE. */
export interface SqlRoutine {
  readonly name: string;
  readonly kind: 'SCALAR_FUNCTION' | 'AGGREGATE_FUNCTION' | 'TABLE_VALUED_FUNCTION';
  /** `table`: one whose rows are such STRUCTs. */
  readonly arguments: readonly { readonly name: string; readonly type?: Type; readonly table?: boolean }[];
  readonly returns?: Type;
  readonly body: string;
}
