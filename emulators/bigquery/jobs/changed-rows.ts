import type { DuckDBConnection } from '@duckdb/node-api';
import type { DmlCounts } from './session.ts';

type Kind = 'insert' | 'delete' | 'update' | 'merge' | 'truncate';

/** Runs a statement that changes rows, and tells how many it inserted, updated and deleted. */
export async function changed(connection: DuckDBConnection, kind: Kind, sql: string): Promise<DmlCounts> {
  if (kind === 'merge') return merged(connection, sql);
  const total = (await connection.run(sql)).rowsChanged;
  if (kind === 'insert') return { total, inserted: total };
  return kind === 'update' ? { total, updated: total } : { total, deleted: total };
}

/** Only a MERGE does several things at once: each row says which was done to it. */
async function merged(connection: DuckDBConnection, sql: string): Promise<DmlCounts> {
  const counts = { INSERT: 0, UPDATE: 0, DELETE: 0 };
  const result = await connection.stream(`${sql} RETURNING merge_action`);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    for (const action of chunk.getColumnValues(0)) counts[action as keyof typeof counts] += 1;
  }
  const { INSERT: inserted, UPDATE: updated, DELETE: deleted } = counts;
  return { total: inserted + updated + deleted, inserted, updated, deleted };
}
