import { basename } from 'node:path';
import { type Click, clickTypes } from '../contracts/index.ts';
import type { BytesRead } from './bytes-read.ts';
import { BadRow, Cells } from './csv-cells.ts';
import { type CsvRow, csvRows } from './csv-input.ts';
import { lineOf, type Publication } from './publication.ts';
import type { Rejects } from './rejects.ts';
import { attributesOf, bytesOf, type Told, wireOf } from './wire.ts';

const names = [
  ...['event_time', 'event_type', 'product_id', 'category_id', 'category_code'],
  ...['brand', 'price', 'user_id', 'user_session'],
];
const inOrder: ReadonlyMap<string, number> = new Map(names.map((name, index) => [name, index]));

/** Clickstream files of any size, one after another: they are in the order of time, and are never held whole. */
export async function* replayRees46(
  paths: readonly string[],
  rejects: Rejects,
  read?: BytesRead,
): AsyncGenerator<Publication> {
  for (const path of paths) yield* replayFile(path, rejects, read);
}

async function* replayFile(path: string, rejects: Rejects, read?: BytesRead): AsyncGenerator<Publication> {
  const file = basename(path).replace(/\.gz$/, '');
  let cells: Cells | undefined;
  for await (const batch of csvRows(path, read)) {
    for (const row of batch) {
      if (cells === undefined) {
        const header = headerOf(row);
        cells = new Cells(header ?? inOrder, rejects);
        if (header !== undefined) continue;
        rejects.count('file without header');
      }
      const publication = readRow(cells, row, file, rejects);
      if (publication !== undefined) yield publication;
    }
  }
}

/** Copies without a header begin with an event. */
function headerOf({ cells }: CsvRow): ReadonlyMap<string, number> | undefined {
  const columns = cells.map((cell) => cell.trim().toLowerCase());
  return names.every((name) => columns.includes(name))
    ? new Map(columns.map((name, index) => [name, index]))
    : undefined;
}

function readRow(cells: Cells, row: CsvRow, file: string, rejects: Rejects): Publication | undefined {
  try {
    if (row.torn) throw new BadRow('torn row');
    if (row.cells.length < names.length)
      throw new BadRow(`${row.cells.length} cells instead of ${names.length}`);
    return published(clickOf(cells.of(row.cells), rejects), `${file}:${row.line}`);
  } catch (error) {
    if (!(error instanceof BadRow)) throw error;
    rejects.reject(file, row.line, error.message, row.cells);
    return undefined;
  }
}

function clickOf(cells: Cells, rejects: Rejects): Click {
  const session = cells.optional('user_session');
  if (session === null) rejects.count('no user_session');
  // The last row of a copy that was cut off may have all its cells, the last one not whole.
  else if (beginsUuid.test(session)) throw new BadRow('user_session is cut off');
  return {
    event_time: cells.utcMoment('event_time'),
    event_type: cells.choice('event_type', clickTypes),
    product_id: cells.text('product_id'),
    category_id: categoryOf(cells, rejects),
    category_code: cells.optional('category_code'),
    brand: cells.optional('brand'),
    price: cells.money('price'),
    user_id: cells.text('user_id'),
    user_session: session,
    order_id: null,
  };
}

const beginsUuid = /^[0-9a-f]{8}-[0-9a-f-]{0,26}$/;

/** A spreadsheet that took it for a number kept six of its nineteen digits: which category it was is lost. */
function categoryOf(cells: Cells, rejects: Rejects): string | null {
  const text = cells.optional('category_id');
  if (text === null || /^\d+$/.test(text)) return text;
  rejects.count('category_id rounded by a spreadsheet');
  return null;
}

function published(click: Click, id: string): Publication {
  const told: Told = {
    eventId: id,
    occurredAt: click.event_time,
    content: { eventType: 'clickstream', click },
  };
  const wire = wireOf(told);
  return {
    bytes: bytesOf(wire),
    get attributes() {
      return attributesOf(wire);
    },
    eventType: 'clickstream',
    at: click.event_time,
    get ledger() {
      return lineOf(told, null, 'ok');
    },
  };
}
