import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode, defaultRules, type Instant, type Outcome } from '../../contracts/index.ts';
import { defaultDefects, generate, type Publication } from '../../generator/index.ts';
import { LedgerCheck } from './ledger-check.ts';
import { GrowingFile, linesOf } from './lines.ts';
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
      'the end: expected 1 more messages that the ledger tells of, got none',
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
  const bytes = Buffer.from([97, 10, 10, 0xff, 98, 10, 99]);
  for (let cut = 1; cut < bytes.length; cut++) {
    const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const lines = [];
    for await (const line of linesOf(ReadableStream.from(chunks))) lines.push([...line]);
    expect(lines).toEqual([[97], [0xff, 98], [99]]);
  }
});

it('a summary counts money to the cent, and deaths by reason', () => {
  const summary = new Summary();
  let cents = 0;
  for (const publication of shop) {
    const outcome = outcomeOf(publication, 'x');
    summary.add(outcome);
    if (outcome.kind !== 'dead' && outcome.event.eventType === 'order.placed')
      for (const item of outcome.event.items) cents += item.price;
  }
  const text = summary.lines(2).join('\n');
  expect(text).toContain(`of ${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')} BRL`);
  expect(text).toContain(`${shop.length} messages, ${Math.round(shop.length / 2)} a second`);
});
