import { BIGINT, type DuckDBConnection, LIST, listValue } from '@duckdb/node-api';
import type { TracesTo } from '../engine/history.ts';
import type { TableResource } from '../engine/metadata.ts';
import { cameColumn, rowsColumn, spanColumn, untilColumn } from '../engine/row-times.ts';
import { quoted } from '../sql/types.ts';
import type { Layout } from './layout.ts';

const came = quoted(cameColumn);

/** Rows that came together. */
export interface Arrived {
  readonly micros: bigint;
  rows: number;
}

export const sameKey = (keys: readonly string[], a: string, b: string): string =>
  keys.map((k) => `${a}.${k} = ${b}.${k}`).join(' AND ');

/** Beside rows that were added to so many: how many there were when. */
export async function markArrivals(
  connection: DuckDBConnection,
  { into, span, after }: TracesTo,
  stored: number,
  arrivals: readonly Arrived[],
): Promise<number> {
  let rows = BigInt(stored);
  const counts = arrivals.map((arrived) => {
    rows += BigInt(arrived.rows);
    return rows;
  });
  const first = after === undefined ? `TIMESTAMPTZ '-infinity'` : `make_timestamptz(${after})`;
  // A mark for each append, of which there may be thousands: parsing a thousand of them as text took 40 ms.
  await connection.run(
    `INSERT INTO ${into} (${came}, ${quoted(rowsColumn)}, ${quoted(spanColumn)})
      SELECT ${first}, ${stored}, ${span} UNION ALL SELECT make_timestamptz(m), r, ${span} FROM (SELECT unnest($1) AS m, unnest($2) AS r)`,
    [listValue(arrivals.map(({ micros }) => micros)), listValue(counts)],
    [LIST(BIGINT), LIST(BIGINT)],
  );
  return counts.length + 1;
}

/**
 * Before a merge: keeps what it will replace, with the time until which each row stood. That is the table's own rows,
 * and of several changes to one key those that won when they came and lost to one that came later. Gives how many.
 * `isOlder` tells of a staged row whether its key was deleted by a newer change.
 */
export async function keepReplaced(
  connection: DuckDBConnection,
  table: TableResource,
  { names }: Layout,
  keys: readonly string[],
  { into, span }: TracesTo,
  isOlder: (staged: string) => string,
): Promise<number> {
  // By the numbers of the rows, so that only the part of the table is read as a whole that they lie in.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_touched" AS SELECT t.rowid AS "_row" FROM ${table.sql} AS t SEMI JOIN temp."_winners" AS w ON (${sameKey(keys, 't', 'w')})`,
  );
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_standing" AS SELECT t.* FROM temp."_touched" AS i JOIN ${table.sql} AS t ON t.rowid = i."_row"`,
  );
  const columns = names.map(quoted).join(', ');
  const sequence = `coalesce(s."_change_sequence", '')`;
  const ofKey = `PARTITION BY ${keys.join(', ')} ORDER BY "_arrival"`;
  const kept = await connection.run(
    `INSERT INTO ${into} BY NAME
      WITH won AS (SELECT s.* FROM temp."_stage" AS s LEFT JOIN temp."_standing" AS b ON (${sameKey(keys, 's', 'b')})
        WHERE ${sequence} >= coalesce(b."_change_sequence", '') AND NOT ${isOlder('s')}
        QUALIFY ${sequence} >= max(${sequence}) OVER (PARTITION BY ${keys.map((k) => `s.${k}`).join(', ')} ORDER BY s."_arrival" ROWS UNBOUNDED PRECEDING)),
      stood AS (SELECT ${columns}, false AS "_delete", -2 AS "_arrival" FROM temp."_standing"
        UNION ALL SELECT ${columns}, "_delete", "_arrival" FROM won)
      SELECT ${columns}, lead(${came}) OVER (${ofKey}) AS ${quoted(untilColumn)}, ${span} AS ${quoted(spanColumn)}
      FROM stood QUALIFY lead(${came}) OVER (${ofKey}) IS NOT NULL AND NOT "_delete"`,
  );
  return kept.rowsChanged;
}
