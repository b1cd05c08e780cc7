import type { Correction } from './column.ts';
import type { Event } from './event.ts';
import type { Received } from './outcome.ts';
import { type RowTape, rowTape } from './row-encoder.ts';
import { carriedBy, correctedText, historyRow } from './rows.ts';
import { type Rows, type Table, tables } from './tables.ts';
import { utf8Text } from './utf8.ts';
import { changeSequence } from './version.ts';

export type EventTable = keyof Rows;

/** Where the row stands that was written last, and in which table's tape. */
export type Written = (table: EventTable, tape: Pick<RowTape<unknown>, 'slab' | 'from' | 'to'>) => void;

type AnyTape = RowTape<object>;

const byteOrderMark = 0xef;

/**
 * Writes the rows that `rowsOf` makes, as bytes, without making them: a row is written from its part and from what it
 * carries, and the body of the message as it came.
 */
export function eventWriter(workerVersion: string | null) {
  const tapes = Object.fromEntries(
    (Object.values(tables) as Table[]).map((table) => [table.name, rowTape(table as never) as AnyTape]),
  ) as { readonly [T in EventTable]: AnyTape };
  return function writeRows(
    event: Event,
    message: Received,
    corrections: readonly Correction[],
    written: Written,
  ): void {
    const corrected = correctedText(corrections);
    const carried = carriedBy(event, corrected);
    const change = { type: 'UPSERT', sequence: changeSequence(event) } as const;
    writeParts(event, (name, part) => {
      tapes[name].write(part, carried(part), change);
      written(name, tapes[name]);
    });
    const payload = bodyOf(message);
    const history = historyRow(event, message, { payload, corrected, workerVersion });
    tapes.order_events.write(history, history);
    written('order_events', tapes.order_events);
  };
}

/** Of an accepted event it is UTF-8; only the mark before it would be no part of the text. */
function bodyOf({ bytes }: Received): string | Uint8Array {
  return bytes[0] === byteOrderMark ? (utf8Text(bytes) ?? '') : bytes;
}

function writeParts(event: Event, write: (name: EventTable, part: object) => void): void {
  switch (event.eventType) {
    case 'order.placed':
      write('orders', event.order);
      for (const item of event.items) write('order_items', item);
      for (const payment of event.payments) write('order_payments', payment);
      break;
    case 'order.status_changed':
      write('orders', event.order);
      break;
    case 'customer.changed':
      write('customers', event.customer);
      break;
    case 'product.changed':
      write('products', event.product);
      break;
    case 'seller.changed':
      write('sellers', event.seller);
      break;
    case 'clickstream':
      write('clickstream', event.click);
      break;
  }
}
