import type { DuckDBConnection } from '@duckdb/node-api';
import { SqlError } from '../sql/sql-error.ts';
import { quoted } from '../sql/types.ts';
import { bytesOf } from './logical-bytes.ts';
import type { TableResource } from './metadata.ts';
import { boundsTable, type Past, pastText, type Stood, type Traces, versionText } from './past-text.ts';
import { cameColumn } from './row-times.ts';
import { RowTraces } from './row-traces.ts';

/** What a statement or job was about to change; without a copy nothing of it was kept. */
interface Version {
  readonly until: bigint;
  readonly sql?: string;
  readonly span: number;
  readonly traced: boolean;
  readonly bytes: number;
  readonly shape: string;
}
interface Kept {
  readonly id: number;
  since: bigint;
  versions: Version[];
  /** The number of the span between changes of the whole table that lasts now. */
  span: number;
  /** The table has the column that says when its rows came. */
  dated: boolean;
  readonly traces: RowTraces;
  /** The last span of which there are traces, and when the last rows of it came. */
  traced: number | undefined;
  came: bigint;
  changes: number;
  /** Somebody may hold a text of its past, and one that knows nothing of traces in this span. */
  asked: boolean;
  bare: boolean;
}
/** Rows about to be brought in. */
export interface Batch {
  readonly first: bigint;
  readonly last: bigint;
  /** How many of them may change rows that are there already. */
  readonly changes: number;
  /** How many rows the table has. */
  readonly stored: number;
}
/** Where rows that are brought in leave their traces. */
export interface TracesTo {
  readonly kind: Traces['kind'];
  readonly into: string;
  readonly span: number;
  /** When the last rows before them came, of those in the same span. */
  readonly after: bigint | undefined;
}

const window = 7n * 86_400_000_000n;
const manyVersions = 50;
/** A copy of this size costs a few milliseconds; all of them together stay far below the memory limit. */
const largestCopy = 8_000_000;
const largestSum = 100_000_000;
/** Looking for the rows that a batch replaces costs as much as replacing them; more than this would be felt. */
const mostChanges = 8_192;
const mostStored = 1_500_000;

const shapeOf = (table: TableResource): string => JSON.stringify(table.columns);

/**
 * What FOR SYSTEM_TIME AS OF reads. Two things change a table. A statement or job: before it the rows are copied, with
 * the instant until which they stood, or, where they are too many, a gap is left, which is refused when it is asked
 * for. And rows that are streamed in: it is known of each when it came, however late it is brought in, and what it
 * replaces is kept until a time that is as exact; between two statements the rows of any instant are those of the
 * table, or of the copy after them, that had come, and those replaced that still stood.
 *
 * Copies are in memory in a database of its own: DuckDB writes to one in a transaction. Nobody expects the past to
 * outlive the process.
 */
export class History {
  readonly #tables = new Map<string, Kept>();
  readonly #begun: bigint;
  readonly #now: () => bigint;
  readonly #waits: (table: string) => boolean;
  #serial = 0;
  #bytes = 0;

  /** `waits` says whether rows are on their way into a table: they will be in it when a query reads it. */
  constructor(now: () => bigint, waits: (table: string) => boolean = () => false) {
    this.#now = now;
    this.#waits = waits;
    this.#begun = now();
  }

