import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  decode,
  defaultRules,
  exampleEvents,
  exampleOrder,
  type Instant,
  type Outcome,
} from '../../contracts/index.ts';
import { defaultDefects, generate, type Publication } from '../../generator/index.ts';
import { LedgerCheck } from './ledger-check.ts';
import { GrowingFile, linesOf } from './lines.ts';
import { messageBytes } from './message-file.ts';
import { Summary } from './summary.ts';

const epoch = 1_483_326_000_000_000 as Instant;
const at = (Date.UTC(2026, 0, 1) * 1_000) as Instant;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'orderlake-contract-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const shop = [...generate({ seed: 3, orders: 300, epoch, defects: defaultDefects })];

function outcomeOf({ bytes }: Publication, messageId: string): Outcome {
  return decode({ bytes, attributes: {}, messageId, publishedAt: at, receivedAt: at }, defaultRules);
}

/** The check after all messages, with the ledger as it was changed. */
function checked(change: (lines: string[]) => string[]): LedgerCheck {
  const path = join(directory, 'ledger');
  const lines = change(shop.map(({ ledger }) => JSON.stringify(ledger)));
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const check = new LedgerCheck(path);
  shop.forEach((publication, i) => {
    check.add(`line ${i + 1}`, outcomeOf(publication, `line ${i + 1}`));
  });
  check.end();
  return check;
}

describe('messages beside their ledger', () => {
  it('are what it says, each, also those whose body is torn', () => {
    const outcomes = shop.map((publication) => outcomeOf(publication, 'x').kind);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'corrected', 'dead']));
    expect(checked((lines) => lines).differences).toEqual([]);
  });

  it('differ by name when one line says something else', () => {
    const check = checked((lines) => lines.with(7, lines[7]!.replace(/"version":\d+/, '"version":99')));
    expect(check.count).toBe(1);
    expect(check.differences[0]).toContain('line 8 (');
    expect(check.differences[0]).toContain('"version":99');
  });

  it('differ when one of them, or the last lines, are missing', () => {
    expect(checked((lines) => lines.slice(0, -2)).count).toBe(2);
    expect(checked((lines) => [...lines, lines[0]!]).differences).toEqual([
      'the end: expected 1 more messages that the ledger tells of, perhaps of a run before this one, got none',
    ]);
  });
});

it('a ledger is read on while it is written, and never half a line', () => {
  const path = join(directory, 'growing');
  writeFileSync(path, 'one\ntw');
  const file = new GrowingFile(path);
  expect([file.next(), file.next()]).toEqual(['one', undefined]);
  appendFileSync(path, 'o\n');
  expect([file.next(), file.next()]).toEqual(['two', undefined]);
  file.close();
});

it('lines are bytes, wherever the chunks are cut; the last one needs no end', async () => {
  const bytes = Buffer.from('a\n\n \t\r\n\xffb\r\n\rc', 'latin1');
  for (let cut = 0; cut < bytes.length; cut++) {
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const lines = [];
    for await (const line of linesOf(ReadableStream.from(chunks)))
      lines.push([line.number, Buffer.from(line.bytes).toString('latin1')]);
    // As an editor numbers them, without their ends; those of nothing but space are no messages.
    expect(lines).toEqual([
      [1, 'a'],
      [4, '\xffb'],
      [5, '\rc'],
    ]);
  }
});

it('of a line without end no more is kept than shows that it is too long', async () => {
  const chunk = Buffer.alloc(1_000_000, 'x');
  const lines = [];
  for await (const line of linesOf(ReadableStream.from([...Array(14).fill(chunk), Buffer.from('\ny')])))
    lines.push(line.bytes.length);
  expect(lines).toEqual([10_000_001, 1]);
});

describe('a file of messages', () => {
  const bytesOf = async (content: Uint8Array) => {
    const path = join(directory, 'messages');
    writeFileSync(path, content);
    return Buffer.concat(await Readable.from(messageBytes(path)).toArray()).toString();
  };

  it('is read as it is, or unpacked when it is packed, in one piece or several', async () => {
    expect(await bytesOf(Buffer.from(''))).toBe('');
    expect(await bytesOf(Buffer.from('{'))).toBe('{');
    expect(await bytesOf(Buffer.from('{}\n'))).toBe('{}\n');
    expect(await bytesOf(Buffer.concat([gzipSync('{}\n'), gzipSync('[]\n')]))).toBe('{}\n[]\n');
  });

  it.each([
    ['is cut off', gzipSync('x'.repeat(1_000)).subarray(0, 20), 'unexpected end of file'],
    ['was spoilt', Buffer.from([0x1f, 0x8b, 0, 0, 0]), 'unknown compression method'],
    ['is UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'UTF-16'],
  ])('that %s is refused by name', async (_, content, got) => {
    await expect(bytesOf(content)).rejects.toMatchObject({
      name: 'InputError',
      got: expect.stringContaining(got) as string,
    });
  });

  it('that is not there, or is a folder, is refused by name', async () => {
    for (const path of [join(directory, 'none'), directory])
      await expect(Readable.from(messageBytes(path)).toArray()).rejects.toMatchObject({ name: 'InputError' });
  });
});

it('a ledger that is none, or not there, is refused by name', () => {
  expect(() => checked(() => ['{"event_id":"x"'])).toThrow('--ledger is none');
  expect(() => checked(() => ['{"order_id":"x"}'])).toThrow('--ledger is none');
  const check = new LedgerCheck(join(directory, 'none'));
  expect(() => check.add('x', outcomeOf(shop[0]!, 'x'))).toThrow('--ledger cannot be read');
});

it('a summary counts money to the cent, and deaths by reason', () => {
  const summary = new Summary();
  const cents = new Map<string, number>();
  let copies = 0;
  for (const publication of shop) {
    const outcome = outcomeOf(publication, 'x');
    summary.add(outcome);
    if (outcome.kind === 'dead' || outcome.event.eventType !== 'order.placed') continue;
    const { order, items } = outcome.event;
    if (cents.has(order.order_id)) copies++;
    else
      cents.set(
        order.order_id,
        items.reduce((sum, item) => sum + item.price, 0),
      );
  }
  const total = [...cents.values()].reduce((sum, one) => sum + one, 0);
  const text = summary.lines(2).join('\n');
  expect(copies).toBeGreaterThan(0);
  expect(text).toContain(`orders placed: ${cents.size} and ${copies} copies\n`);
  expect(text).toContain(`revenue: ${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')} BRL`);
  expect(text).toContain(`${shop.length} messages, ${Math.round(shop.length / 2)} a second`);
});

it('a summary tells what each category of products sold', () => {
  const summary = new Summary();
  const add = (body: object) => {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const message = { bytes, attributes: {}, messageId: 'x', publishedAt: at, receivedAt: at };
    summary.add(decode(message, defaultRules));
  };
  const { product } = exampleEvents['product.changed'];
  const [item] = exampleOrder.order_items;
  add({ ...exampleEvents['product.changed'], product: { ...product, product_id: item.product_id } });
  add(exampleOrder);
  add(exampleOrder);
  expect(summary.lines(1)).toContain(`categories: 1; most revenue: ${product.product_category_name} 29.99`);
  expect(summary.lines(1)).toContain('orders placed: 1 and 1 copies');
  expect(summary.isNoJson).toBe(false);
});
