import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decode,
  defaultRules,
  eventTypes,
  exampleEvents,
  exampleOrder,
  type Instant,
  rowsOf,
} from './index.ts';

const at = (Date.parse('2024-05-04T15:00:00Z') * 1000) as Instant;

function received(text: string) {
  const bytes = new TextEncoder().encode(text);
  return { bytes, attributes: {}, messageId: 'm', publishedAt: at, receivedAt: at };
}

const decoded = (text: string) => decode(received(text), defaultRules);

function rowsFor(text: string) {
  const outcome = decoded(text);
  if (outcome.kind === 'dead') throw new Error(JSON.stringify(outcome.death));
  return rowsOf(outcome.event, received(text), []);
}

/** Every row of a message with what was kept beside its columns. */
function additions(text: string): (string | null)[] {
  const { order_events: _, ...rows } = rowsFor(text);
  return Object.values(rows).flatMap((list) => list.map((row) => row.additional_fields));
}

describe('what the contract does not know', () => {
  it('is kept on the row of the part it belongs to, and beside the parts on the first row', () => {
    const body = structuredClone(exampleOrder) as unknown as Record<string, Record<string, unknown>[]>;
    Object.assign(body, { loyalty: [1, 2], order: { ...body.order, gift: { colour: 'red' } } });
    body.order_payments!.reverse();
    body.order_payments![0]!.brand = 'elo';
    expect(additions(JSON.stringify(body))).toEqual([
      '{"gift":{"colour":"red"},"/loyalty":[1,2]}',
      null,
      null,
      '{"brand":"elo"}',
    ]);
  });

  it('leaves the row empty beside its columns when there is nothing', () => {
    for (const type of eventTypes)
      expect(additions(JSON.stringify(exampleEvents[type])).every((kept) => kept === null)).toBe(true);
  });

  it('does not change what the event is: same hash, same outcome', () => {
    const more = decoded(JSON.stringify({ ...exampleOrder, more: 1 }));
    const plain = decoded(JSON.stringify(exampleOrder));
    expect(more.kind).toBe('ok');
    expect(more.kind !== 'dead' && more.event.contentHash).toBe(
      plain.kind !== 'dead' && plain.event.contentHash,
    );
  });

  it('is found wherever it is put, however the text is spaced and whatever it is as long as', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...eventTypes),
        fc.nat(),
        fc.string({ minLength: 1, maxLength: 12 }).filter((name) => !isKnown(name) && name !== '__proto__'),
        fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('__proto__')),
        fc.constantFrom(undefined, 1),
        (type, place, name, value, spaces) => {
          const text = JSON.stringify(exampleEvents[type], null, spaces);
          const entry = `${JSON.stringify(name)}:${JSON.stringify(value)},`;
          const kept = additions(atBrace(text, place, entry)).filter((one) => one !== null);
          expect(kept).toHaveLength(1);
          const [[key, found]] = Object.entries(JSON.parse(kept[0]!)) as [[string, unknown]];
          expect([name, `/${name}`]).toContain(key);
          expect(found).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a key that comes twice', () => {
  it('makes the message dead, with its place, wherever it is and whatever follows it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...eventTypes),
        fc.nat(),
        fc.constantFrom('null', '1', '""', '"x"', '{}', '[1]'),
        fc.constantFrom('', ' ', '\n'),
        (type, place, value, space) => {
          const text = JSON.stringify(exampleEvents[type]);
          const braces = [...text.matchAll(/\{("\w+"):/g)];
          const brace = braces[place % braces.length]!;
          const key = brace[1]!;
          const twice = `${text.slice(0, brace.index + 1)}${key}${space}:${value},${text.slice(brace.index + 1)}`;
          expect(decoded(twice)).toMatchObject({ kind: 'dead', death: { reason: 'duplicate_key' } });
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['in the order', '"order":{', '"order_id":"x",', '/order/order_id'],
    [
      'in an entry of a list',
      '{"order_id":"e481f51cbdc54678b7cc49136f2d6af7","payment_sequential":2,',
      '"payment_type":"x",',
      '/order_payments/1/payment_type',
    ],
    ['in disguise', '{', '"\\u006frder":1,', '/order'],
    ['within what is not known', '{', '"x":{"a~/":1,"a~/":2},', '/x/a~0~1'],
  ])('%s is named by its path', (_, before, key, path) => {
    const text = JSON.stringify(exampleOrder).replace(before, before + key);
    expect(decoded(text)).toMatchObject({ death: { reason: 'duplicate_key', path } });
  });

  it('is not suspected where a text only looks like one', () => {
    const city = JSON.stringify('a":1,"b":"\\":');
    const text = JSON.stringify(exampleOrder).replace('"são paulo"', city);
    expect(decoded(text).kind).toBe('ok');
    expect(decoded(text.replace('{', '{"x":"a:","y":":",')).kind).toBe('ok');
  });
});

describe('names without end', () => {
  const named = (count: number) => Array.from({ length: count }, (_, i) => `"n${i}":${i},`).join('');
  const withNames = (count: number) => JSON.stringify(exampleOrder).replace('{', `{${named(count)}`);

  it('of 32 that are not known all are kept, and one more makes the message dead', () => {
    expect(Object.keys(JSON.parse(additions(withNames(32))[0]!))).toHaveLength(32);
    expect(decoded(withNames(33))).toMatchObject({ death: { reason: 'too_many_fields', path: '' } });
  });

  it('are refused before they are parsed, so that they cannot make a message slow', () => {
    const names = `{${named(60_000).slice(0, -1)}`;
    expect(decoded(`${names}}`)).toMatchObject({ death: { reason: 'too_many_fields' } });
    // Not even JSON: nobody parsed it.
    expect(decoded(names)).toMatchObject({ death: { reason: 'too_many_fields' } });
  });

  it('are the same name over and over: they count once', () => {
    const entries = Array.from({ length: 3_000 }, (_, i) => ({ note: i }));
    expect(decoded(JSON.stringify({ ...exampleOrder, notes: entries })).kind).toBe('ok');
  });
});

function isKnown(name: string): boolean {
  return eventTypes.some((type) => JSON.stringify(exampleEvents[type]).includes(`${JSON.stringify(name)}:`));
}

function atBrace(text: string, place: number, entry: string): string {
  const braces = [...text.matchAll(/\{/g)];
  const { index } = braces[place % braces.length]!;
  return text.slice(0, index + 1) + entry + text.slice(index + 1);
}
