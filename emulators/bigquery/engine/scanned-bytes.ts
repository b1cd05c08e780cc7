import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnInfo, TableInfo } from '../sql/analyze/relation.ts';
import { quoted } from '../sql/types.ts';
import type { Engine } from './engine.ts';
import { bytesOf } from './logical-bytes.ts';

export interface PrunedRead {
  readonly table: TableInfo;
  /** Only rows in partitions that the query can need. */
  readonly filter?: string;
}

/** Up to here columns are measured, beyond their first rows speak for the others. */
const measuredRows = 10_000;
interface Width {
  readonly rows: number;
  readonly bytes: number;
}
const widths = new WeakMap<Engine, Map<string, Width>>();

/** Which share of a table's rows is in partitions that a filter leaves. */
interface Share {
  readonly of: number;
  readonly changes: number;
  readonly until: number;
}
const shares = new WeakMap<Engine, Map<string, Share>>();
/**
 * To find it costs as much as many a query. While rows are streamed to the table it may be as old as makes that a
 * twentieth of the time; a statement's changes are seen at once.
 */
const shareOfTime = 20;
const mostKnown = 1_000;

/** What the columns that a statement names in a table count for: the service bills by column. */
export async function scannedBytes(
  engine: Engine,
  connection: DuckDBConnection,
  { table, filter }: PrunedRead,
  statement: string,
): Promise<number> {
  const used = usedColumns(table, statement);
  if (used.length === 0) return 0;
  return (await measured(engine, connection, table, used, filter)).bytes;
}

/** A whole table. */
export function storedSize(
  engine: Engine,
  connection: DuckDBConnection,
  table: { readonly sql: string; readonly columns: readonly ColumnInfo[] },
): Promise<{ rows: number; bytes: number }> {
  return measured(engine, connection, table, table.columns);
}

async function measured(
  engine: Engine,
  connection: DuckDBConnection,
  table: { readonly sql: string },
  used: readonly ColumnInfo[],
  filter?: string,
): Promise<{ rows: number; bytes: number }> {
  const where = filter === undefined ? '' : ` WHERE ${filter}`;
  const all = await single(connection, `SELECT count(*) FROM ${table.sql}`);
  const count =
    filter === undefined || all === 0 ? all : await countOf(engine, connection, table, filter, all);
  if (count === 0 || used.length === 0) return { rows: count, bytes: 0 };
  const size = used.map((c) => bytesOf(c.type, quoted(c.name))).join(' + ');
  const bytes =
    count <= measuredRows
      ? await single(connection, `SELECT sum(${size}) FROM ${table.sql}${where}`)
      : Math.round(count * (await widthOf(engine, connection, table, used, count)));
  return { rows: count, bytes };
}

async function countOf(
  engine: Engine,
  connection: DuckDBConnection,
  table: { readonly sql: string },
  filter: string,
  all: number,
): Promise<number> {
  const count = (): Promise<number> =>
    single(connection, `SELECT count(*) FROM ${table.sql} WHERE ${filter}`);
  if (all <= measuredRows) return count();
  const known = knownOf(shares, engine);
  const key = `${table.sql} ${filter}`;
  const changes = engine.changesOf(table.sql);
  const before = known.get(key);
  const begun = performance.now();
  if (before?.changes === changes && begun < before.until) return Math.round(all * before.of);
  const found = await count();
  const ended = performance.now();
  known.set(key, { of: found / all, changes, until: ended + (ended - begun) * shareOfTime });
  return found;
}

/** What is known of an engine's tables; all of it is found anew when it has become much. */
function knownOf<T>(all: WeakMap<Engine, Map<string, T>>, engine: Engine): Map<string, T> {
  const known = all.get(engine);
  if (known && known.size <= mostKnown) return known;
  const anew = new Map<string, T>();
  all.set(engine, anew);
  return anew;
}

async function widthOf(
  engine: Engine,
  connection: DuckDBConnection,
  table: { readonly sql: string },
  used: readonly ColumnInfo[],
  count: number,
): Promise<number> {
  const known = knownOf(widths, engine);
  const key = `${table.sql} ${used.map((c) => c.name).join()}`;
  const before = known.get(key);
  if (before && count < before.rows * 2 && count > before.rows / 2) return before.bytes;
  const size = used.map((c) => bytesOf(c.type, quoted(c.name))).join(' + ');
  const bytes = await single(
    connection,
    `SELECT avg(${size}) FROM (FROM ${table.sql} LIMIT ${measuredRows})`,
  );
  known.set(key, { rows: count, bytes });
  return bytes;
}

function usedColumns(table: TableInfo, statement: string): readonly ColumnInfo[] {
  const aliases: string[] = [];
  const marker = `${table.sql} AS "`;
  for (let at = statement.indexOf(marker); at >= 0; at = statement.indexOf(marker, at + 1)) {
    const from = at + marker.length;
    aliases.push(statement.slice(from, statement.indexOf('"', from)));
  }
  return table.columns.filter((c) =>
    aliases.some((alias) => statement.includes(`${quoted(alias)}.${quoted(c.name)}`)),
  );
}

async function single(connection: DuckDBConnection, sql: string): Promise<number> {
  return Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0] ?? 0);
}