  /** The rows of the table at a time that only DuckDB knows, and its `columns` of them. */
  text(table: TableResource, columns: readonly string[], time: string, now: string): string {
    return pastText(this.#past(table), columns, time, now);
  }

  /** Where the rows of that instant are, as text. */
  at(table: TableResource, micros: bigint): string {
    const past = this.#past(table);
    const invalid = (why: string): SqlError =>
      new SqlError(
        `Invalid snapshot time ${micros / 1000n} for table ${past.name}. ${why}`,
        undefined,
        'invalid',
      );
    if (micros > this.#now()) throw invalid('It lies in the future.');
    if (micros < past.since) throw invalid(`Cannot read before ${past.since / 1000n}.`);
    const stood = past.versions.find((v) => v.until > micros) ?? past.present;
    const { sql } = stood;
    if (sql === undefined) throw invalid('The emulator kept nothing of that time.');
    return versionText(past, { ...stood, sql }, micros);
  }

  #past(table: TableResource): Past {
    const kept = this.#kept(table.sql);
    kept.asked = true;
    // Rows that wait bring them along.
    const traced = kept.traced === kept.span;
    const waits = !traced && this.#waits(table.sql);
    if (!traced && !waits) kept.bare = true;
    const traces = traced ? kept.traces.of() : waits ? kept.traces.of(kindOf(kept, table)) : undefined;
    const shape = shapeOf(table);
    return {
      name: `${table.project}:${table.dataset}.${table.table}`,
      id: kept.id,
      since: kept.since,
      changes: kept.changes,
      versions: kept.versions.map(
        ({ until, span, sql, ...v }): Stood => ({
          ...{ until, span, traces: v.traced ? kept.traces.of() : undefined },
          // The columns of the time are not those of now: not kept, as far as a query is concerned.
          ...(sql !== undefined && v.shape === shape && { sql }),
        }),
      ),
      present: { until: this.#now(), span: kept.span, sql: table.sql, traces },
    };
  }

  /** Made, or made anew under its name. */
  created(table: string): void {
    const kept = this.#tables.get(table);
    if (kept) kept.dated = false;
    else this.#kept(table, this.#now());
  }

  renamed(before: string, after: string): void {
    const kept = this.#tables.get(before);
    if (!kept) return;
    this.#tables.delete(before);
    this.#tables.set(after, kept);
  }

  /** In the writers' turn, outside of a transaction, before the change. */
  async changing(connection: DuckDBConnection, table: TableResource): Promise<void> {
    const kept = this.#kept(table.sql);
    const now = this.#now();
    if (kept.versions.at(-1)?.until === now) return;
    const bytes = await sizeOf(connection, table);
    if (bytes > largestCopy) return this.gap(connection, table);
    const sql = `history.main.${quoted(`v${++this.#serial}`)}`;
    await connection.run(`CREATE TABLE ${sql} AS SELECT * FROM ${table.sql}`);
    this.#close(kept, { until: now, sql, bytes, shape: shapeOf(table) });
    this.#bytes += bytes;
    await this.#trim(connection, kept, now);
    await this.#outdate(connection, kept);
  }

  /** What was until now cannot be read any more. */
  async gap(connection: DuckDBConnection, table: TableResource): Promise<void> {
    const kept = this.#kept(table.sql);
    this.#lose(kept, this.#now());
    await this.#outdate(connection, kept);
  }

  /** In the writers' turn and outside of a transaction, before rows are brought in; where they leave their traces. */
  async streaming(
    connection: DuckDBConnection,
    table: TableResource,
    { first, last, changes, stored }: Batch,
  ): Promise<TracesTo | undefined> {
    const kept = this.#kept(table.sql);
    if (isKeyed(table)) await this.#date(connection, table, kept);
    await this.#late(connection, kept, first);
    const kind = kindOf(kept, table);
    if (kind === 'images' && changes === 0) return undefined;
    if (changes > mostChanges || (changes > 0 && stored > mostStored)) {
      if (last <= kept.since) return undefined;
      this.#lose(kept, last);
      if (kept.asked) await this.#bound(connection, kept, last);
      kept.bare = kept.asked;
      return undefined;
    }
    if (!(await kept.traces.fit(connection, table, kind))) await this.#withoutTraces(connection, kept);
    const { into, since } = await kept.traces.next(connection);
    if (since !== undefined) await this.#begin(connection, kept, since);
    const after = kept.traced === kept.span ? kept.came : undefined;
    if (after === undefined && kept.bare) await this.#outdate(connection, kept);
    kept.traced = kept.span;
    kept.bare = false;
    return { kind, into, span: kept.span, after };
  }

  /** They are in it; the last of them came then, and so many traces were left. */
  streamed(table: string, last: bigint, traces: number, rowBytes: number): void {
    const kept = this.#tables.get(table);
    if (!kept) return;
    kept.came = last;
    kept.traces.added(traces, rowBytes, last);
  }

  /** From now on the table can tell when its rows came. */
  async #date(connection: DuckDBConnection, table: TableResource, kept: Kept): Promise<void> {
    if (kept.dated) return;
    await connection.run(`ALTER TABLE ${table.sql} ADD COLUMN IF NOT EXISTS "${cameColumn}" TIMESTAMPTZ`);
    kept.dated = true;
  }

  async dropped(connection: DuckDBConnection, table: string): Promise<void> {
    const kept = this.#tables.get(table);
    if (!kept) return;
    this.#tables.delete(table);
    for (const version of kept.versions) await this.#forget(connection, version);
    await kept.traces.drop(connection);
  }

  #kept(table: string, since = this.#begun): Kept {
    const before = this.#tables.get(table);
    if (before) return before;
    const id = ++this.#serial;
    const kept: Kept = {
      ...{ id, since, versions: [], span: 0, dated: false, traces: new RowTraces(id) },
      ...{ traced: undefined, came: 0n, changes: 0, asked: false, bare: false },
    };
    this.#tables.set(table, kept);
    return kept;
  }

  #close(kept: Kept, version: Omit<Version, 'span' | 'traced'>): void {
    kept.versions.push({ ...version, span: kept.span, traced: kept.traced === kept.span });
    kept.span++;
  }

