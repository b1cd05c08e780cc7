import type { Column } from './column.ts';
import { decode } from './decode.ts';
import { instantText } from './instant-text.ts';
import { readMessage, toBase64 } from './message-text.ts';
import { moneyText } from './money-text.ts';
import { defaultRules } from './outcome.ts';
import { deadLetterRow, rowsOf } from './rows.ts';
import { type Table, tables } from './tables.ts';
import type { Instant } from './values.ts';

/** Where a message died that never came further than this contract. */
const here = { step: 'decode', sink: 'beam', attempts: 1 };

/**
 * One message of Pub/Sub as JSON text in, the rows of all its tables as JSON text out, for engines that call across
 * a border (Beam calls QuickJS so): text is all that crosses it whole. Every column of a row is there, null where it
 * is empty; money is decimal text, a time RFC 3339 with microseconds, bytes base64. The text is ASCII, because a
 * border that cuts at a NUL or refuses half a surrogate pair shall not matter.
 */
export function takeMessage(text: string): string {
  const message = readMessage(text);
  const outcome = decode(message, defaultRules);
  const rows: Partial<Record<string, readonly object[]>> =
    outcome.kind === 'dead'
      ? { dead_letters: [deadLetterRow(outcome.death, message, here)] }
      : { ...rowsOf(outcome.event, message, outcome.kind === 'corrected' ? outcome.corrections : []) };
  const texts: Record<string, readonly object[]> = {};
  for (const table of Object.values(tables) as Table[])
    texts[table.name] = (rows[table.name] ?? []).map((row) =>
      rowText(table, row as Readonly<Record<string, unknown>>),
    );
  return ascii(JSON.stringify({ outcome: outcome.kind, rows: texts }));
}

function rowText(table: Table, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const texts: Record<string, unknown> = {};
  for (const column of table.columns) texts[column.name] = valueText(column, row[column.name]);
  return texts;
}

function valueText(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (column.type === 'money') return moneyText(value as number);
  if (column.type === 'instant') return instantText(value as Instant);
  if (column.type === 'bytes') return toBase64(value as Uint8Array);
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function ascii(json: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII is what is looked for.
  return json.replace(/[^\x00-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
