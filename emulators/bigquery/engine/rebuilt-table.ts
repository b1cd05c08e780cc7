import type { DuckDBConnection } from '@duckdb/node-api';
import { quoted } from '../sql/types.ts';
import { schemaName, type TableResource } from './metadata.ts';

/** The rows in a table of other columns under the same name: DuckDB adds no check to a table that is there. */
export async function rebuild(
  connection: DuckDBConnection,
  { project, dataset, table, sql }: TableResource,
  columns: readonly string[],
): Promise<void> {
  const made = `${schemaName(project, dataset)}.${quoted(`${table}#new`)}`;
  await connection.run(`CREATE TABLE ${made} (${columns.join(', ')})`);
  const before = await connection.run(`SELECT * FROM ${sql} LIMIT 0`);
  const there = (await connection.run(`SELECT * FROM ${made} LIMIT 0`)).columnNames();
  // Those that no schema shows are not all of the definition.
  for (const [i, name] of before.columnNames().entries())
    if (!there.includes(name))
      await connection.run(`ALTER TABLE ${made} ADD COLUMN ${quoted(name)} ${before.columnType(i)}`);
  await connection.run(`INSERT INTO ${made} BY NAME SELECT * FROM ${sql}`);
  await connection.run(`DROP TABLE ${sql}`);
  await connection.run(`ALTER TABLE ${made} RENAME TO ${quoted(table)}`);
}
