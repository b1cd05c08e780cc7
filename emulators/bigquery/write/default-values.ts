import type { DuckDBConnection } from '@duckdb/node-api';
import type { Engine } from '../engine/engine.ts';
import type { TableResource } from '../engine/metadata.ts';
import { storedType } from '../engine/schema.ts';
import { defaultExpression } from '../rows/defaults.ts';
import type { Defaults } from './row-decoder.ts';

/** The columns' default expressions, worked out for each row by itself: a generated id must not be the same in two. */
export async function defaultValues(
  engine: Engine,
  connection: DuckDBConnection,
  table: TableResource,
  columns: readonly string[],
  rows: number,
): Promise<Defaults> {
  const chosen = columns.flatMap((name) => {
    const slot = table.columns.findIndex((c) => c.name.toLowerCase() === name.toLowerCase());
    const column = table.columns[slot];
    const field = table.body.schema.fields[slot];
    return column?.default === undefined || !field ? [] : [{ slot, column, field }];
  });
  if (chosen.length === 0 || rows === 0) return new Map();
  // In the form their column is stored in: the values go into its vector as they are.
  const list = chosen.map(
    ({ column, field }) =>
      `CAST(${defaultExpression(engine, table.project, column)} AS ${storedType(field)})`,
  );
  const reader = await connection.runAndReadAll(`SELECT ${list.join(', ')} FROM range(${rows})`);
  const values = reader.getColumns();
  return new Map(chosen.map(({ slot }, i) => [slot, values[i] ?? []]));
}

/** Of the columns a request leaves out, those that get their default. */
export function columnsWithDefault(
  table: TableResource,
  missing: ReadonlyMap<string, 'null' | 'default'>,
  otherwise: 'null' | 'default',
): string[] {
  return table.body.schema.fields
    .filter((f) => f.defaultValueExpression !== undefined)
    .map((f) => f.name)
    .filter((name) => (missing.get(name.toLowerCase()) ?? otherwise) === 'default');
}
