import type { v1 } from '@google-cloud/bigquery-storage';
import type { Table } from '../../contracts/index.ts';
import { InputError, type OrderlakeError, SetupError } from '../../runtime/index.ts';
import { bytesOf, type RowRun, rowsOf } from '../row-run.ts';
import { RequestRefused, SchemaRefused, storageWriteError } from './storage-write-error.ts';
import type { TableColumns } from './table-columns.ts';
import { WriteLine } from './write-line.ts';

/** A row that BigQuery named as wrong, by its place in what was sent. */
export interface RowRefusal {
  readonly index: number;
  readonly error: OrderlakeError;
}

/** The default stream of one table over one connection. */
export interface TableStream {
  /** Resolves when all rows but the refused are durable; rejects when that is not known. */
  append(rows: readonly RowRun[]): Promise<readonly RowRefusal[]>;
  close(): void;
}

/** BigQuery takes requests of up to 10 MB; the descriptor and the framing need room too. */
const largestRequestBytes = 8_000_000;
/** An answer takes milliseconds, seconds on a bad day; one that has not come by then will not. */
const answerPatienceMillis = 30_000;

export interface TableStreamOptions {
  readonly patienceMillis?: number;
  /** Without it rows wait until somebody else adds what the table lacks. */
  readonly columns?: TableColumns | undefined;
}

export async function openTableStream(
  client: v1.BigQueryWriteClient,
  table: Table,
  place: { readonly project: string; readonly dataset: string },
  { patienceMillis = answerPatienceMillis, columns }: TableStreamOptions = {},
): Promise<TableStream> {
  const path = `projects/${place.project}/datasets/${place.dataset}/tables/${table.name}`;
  const line = await WriteLine.open(client, table, { path, patienceMillis });
  return {
    append: async (rows) => {
      try {
        return await appendWhole(line, path, rows);
      } catch (error) {
        if (!columns || !(error instanceof SchemaRefused)) throw error;
        await columns.add();
        // What is refused now is told like any error: BigQuery may not know yet what was added.
        line.reopen();
        return appendWhole(line, path, rows);
      }
    },
    close: () => line.close(),
  };
}

/** What was wrong with which row, or with the request as a whole. */
type Outcome = ReadonlyMap<number, string> | RequestRefused;

const allTaken: Outcome = new Map();

interface PlacedRow {
  readonly place: number;
  readonly row: RowRun;
}

async function appendWhole(
  line: WriteLine,
  path: string,
  runs: readonly RowRun[],
): Promise<readonly RowRefusal[]> {
  if (bytesOf(runs) <= largestRequestBytes) return new Append(line, path, runs, 0).run();
  const refusals: RowRefusal[] = [];
  const rows = rowsOf(runs);
  for (const [from, to] of partsOf(rows)) {
    refusals.push(...(await new Append(line, path, rows.slice(from, to), from).run()));
  }
  return refusals;
}

/** So few may all be bad by chance; of more, one at least should be taken, or the fault is not theirs. */
const fewRows = 8;

/**
 * One bad row fails a whole append. Where the reply names it, the others are sent again without it; every round takes
 * at least one row away, so this ends. Where it names none, halves are sent, and their halves, until the bad row is
 * alone: one of n is found within 2·log2(n)+1 requests. When so many have been sent and no row was taken, it is not
 * the rows: a person must look.
 */
class Append {
  private readonly line: WriteLine;
  private readonly path: string;
  private readonly runs: readonly RowRun[];
  /** The place of the first row. */
  private readonly from: number;
  private mostInVain = 0;
  private requests = 0;
  private taken = 0;

  constructor(line: WriteLine, path: string, runs: readonly RowRun[], from: number) {
    this.line = line;
    this.path = path;
    this.runs = runs;
    this.from = from;
  }

  /** Nearly always one request, for which no row needs to know its place. */
  async run(): Promise<readonly RowRefusal[]> {
    const outcome = await this.send(this.runs);
    if (outcome === allTaken) return [];
    const placed = rowsOf(this.runs).map((row, index) => ({ place: this.from + index, row }));
    const { length } = placed;
    this.mostInVain = length <= fewRows ? 2 * fewRows : 2 * Math.log2(length) + 1;
    return this.part(placed, outcome);
  }

  private async part(all: readonly PlacedRow[], before?: Outcome): Promise<readonly RowRefusal[]> {
    const refusals: RowRefusal[] = [];
    let rows = all;
    let said = before;
    while (rows.length > 0) {
      const outcome = said ?? (await this.send(rows.map(({ row }) => row)));
      said = undefined;
      if (outcome instanceof RequestRefused) return [...refusals, ...(await this.halves(rows, outcome))];
      if (outcome.size === 0) break;
      for (const [index, got] of outcome) refusals.push(this.refusal(rows[index], got));
      rows = rows.filter((_, index) => !outcome.has(index));
    }
    this.taken += rows.length;
    return refusals;
  }

  private async halves(rows: readonly PlacedRow[], { got }: RequestRefused): Promise<readonly RowRefusal[]> {
    if (this.taken === 0 && this.requests > this.mostInVain) throw refusesEverything(this.path, got);
    // Sent alone, it may stand for another append that was on the same connection: it is asked for twice.
    if (this.requests === 1 && rows.length === 1) return this.part(rows);
    if (rows.length === 1) return [this.refusal(rows[0], got)];
    const middle = rows.length >> 1;
    const before = await this.part(rows.slice(0, middle));
    return [...before, ...(await this.part(rows.slice(middle)))];
  }

  private refusal(row: PlacedRow | undefined, got: string): RowRefusal {
    return {
      index: row?.place ?? -1,
      error: new InputError(`BigQuery refused a row of ${this.path}`, { got }),
    };
  }

  private async send(rows: readonly RowRun[]): Promise<Outcome> {
    this.requests++;
    try {
      const { error, rowErrors = [] } = await this.line.append(rows);
      if (rowErrors.length > 0) return new Map(rowErrors.map(({ index, message }) => [index, message]));
      if (error) throw error;
      return allTaken;
    } catch (error) {
      const known = storageWriteError(error, this.path);
      if (known instanceof RequestRefused) return known;
      throw known;
    }
  }
}

function refusesEverything(path: string, got: string): SetupError {
  return new SetupError(`BigQuery takes no row of ${path}`, {
    got,
    action: 'Compare the table with the contract (`orderlake doctor`); rows wait until then.',
  });
}

/** From and to of each request. */
function partsOf(rows: readonly RowRun[]): [number, number][] {
  const parts: [number, number][] = [];
  let begun = 0;
  let bytes = 0;
  for (const [place, { from, to }] of rows.entries()) {
    const length = to - from;
    if (place > begun && bytes + length > largestRequestBytes) {
      parts.push([begun, place]);
      begun = place;
      bytes = 0;
    }
    bytes += length;
  }
  if (rows.length > begun) parts.push([begun, rows.length]);
  return parts;
}
