import { describe, expect, it } from 'vitest';
import { decode, defaultRules, exampleOrder, type Instant, type Received } from './index.ts';

const at = (Date.UTC(2026, 0, 1) * 1_000) as Instant;
const order = JSON.stringify(exampleOrder);

let fresh = 0;
/** A name that no message had before: the engine cannot know its shape. */
const name = () => `"k${(fresh++).toString(36)}"`;

function received(text: string): Received {
  const bytes = new TextEncoder().encode(text);
  return { bytes, attributes: {}, messageId: 'm', publishedAt: at, receivedAt: at };
}

/** A good order of about so many bytes: with as many items as it takes, all paid. */
function goodOrder(bytes: number): string {
  const [item] = exampleOrder.order_items;
  const [payment] = exampleOrder.order_payments;
  const count = Math.max(1, Math.ceil((bytes - order.length) / JSON.stringify(item).length) + 1);
  const items = Array.from({ length: count }, (_, i) => ({ ...item, order_item_id: i + 1 }));
  const paid = ((count * (2_999 + 872)) / 100).toFixed(2);
  return JSON.stringify({
    ...exampleOrder,
    order_items: items,
    order_payments: [{ ...payment, payment_value: paid }],
  });
}

function repeated(bytes: number, piece: () => string): string {
  const pieces: string[] = [];
  for (let length = 0; length < bytes; length += pieces.at(-1)!.length) pieces.push(piece());
  return pieces.join('');
}

const shapes: Record<string, (bytes: number) => string> = {
  'nothing but names': (bytes) => `{${repeated(bytes, () => `${name()}:1,`)}"z":1}`,
  'longer names': (bytes) => `{${repeated(bytes, () => `${name().replace('k', 'a_longer_one')}:1,`)}"z":1}`,
  'names in a good order': (bytes) => order.replace('{', `{${repeated(bytes, () => `${name()}:1,`)}`),
  'an object for each name': (bytes) => `{"a":[${repeated(bytes, () => `{${name()}:1},`)}{}]}`,
  'a key again and again': (bytes) => order.replace('{', `{${repeated(bytes, () => '"order_id":1,')}`),
  'empty lists': (bytes) => `{"a":[${repeated(bytes, () => '[],')}[]]}`,
  'open brackets': (bytes) => '['.repeat(bytes),
  'one long text': (bytes) => order.replace('são paulo', 'x'.repeat(bytes)),
  'escapes without end': (bytes) => order.replace('são paulo', '\\u0041'.repeat(bytes / 6)),
  'half pairs': (bytes) => order.replace('são paulo', '\\ud800'.repeat(bytes / 6)),
  'numbers beyond all bounds': (bytes) => `{"a":[${repeated(bytes, () => '1e400,')}1]}`,
  'a number of many digits': (bytes) => order.replace('"29.99"', '9'.repeat(bytes)),
  'backslashes and quotes': (bytes) => `{"a":"${'\\"'.repeat(bytes / 2)}`,
};

/** CPU of one message, the least of several rounds: what else the machine does is not its fault. */
function cost(texts: readonly string[]): number {
  let least = Number.POSITIVE_INFINITY;
  const messages = texts.map(received);
  const part = messages.length / 5;
  for (let round = 0; round < 5; round++) {
    const some = messages.slice(round * part, (round + 1) * part);
    const before = process.cpuUsage();
    for (const message of some) decode(message, defaultRules);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / some.length);
  }
  return least;
}

describe.each([
  [2_000, 300],
  [200_000, 10],
])('a hostile message of %i bytes', (bytes, times) => {
  const many = (make: (bytes: number) => string) => Array.from({ length: times }, () => make(bytes));
  const good = cost(many(goodOrder));

  it.each(Object.entries(shapes))(
    '%s: takes at most ten times as long as a good one',
    { retry: 3 },
    (_, make) => {
      const texts = many(make);
      expect(cost(texts) / good).toBeLessThan(10);
      expect(decode(received(texts[0]!), defaultRules).kind).toBe('dead');
    },
  );
});
