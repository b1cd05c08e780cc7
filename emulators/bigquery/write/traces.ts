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

/** The table that is changed, its columns as it has them, and where what is replaced goes. */
export interface Merged {
  readonly table: TableResource;
  readonly layout: Layout;
  readonly to: TracesTo | undefined;
}

/** Where changes stand on their way into a table. */
export interface Places {
  /** Those that win, `p`; and how the row of the table `t` is found that each may replace. */
  readonly placed: string;
  readonly found: string;
  /** All that came, where several may be of one key. */
  readonly staged: string;
  readonly keys: readonly string[];
  /** Tells of a staged row whether its key was deleted by a newer change. */
  readonly isOlder: (staged: string) => string;
}

/** Before rows are replaced: keeps them, with the time until which each stood. Gives how many. */
export async function keepReplaced(
  connection: DuckDBConnection,
  { table, layout, to }: Merged,
  { placed, found }: Places,
): Promise<number> {
  if (!to) return 0;
  const { into, span } = to;
  const columns = layout.names.map((name) => `t.${quoted(name)}`).join(', ');
  const kept = await connection.run(
    `INSERT INTO ${into} BY NAME SELECT ${columns}, p.${came} AS ${quoted(untilColumn)}, ${span} AS ${quoted(spanColumn)}
      FROM ${placed} AS p JOIN ${table.sql} AS t ON ${found} WHERE p."_change_sequence" >= coalesce(t."_change_sequence", '')`,
  );
  return kept.rowsChanged;
}

/**
 * As above: the table's own rows, and of several changes to one key those that won when they came and lost to one that
 * came later.
 */
export async function keepReplacedInTurn(
  connection: DuckDBConnection,
  { table, layout, to }: Merged,
  { placed, found, staged, keys, isOlder }: Places,
): Promise<number> {
  if (!to) return 0;
  const { into, span } = to;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE "_standing" AS SELECT t.* FROM ${placed} AS p JOIN ${table.sql} AS t ON ${found}`,
  );
  const columns = layout.names.map(quoted).join(', ');
  const ofKey = `PARTITION BY ${keys.join(', ')} ORDER BY "_arrival"`;
  const kept = await connection.run(
    `INSERT INTO ${into} BY NAME
      WITH won AS (SELECT s.* FROM ${staged} AS s LEFT JOIN temp."_standing" AS b ON (${sameKey(keys, 's', 'b')})
        WHERE s."_change_sequence" >= coalesce(b."_change_sequence", '') AND NOT ${isOlder('s')}
        QUALIFY s."_change_sequence" >= max(s."_change_sequence") OVER (PARTITION BY ${keys.map((k) => `s.${k}`).join(', ')} ORDER BY s."_arrival" ROWS UNBOUNDED PRECEDING)),
      stood AS (SELECT ${columns}, false AS "_delete", -2 AS "_arrival" FROM temp."_standing"
        UNION ALL SELECT ${columns}, "_delete", "_arrival" FROM won)
      SELECT ${columns}, lead(${came}) OVER (${ofKey}) AS ${quoted(untilColumn)}, ${span} AS ${quoted(spanColumn)}
      FROM stood QUALIFY lead(${came}) OVER (${ofKey}) IS NOT NULL AND NOT "_delete"`,
  );
  return kept.rowsChanged;
}