  #lose(kept: Kept, until: bigint): void {
    if (kept.versions.at(-1)?.sql === undefined) kept.versions.pop();
    this.#close(kept, { until, bytes: 0, shape: '' });
  }

  /** Rows that came before the table was changed last are not in what was kept of it. */
  async #late(connection: DuckDBConnection, kept: Kept, first: bigint): Promise<void> {
    const last = kept.versions.at(-1);
    if (!last || first >= last.until) return;
    const before = kept.versions.filter((v) => v.until <= first);
    const [cut, ...others] = kept.versions.slice(before.length) as [Version, ...Version[]];
    const begun = before.at(-1)?.until ?? kept.since;
    const { span } = kept;
    const lost: Version = { until: last.until, span, traced: false, bytes: 0, shape: '' };
    const whole = begun < first && cut.sql !== undefined;
    kept.versions = [...before, ...(whole ? [{ ...cut, until: first }] : []), lost];
    for (const version of whole ? others : [cut, ...others]) await this.#forget(connection, version);
    await this.#outdate(connection, kept);
  }

  /** Of tables that had traces those are gone. */
  async #withoutTraces(connection: DuckDBConnection, kept: Kept): Promise<void> {
    const last = kept.versions.findLast((v) => v.traced);
    const until = kept.traced === kept.span ? this.#now() : last?.until;
    if (until !== undefined) await this.#begin(connection, kept, until);
  }

  /** Nothing before that is known any more. */
  async #begin(connection: DuckDBConnection, kept: Kept, since: bigint): Promise<void> {
    if (since <= kept.since) return;
    kept.since = since;
    const gone = kept.versions.filter((v) => v.until <= since);
    kept.versions = kept.versions.filter((v) => v.until > since);
    for (const version of gone) await this.#forget(connection, version);
    if (kept.asked) await this.#bound(connection, kept, since);
  }

  /** Texts of its past that were made before are not true any more. */
  async #outdate(connection: DuckDBConnection, kept: Kept): Promise<void> {
    const { asked } = kept;
    kept.changes++;
    // Whoever held a text holds none any more that may be used.
    kept.asked = false;
    kept.bare = false;
    if (asked) await this.#bound(connection, kept, kept.since);
  }

  async #bound(connection: DuckDBConnection, kept: Kept, since: bigint): Promise<void> {
    await connection.run(`INSERT INTO ${boundsTable} VALUES (${kept.id}, ${since}, ${kept.changes})`);
  }

  async #trim(connection: DuckDBConnection, kept: Kept, now: bigint): Promise<void> {
    const tooMany = (): boolean => {
      const [first] = kept.versions;
      return (
        first !== undefined &&
        (first.until < now - window || kept.versions.length > manyVersions || this.#bytes > largestSum)
      );
    };
    while (tooMany()) {
      const first = kept.versions.shift() as Version;
      kept.since = first.until;
      await this.#forget(connection, first);
    }
  }

  async #forget(connection: DuckDBConnection, { sql, bytes }: Version): Promise<void> {
    if (sql === undefined) return;
    this.#bytes -= bytes;
    await connection.run(`DROP TABLE ${sql}`);
  }
}

const isKeyed = ({ body }: TableResource): boolean =>
  (body.tableConstraints?.primaryKey?.columns ?? []).length > 0;

/** Once rows bear their times they are never without. */
const kindOf = (kept: Kept, table: TableResource): Traces['kind'] =>
  kept.dated || isKeyed(table) ? 'images' : 'marks';

/** By the rows at its head, 64 bytes at least for each: what DuckDB keeps beside them. */
async function sizeOf(connection: DuckDBConnection, table: TableResource): Promise<number> {
  const row = table.columns.map((c) => bytesOf(c.type, quoted(c.name))).join(' + ') || '0';
  const reader = await connection.runAndReadAll(
    `SELECT count(*), (SELECT avg(${row}) FROM (FROM ${table.sql} LIMIT 1000)) FROM ${table.sql}`,
  );
  const [count, width] = (reader.getRows()[0] ?? []).map((v) => Number(v ?? 0));
  return (count ?? 0) * Math.max(width ?? 0, 64);
}
