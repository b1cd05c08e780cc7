import {
  changeSequence,
  decode,
  defaultRules,
  type Event,
  type Instant,
  type Received,
  rowEncoder,
  rowsOf,
  tables,
} from '../contracts/index.ts';
import { generate, noDefects } from '../generator/index.ts';
import { type Figures, round } from './figures.ts';

const rounds = 9;

/**
 * What the contract costs, in times of JSON.parse of the same messages: bytes to a validated event (as the shop
 * writes them, with spaces between the tokens, and with the keys in another order), and the rows of an order with its
 * items and payments to the bytes of the Storage Write API. All take turns, so that a machine that slows down slows
 * them all; of each the fastest round counts.
 */
export function runContract(orders: number): Figures {
  const messages = ordersOf(orders);
  const texts = messages.map(({ bytes }) => new TextDecoder().decode(bytes));
  // Apart from the rest: events that are kept would be walked by the garbage collector again and again.
  const reading = fastest(
    {
      parse: () => {
        for (const text of texts) JSON.parse(text);
      },
      decode: decoderOf(messages),
      spaced: decoderOf(rewritten(messages, (body) => JSON.stringify(body, null, 1).replace(/\n */g, ' '))),
      reordered: decoderOf(rewritten(messages, (body) => JSON.stringify(reversed(body)))),
    },
    messages.length,
  );
  const few = messages.slice(0, 2_000);
  const events = few.map(eventOf);
  const writing = fastest(
    {
      rows: () => {
        for (const [i, event] of events.entries()) rowsOf(event, few[i] as Received, []);
      },
      encode: encoderOf(events, few),
      history: historyEncoderOf(events, few),
    },
    few.length,
  );
  const micros = { ...reading, ...writing };
  return {
    bench: 'contract',
    config: {
      orders,
      rounds,
      bytesPerMessage: Math.round(sum(messages.map((m) => m.bytes.length)) / messages.length),
    },
    events: messages.length,
    cpuMicrosPerEvent: micros,
    jsonParseMicros: micros.parse,
    decodeRatio: round(micros.decode / micros.parse),
    spacedRatio: round(micros.spaced / micros.parse),
    reorderedRatio: round(micros.reordered / micros.parse),
    encodeRatio: round(micros.encode / micros.parse),
    historyRatio: round(micros.history / micros.parse),
  };
}

function ordersOf(orders: number): Received[] {
  const epoch = 1_483_326_000_000_000 as Instant;
  const receivedAt = (epoch + 400 * 86_400_000_000) as Instant;
  return [...generate({ seed: 1, orders, epoch, defects: noDefects })]
    .filter(({ attributes }) => attributes.event_type === 'order.placed')
    .map(({ bytes, attributes }, i) => ({
      bytes,
      attributes,
      messageId: String(i),
      publishedAt: receivedAt,
      receivedAt,
    }));
}

function decoderOf(messages: readonly Received[]): () => void {
  return () => {
    for (const message of messages) decode(message, defaultRules);
  };
}

/** The same messages from producers who write JSON in another way. */
function rewritten(messages: readonly Received[], write: (body: unknown) => string): Received[] {
  const encoder = new TextEncoder();
  return messages.map((message) => {
    const body: unknown = JSON.parse(new TextDecoder().decode(message.bytes));
    return { ...message, bytes: encoder.encode(write(body)) };
  });
}

/** With the keys of every object the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, reversed(inner)]),
  );
}

function eventOf(message: Received): Event {
  const outcome = decode(message, defaultRules);
  if (outcome.kind === 'dead') throw new Error(JSON.stringify(outcome.death));
  return outcome.event;
}

/** The rows of an order, its items and payments, as upserts. */
function encoderOf(events: readonly Event[], messages: readonly Received[]): () => void {
  const order = rowEncoder(tables.orders);
  const item = rowEncoder(tables.order_items);
  const payment = rowEncoder(tables.order_payments);
  const rows = events.map((event, i) => rowsOf(event, messages[i] as Received, []));
  const changes = events.map((event) => ({ type: 'UPSERT', sequence: changeSequence(event) }) as const);
  return () => {
    for (const [i, event] of rows.entries()) {
      for (const row of event.orders) order(row, changes[i]);
      for (const row of event.order_items) item(row, changes[i]);
      for (const row of event.order_payments) payment(row, changes[i]);
    }
  };
}

/** The row that keeps the whole message as text. */
function historyEncoderOf(events: readonly Event[], messages: readonly Received[]): () => void {
  const encode = rowEncoder(tables.order_events);
  const rows = events.map((event, i) => rowsOf(event, messages[i] as Received, []).order_events);
  return () => {
    for (const [row] of rows) if (row !== undefined) encode(row);
  };
}

function fastest<P extends Readonly<Record<string, () => void>>>(
  parts: P,
  orders: number,
): Record<keyof P, number> {
  const micros = Object.fromEntries(Object.keys(parts).map((name) => [name, Number.POSITIVE_INFINITY]));
  for (let i = 0; i < rounds; i++) {
    for (const [name, run] of Object.entries(parts)) {
      const before = process.cpuUsage();
      run();
      const { user, system } = process.cpuUsage(before);
      micros[name] = Math.min(micros[name] ?? 0, round((user + system) / orders));
    }
  }
  return micros as Record<keyof P, number>;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
