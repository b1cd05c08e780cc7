import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCarefully } from './decode.ts';
import {
  decode,
  defaultRules,
  type EventPart,
  type EventType,
  events,
  eventTypes,
  exampleEvents,
  type Instant,
  type Received,
} from './index.ts';
import { readPlain } from './plain-decode.ts';

const at = (Date.parse('2024-05-04T15:00:00Z') * 1000) as Instant;

function received(text: string): Received {
  const bytes = new TextEncoder().encode(text);
  return { bytes, attributes: { event_id: 'outer' }, messageId: 'm', publishedAt: at, receivedAt: at };
}

const plain = (text: string) => readPlain(received(text), defaultRules);

/** The example with its keys in the order of the contract, which is that of the shop. */
function inOrder(type: EventType): unknown {
  const example = structuredClone(exampleEvents[type]) as unknown as Record<string, Record<string, unknown>>;
  for (const { name, fields, atLeast } of events[type].parts as readonly EventPart[])
    if (atLeast === undefined)
      example[name] = Object.fromEntries(fields.map((field) => [field.name, example[name]![field.name]]));
  return example;
}

const texts = eventTypes.map((type) => JSON.stringify(inOrder(type)));
const [order = ''] = texts;

/** Whether read plainly or not, a message is what the careful way says it is. */
function expectAgreement(text: string): void {
  const message = received(text);
  expect(decode(message, defaultRules)).toEqual(decodeCarefully(message, defaultRules));
}

describe('a message is read plainly', () => {
  it.each([...eventTypes])('when it is %s as a program writes it, spaced or not', (type) => {
    for (const text of [
      JSON.stringify(inOrder(type)),
      JSON.stringify(inOrder(type), null, 1),
      ` ${JSON.stringify(inOrder(type), null, '\t').replaceAll('":', '"\r\n :')}\n`,
    ]) {
      expect(plain(text)).toBeDefined();
      expectAgreement(text);
    }
  });

  it('when what may be missing is missing', () => {
    const text = order.replace(/"order_(approved_at|delivered_\w+)":null,/g, '');
    expect(text.length).toBeLessThan(order.length - 60);
    expect(plain(text)).toMatchObject({ order: { order_approved_at: null } });
    expectAgreement(text);
  });

  it('when a city is written as its people write it', () => {
    for (const city of ['são paulo', 'aßb', 'x☃y', 'a😀b', 'a\u{10ffff}é☃b']) {
      const text = order.replace('são paulo', city);
      expect(plain(text)).toMatchObject({ order: { customer_city: city, customer_state: 'SP' } });
      expectAgreement(text);
    }
  });
});

it.each([
  ['a key in another place', order.replace(/("event_id":"[^"]*"),("event_type":"[^"]*")/, '$2,$1')],
  ['a key twice', order.replace('"order":{', '"order":{"order_id":"x",')],
  ['one key more', order.replace('"order":{', '"x":1,"order":{')],
  ['more behind it', `${order}x`],
  [
    'another order whose bytes begin the same',
    order
      .replace('"order_id":"e4', '"order_id":"eé4')
      .replaceAll(/"order_id":"e4(\w+)7","(order_item|payment)/g, '"order_id":"eé4$1","$2'),
  ],
  ['an escape', order.replace('são', 's\\u00e3o')],
  ['a time in a zone', order.replace('13:30:00Z', '13:30:00+00:00')],
  ['a number with a fraction', order.replace('"version":1', '"version":1.0')],
  ['money that does not add up', order.replace('29.99', '29.97')],
  ['a message of another version', order.replace('"schema_version":1', '"schema_version":2')],
])('%s is left to the careful reader', (_, text) => {
  expect(text).not.toBe(order);
  expect(plain(text)).toBeUndefined();
  expectAgreement(text);
});

const odd = [
  ...[
    'null',
    'true',
    '{}',
    '[]',
    '-0',
    '0',
    '00',
    '1',
    '-1',
    '1.0',
    '1e2',
    '1E400',
    '9007199254740993',
    '12345',
  ],
  ...['""', '" "', '" x"', '"x "', '"é"', '"éx"', '"xéx"', '"x\\n"', '"\\ud800"', '"x\u007fx"', '"\u007f"'],
  ...['"0.00"', '"00.00"', '"1.0"', '"1.000"', '"-1.00"', '"9999999999.99"', '"10000000000.00"', '"1,00"'],
  ...['"2024-02-30T00:00:00Z"', '"2024-05-04T24:00:00Z"', '"1969-12-31T23:59:59Z"', '"2254-12-31T23:59:59Z"'],
  ...['"2255-12-31T23:59:59Z"', '"2024-05-04t13:30:00z"', '"2024-05-04 13:30:00Z"', '"2024-05-04 13:30:00"'],
  ...['"2024-05-04T13:30:00.Z"', '"2024-05-04T13:30:00.123456Z"', '"2024-05-04T13:30:00.1234567Z"'],
  ...['"SP"', '"sp"', '"S"', '"SPX"', '"created"', '"view"', '"03149"', '"0314"', '"031490"', '"0314x"'],
  ...[`"${'x'.repeat(64)}"`, `"${'x'.repeat(65)}"`, `"${'x'.repeat(128)}"`, `"${'x'.repeat(200)}"`],
  ...[`"${'x'.repeat(201)}"`, `"x${'é'.repeat(198)}x"`, `"${'x'.repeat(300)}"`],
];

describe('whatever is written into a message, both ways agree', () => {
  it('about another value in any place', () => {
    for (const text of texts) {
      const values = [...text.matchAll(/"\w+":("(?:[^"\\]|\\.)*"|\d+|null)/g)];
      for (const { index, 0: whole, 1: value } of values) {
        const from = index + whole.length - value!.length;
        for (const other of odd)
          expectAgreement(text.slice(0, from) + other + text.slice(from + value!.length));
      }
    }
  });

  it('about another character in any one place', () => {
    for (const text of texts)
      for (let i = 0; i < text.length; i++)
        for (const other of 'x6') expectAgreement(text.slice(0, i) + other + text.slice(i + 1));
  });

  it('about more, fewer and other characters in several places', () => {
    const pieces = [
      ...'{}[],:"\\ \n\t09.-eZn\u0000é😀',
      'null',
      '\\u00e3',
      '"x":1,',
      ',"version":2',
      '\ud800',
    ];
    const change = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom('', ...pieces));
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        (text, changes) => {
          let changed = text;
          for (const [place, length, piece] of changes) {
            const from = place % changed.length;
            changed = changed.slice(0, from) + piece + changed.slice(from + length);
          }
          expectAgreement(changed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('about the end of a message, wherever it is cut', () => {
    for (const text of texts) for (let end = 0; end < text.length; end++) expectAgreement(text.slice(0, end));
  });
});
