import type { DuckDBValue } from '@duckdb/node-api';
import type { SchemaField } from '../../engine/schema.ts';

export type Configuration = Readonly<Record<string, unknown>>;

/** A row that cannot be loaded, and why. */
export interface BadRow {
  readonly bad: string;
}
/** What a file turned out to hold. */
export interface Reading {
  readonly fields: readonly SchemaField[];
  readonly rows: AsyncIterable<readonly (DuckDBValue[] | BadRow)[]>;
}
export const isBad = (row: DuckDBValue[] | BadRow): row is BadRow => !Array.isArray(row);
