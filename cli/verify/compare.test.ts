import { expect, test } from 'vitest';
import { compareDead, compareKeyed, compareOrders, holds, linesOf } from './compare.ts';
import type { OrderFacts } from './facts.ts';
import { joinFacts } from './facts.ts';
import { centsOf } from './from-bigquery.ts';

const facts: OrderFacts = {
  eventId: 'e1',
  items: 2,
  itemsCents: 1990,
  freightCents: 510,
  payments: 1,
  paymentsCents: 2500,
};
const store = (entries: [string, OrderFacts][], twice: string[] = []) => ({
  orders: new Map(entries),
  twice,
});

test('two stores that say the same hold', () => {
  const comparison = compareOrders('lake', store([['o1', facts]]), store([['o1', facts]]));
  expect(holds(comparison)).toBe(true);
  expect(linesOf(comparison)).toEqual(['holds  lake: 1 expected, 1 found']);
});

test.each([
  ['a lost order', store([]), 'missing (1):'],
  [
    'an order nobody made',
    store([
      ['o1', facts],
      ['o2', facts],
    ]),
    'unexpected (1):',
  ],
  ['an order that stands twice', store([['o1', facts]], ['o1']), 'twice (1):'],
  ['a cent too much', store([['o1', { ...facts, freightCents: 511 }]]), 'o1: freightCents 510, found 511'],
  ['an older event that won', store([['o1', { ...facts, eventId: 'e0' }]]), 'o1: eventId e1, found e0'],
])('%s does not hold', (_what, found, line) => {
  const comparison = compareOrders('lake', store([['o1', facts]]), found);
  expect(holds(comparison)).toBe(false);
  expect(linesOf(comparison).map((text) => text.trim())).toContain(line);
});

test('a dead letter with another reason does not hold', () => {
  const expected = { dead: new Map([['e1', 'invalid_json']]), twice: [] };
  const found = { dead: new Map([['e1', 'too_large']]), twice: [] };
  expect(holds(compareDead('dead letters', expected, found))).toBe(false);
});

test('items without an order are not overlooked', () => {
  const joined = joinFacts(new Map(), new Map([['o1', { rows: 1, cents: 1, freightCents: 0 }]]), new Map());
  expect(holds(compareOrders('lake', store([]), { orders: joined, twice: [] }))).toBe(false);
});

test.each([
  ['99.9', 9990],
  ['0.07', 7],
  ['-1.5', -150],
  ['1234567890.120000000', 123456789012],
  ['3', 300],
])('%s is %i cents', (text, cents) => {
  expect(centsOf(text)).toBe(cents);
});

test('money with a third decimal is no money', () => {
  expect(() => centsOf('1.005')).toThrow('expected money');
});

test('a person whose older home won does not hold, nor a product that is missing', () => {
  const expected = new Map([['p1', 'p1-v2']]);
  const found = (events: [string, string][]) => ({ values: new Map(events), twice: [] });
  expect(holds(compareKeyed('people', 'event', expected, found([['p1', 'p1-v2']])))).toBe(true);
  expect(linesOf(compareKeyed('people', 'event', expected, found([['p1', 'p1-v1']])))).toContain(
    '         p1: event p1-v2, found p1-v1',
  );
  expect(linesOf(compareKeyed('people', 'event', expected, found([])))).toContain('       missing (1):');
});

test('a click whose rows differ does not hold, nor one that says something else', () => {
  const expected = new Map([['c1', '00aa']]);
  const found = (content: string, twice: string[]) => ({ values: new Map([['c1', content]]), twice });
  const compared = (content: string, twice: string[] = []) =>
    compareKeyed('clicks', 'content', expected, found(content, twice));
  expect(holds(compared('00aa'))).toBe(true);
  expect(holds(compared('00aa', ['c1']))).toBe(false);
  expect(linesOf(compared('00ab'))).toContain('         c1: content 00aa, found 00ab');
});
