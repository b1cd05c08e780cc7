import type { DuckDBConnection } from '@duckdb/node-api';
import type { TableResource } from '../engine/metadata.ts';
import { arrivalColumn, isByArrival, unitOf } from '../engine/partitions.ts';
import { cameColumn } from '../engine/row-times.ts';
import { text } from '../sql/types.ts';
import type { Seen } from './handover.ts';
import { primaryKey } from './row-decoder.ts';
import type { Source } from './slab-chunks.ts';

/** A table's columns as they stand in DuckDB, which is not their order in the schema once some were added. */
export type Layout = Seen;

export async function layoutOf(connection: DuckDBConnection, table: TableResource): Promise<Layout> {
  const stored = await connection.run(`SELECT * FROM ${table.sql} LIMIT 0`);
  const arrived = isByArrival(table.body) ? await arrivalTime(connection, table) : 0n;
  const names = stored.columnNames();
  const sources = names.map((name): Source => {
    const place = table.columns.findIndex((c) => c.name.toLowerCase() === name.toLowerCase());
    if (place >= 0) return place;
    if (name === arrivalColumn && isByArrival(table.body)) return { micros: arrived };
    if (name === cameColumn) return 'came';
    return name === '_change_sequence' && primaryKey(table).length > 0 ? table.columns.length : 'nothing';
  });
  return { names, types: stored.columnTypes(), sources };
}

/** As the column's default, which an appender does not ask for. */
async function arrivalTime(connection: DuckDBConnection, table: TableResource): Promise<bigint> {
  const unit = text(unitOf(table.body).toLowerCase());
  const reader = await connection.runAndReadAll(`SELECT epoch_us(date_trunc(${unit}, now()))`);
  return reader.getRows()[0]?.[0] as bigint;
}
