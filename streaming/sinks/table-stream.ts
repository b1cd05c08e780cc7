import { managedwriter } from '@google-cloud/bigquery-storage';
import { rowDescriptor, type Table } from '../../contracts/index.ts';
import { InputError, type OrderlakeError } from '../../runtime/index.ts';
import { storageWriteError } from './storage-write-error.ts';

/** A row that BigQuery named as wrong, by its place in what was sent. */
export interface RowRefusal {
  readonly index: number;
  readonly error: OrderlakeError;
}

/** The default stream of one table over one connection. */
export interface TableStream {
  /** Resolves when all rows but the refused are durable; rejects when that is not known. */
  append(rows: readonly Uint8Array[]): Promise<readonly RowRefusal[]>;
  close(): void;
}

/** BigQuery takes requests of up to 10 MB; the descriptor and the framing need room too. */
const largestRequestBytes = 8_000_000;

export async function openTableStream(
  client: managedwriter.WriterClient,
  table: Table,
  place: { readonly project: string; readonly dataset: string },
): Promise<TableStream> {
  const path = `projects/${place.project}/datasets/${place.dataset}/tables/${table.name}`;
  const connection = await client.createStreamConnection({
    streamId: managedwriter.DefaultStream,
    destinationTable: path,
  });
  // Without a listener a refused stream would be an uncaught 'error'; the pending writes carry it to us.
  connection.onConnectionError(() => {});
  const writer = new managedwriter.Writer({ connection, protoDescriptor: rowDescriptor(table) });
  return {
    append: (rows) => appendWhole(writer, path, rows),
    close: () => writer.close(),
  };
}

interface PlacedRow {
  readonly place: number;
  readonly bytes: Uint8Array;
}

async function appendWhole(
  writer: managedwriter.Writer,
  path: string,
  rows: readonly Uint8Array[],
): Promise<readonly RowRefusal[]> {
  const refusals: RowRefusal[] = [];
  for (const part of partsOf(rows)) refusals.push(...(await appendPart(writer, path, part)));
  return refusals;
}

/**
 * One bad row fails a whole append, and the reply names it. The others are sent again without it; every round
 * takes at least one row away, so this ends.
 */
async function appendPart(
  writer: managedwriter.Writer,
  path: string,
  part: readonly PlacedRow[],
): Promise<readonly RowRefusal[]> {
  const refusals: RowRefusal[] = [];
  let rows = part;
  while (rows.length > 0) {
    const bad = await send(writer, path, rows);
    if (bad.size === 0) break;
    for (const [index, got] of bad) {
      const error = new InputError(`BigQuery refused a row of ${path}`, { got });
      refusals.push({ index: rows[index]?.place ?? -1, error });
    }
    rows = rows.filter((_, index) => !bad.has(index));
  }
  return refusals;
}

/** Sends once; resolves with what was wrong with which row. */
async function send(
  writer: managedwriter.Writer,
  path: string,
  rows: readonly PlacedRow[],
): Promise<ReadonlyMap<number, string>> {
  try {
    const serializedRows = rows.map(({ bytes }) => bytes);
    const reply = await writer.appendRows({ serializedRows }).getResult();
    const errors = reply.rowErrors ?? [];
    const bad = new Map(errors.map((row) => [Number(row.index), row.message ?? 'no reason given']));
    // The client resolves with an error inside the reply when the service refused the append for good.
    if (reply.error && bad.size === 0) throw reply.error;
    return bad;
  } catch (error) {
    throw storageWriteError(error, path);
  }
}

function partsOf(rows: readonly Uint8Array[]): PlacedRow[][] {
  const parts: PlacedRow[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  rows.forEach((row, place) => {
    if (bytes + row.length > largestRequestBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push({ place, bytes: row });
    bytes += row.length;
  });
  return parts;
}
