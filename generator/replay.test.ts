import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode, defaultRules, type Instant, type Outcome } from '../contracts/index.ts';
import type { Publication } from './index.ts';
import { olistTables } from './olist-tables.ts';
import {
  Rejects,
  readOlist,
  readPosition,
  readSpan,
  replayOlist,
  replayRees46,
  sliced,
  writeOlist,
  writePosition,
} from './replay.ts';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const epoch = (Date.parse('2017-01-02T00:00:00-03:00') * 1000) as Instant;
const lateEnough = (Date.parse('2026-01-01T00:00:00Z') * 1000) as Instant;
const set = join(folder, 'olist');
const path = (table: keyof typeof olistTables) => join(set, olistTables[table].file);

function outcomeOf({ bytes, attributes }: Publication): Outcome {
  const received = { bytes, attributes, messageId: 'none', publishedAt: lateEnough, receivedAt: lateEnough };
  return decode(received, defaultRules);
}

describe('the nine files', () => {
  let rows: Awaited<ReturnType<typeof writeOlist>>;
  beforeAll(async () => {
    rows = await writeOlist({ seed: 5, epoch, ordersPerDay: 40, folder: set, orders: 800 });
  });

  it('have the columns of the original, its misspelling included, and a mark before the translation', () => {
    expect(readFileSync(path('products'), 'utf8').split('\n')[0]).toContain('"product_name_lenght"');
    expect([...readFileSync(path('translation')).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(rows).toMatchObject({ orders: 800, customers: 800, translation: 71 });
  });

  it('have its faults', () => {
    const text = (table: keyof typeof olistTables) => readFileSync(path(table), 'utf8');
    expect(text('products')).toContain('"pc_gamer"');
    expect(text('products')).toContain('"portateis_cozinha_e_preparadores_de_alimentos"');
    expect(text('products')).toMatch(/^"[0-9a-f]{32}",,,,/m);
    expect(text('sellers')).toContain('"sp / sp"');
    expect(text('sellers')).toContain('@');
    expect(text('payments')).toMatch(/"not_defined",1,0\.00/);
    expect(text('payments')).toMatch(/"voucher",1,0\.00/);
    expect(text('payments')).toMatch(/,0,\d+\.\d\d$/m);
    expect(text('customers')).toMatch(/,"0\d{4}",/);
    expect(text('geolocation')).toContain('são paulo');
    expect(text('geolocation')).toContain(',41.15,-8.61,');
    expect(text('reviews')).toMatch(/"[^"]*\n[^"]*"/);
    const ids = text('reviews')
      .match(/^"[0-9a-f]{32}","[0-9a-f]{32}",\d/gm)!
      .map((line) => line.slice(1, 33));
    expect(new Set(ids).size).toBeLessThan(ids.length);
  });

  it('are replayed in the order of time, each fault counted, each message with its fate', async () => {
    const rejects = new Rejects(join(folder, 'none.jsonl'));
    const publications = [...replayOlist(await readOlist(set, rejects), rejects)];
    expect(publications.map(({ at }) => at)).toEqual(
      publications.map(({ at }) => at).toSorted((a, b) => a - b),
    );
    for (const publication of publications) {
      const outcome = outcomeOf(publication);
      const reason = outcome.kind === 'dead' ? outcome.death.reason : null;
      expect([outcome.kind, reason]).toEqual([publication.ledger.outcome, publication.ledger.reason]);
      if (outcome.kind !== 'dead') expect(outcome.event.contentHash).toBe(publication.ledger.content_hash);
    }
    expect(publications.filter(({ eventType }) => eventType === 'order.placed')).toHaveLength(800);
    expect(rejects.rejected).toBe(0);
    expect(Object.keys(rejects.faults)).toEqual(
      expect.arrayContaining([
        'order without items',
        'order without payment',
        'delivered without a date',
        'no instalments',
      ]),
    );
  });

  it('are read when tools have rewritten them; what cannot be read is kept with its line', async () => {
    const payments = readFileSync(path('payments'), 'utf8');
    const rewritten = payments.replaceAll('"', '').replace(/\.(\d)0$/gm, '.$1');
    writeFileSync(`${path('payments')}.gz`, gzipSync(`${rewritten}abc,one,voucher,1,5.00\nabc,1,vou`));
    rmSync(path('payments'));
    const file = join(folder, 'rejects.jsonl');
    const rejects = new Rejects(file);
    const { payments: read } = await readOlist(set, rejects);
    rejects.close();
    expect([...read.values()].flat()).toHaveLength(rows.payments);
    expect(rejects.faults['money rewritten']).toBeGreaterThan(50);
    const kept = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(kept).toEqual([
      {
        file: `${olistTables.payments.file}.gz`,
        line: rows.payments + 2,
        reason: 'payment_sequential is no whole number',
        row: 'abc,one,voucher,1,5.00',
      },
      {
        file: `${olistTables.payments.file}.gz`,
        line: rows.payments + 3,
        reason: '3 cells instead of 5',
        row: 'abc,1,vou',
      },
    ]);
  });

  it('say which file is missing', async () => {
    await expect(readOlist(folder, new Rejects('unused'))).rejects.toThrow('olist_orders_dataset.csv');
  });
});

describe('a clickstream file', () => {
  const header =
    'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n';
  const good =
    '2019-10-01 00:00:04 UTC,cart,1004237,2053013555631882655,electronics.smartphone,apple,1081.98,535871217,c6bd7419-2748-4c56-95b4-8cec9ff8b80d\n';
  const bare = '2019-10-01 00:00:05 UTC,view,3900821,2.05301E+18,,,33.20,554748717,\n';
  const torn = '2019-10-01 00:00:06 UTC,view,39';

  it.each([
    ['with a header', header],
    ['without one', ''],
  ])('%s is replayed, and its damage counted', async (_, first) => {
    const file = join(folder, '2019-Oct.csv.gz');
    writeFileSync(file, gzipSync(`${first}${good}${bare}${torn}`));
    const rejects = new Rejects(join(folder, 'clicks.jsonl'));
    const outcomes = (await all(replayRees46([file], rejects))).map(outcomeOf);
    rejects.close();
    const line = first === '' ? 0 : 1;
    expect(outcomes).toMatchObject([
      {
        kind: 'ok',
        event: {
          eventId: `2019-Oct.csv:${line + 1}`,
          click: {
            event_time: Date.parse('2019-10-01T00:00:04Z') * 1000,
            event_type: 'cart',
            category_id: '2053013555631882655',
            price: 108_198,
          },
        },
      },
      {
        kind: 'ok',
        event: { click: { category_id: null, category_code: null, brand: null, user_session: null } },
      },
    ]);
    expect(rejects.faults).toEqual({
      '3 cells instead of 9': 1,
      'category_id rounded by a spreadsheet': 1,
      'no user_session': 1,
      ...(first === '' ? { 'file without header': 1 } : {}),
    });
  });

  it('is never held whole: what is cut off behind the reader is not replayed', async () => {
    const file = join(folder, 'large.csv');
    writeFileSync(file, header + good.repeat(20_000));
    const rejects = new Rejects(join(folder, 'cut.jsonl'));
    let count = 0;
    for await (const _ of replayRees46([file], rejects)) if (++count === 1) truncateSync(file, 1_000_000);
    rejects.close();
    expect(count).toBe(Math.floor((1_000_000 - header.length) / good.length));
  });
});

describe('a segment', () => {
  const at = (seconds: number) => ({ at: seconds * 1_000_000 }) as Publication;
  const six = [0, 10, 20, 3_600, 3_610, 9_000].map(at);

  it('is followed by the next one, by messages or by time, until nothing is left', async () => {
    const state = join(folder, 'state', 'segment.json');
    const runs: number[][] = [];
    for (let run = 0; run < 4; run++) {
      const before = readPosition(state, 'here');
      const slice = await all(sliced(six, before, readSpan('1h')));
      writePosition(state, 'here', before + slice.length);
      runs.push(slice.map((publication) => publication.at / 1e6));
    }
    expect(runs).toEqual([[0, 10, 20], [3_600, 3_610], [9_000], []]);
    expect(readPosition(state, 'elsewhere')).toBe(0);
    expect(await all(sliced(six, 4, readSpan('5')))).toEqual(six.slice(4));
  });

  it.each(['', '0d', '1 day', '-5'])('cannot be %j', (text) => {
    expect(() => readSpan(text)).toThrow('1d, 6h');
  });

  it('refuses a position that is none', () => {
    const state = join(folder, 'broken.json');
    writeFileSync(state, '{"source":"here","sent":"many"}');
    expect(() => readPosition(state, 'here')).toThrow('Remove it');
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
