import { expect, it } from 'vitest';
import { decode } from './decode.ts';
import { type EventTable, eventWriter } from './event-tapes.ts';
import { eventTypes } from './events.ts';
import { exampleEvents } from './example-events.ts';
import { defaultRules, type Received } from './outcome.ts';
import { rowEncoder } from './row-encoder.ts';
import { rowsOf } from './rows.ts';
import { type Table, tables } from './tables.ts';
import type { Instant } from './values.ts';
import { changeSequence } from './version.ts';

const at = (Date.parse('2024-05-04T15:00:00Z') * 1000) as Instant;

function received(text: string): Received {
  return {
    bytes: new TextEncoder().encode(text),
    attributes: { event_id: 'outer', 'a"b': 'é' },
    messageId: 'm',
    publishedAt: at,
    receivedAt: (at + 5_000) as Instant,
    deliveryAttempt: 2,
  };
}

const texts = eventTypes.map((type) => JSON.stringify(exampleEvents[type]));
const [order = ''] = texts;

/** Without the tag and the length before it. */
function unframed(listed: Uint8Array): Uint8Array {
  let at = 1;
  while ((listed[at++] ?? 0) > 127);
  return listed.slice(at);
}

const messages: readonly (readonly [string, string])[] = [
  ...eventTypes.map((type, i) => [type, texts[i]!] as const),
  ['an order with a mark before it', `\ufeff${order}`],
  ['an order with something corrected', order.replace('"são', '" são')],
  ['an order with something more', order.replace('"order":{', '"tip":1,"order":{"gift":"yes",')],
  ['an order whose payload is longer than a slab', `${order}${' '.repeat(70_000)}`],
];

it.each(messages)('of %s the same bytes are written as of its rows', (_, text) => {
  const message = received(text);
  const outcome = decode(message, defaultRules);
  if (outcome.kind === 'dead') throw new Error(JSON.stringify(outcome));
  const { event } = outcome;
  const corrections = outcome.kind === 'corrected' ? outcome.corrections : [];
  const rows = rowsOf(event, message, corrections, '1.2.3');
  expect(rows.order_events[0]?.payload).toBe(text.replace('\ufeff', ''));

  const written: Record<string, Uint8Array[]> = {};
  const note = (table: EventTable, tape: { slab: Uint8Array; from: number; to: number }) => {
    written[table] ??= [];
    written[table].push(unframed(tape.slab.subarray(tape.from, tape.to)));
  };
  // Twice, since what the rows of one event share is copied from where it was written last.
  eventWriter('1.2.3')(event, message, corrections, () => {});
  eventWriter('1.2.3')(event, message, corrections, note);
  const change = { type: 'UPSERT', sequence: changeSequence(event) } as const;
  const expected: Record<string, Uint8Array[]> = {};
  for (const table of Object.values(tables) as Table[]) {
    const encode = rowEncoder(table as typeof tables.orders);
    const list = (
      table.name === 'dead_letters' ? [] : rows[table.name]
    ) as readonly (typeof rows.orders)[number][];
    if (list.length > 0) expected[table.name] = list.map((row) => encode(row, change).slice());
  }
  expect(written).toEqual(expected);
});

it('numbers beyond 32 bits stand in a sequence with all their digits', () => {
  const version = {
    version: 2 ** 53 - 1,
    occurredAt: 1_234_567_890_123_456 as Instant,
    contentHash: 'ab'.repeat(8),
  };
  expect(changeSequence(version)).toBe('001FFFFFFFFFFFFF/000462D53C8ABAC0/ABABABABABABABAB');
});
