import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bucket } from './bucket.ts';
import { type Listing, listObjects } from './listing.ts';
import { checkObjectName, compareNames } from './names.ts';
import type { ObjectRecord } from './records.ts';

function bucketOf(names: readonly string[]): Bucket {
  const bucket = new Bucket({ name: 'b', metageneration: 1, timeCreated: 0, updated: 0, fields: {} });
  for (const name of names) {
    const live = { bucket: 'b', name, generation: 1, metageneration: 1, content: name } as ObjectRecord;
    bucket.set({ name, live, noncurrent: [] });
  }
  return bucket;
}

function everyPage(bucket: Bucket, listing: Listing) {
  const items: string[] = [];
  const prefixes: string[] = [];
  for (let pageToken: string | undefined = ''; pageToken !== undefined; ) {
    const page = listObjects(bucket, { ...listing, pageToken });
    items.push(...page.items.map((record) => record.name));
    prefixes.push(...page.prefixes);
    pageToken = page.nextPageToken;
  }
  return { items, prefixes };
}

const tree = ['a', 'a/', 'a/b', 'a/b/c', 'b', 'c/d', 'c/e/f'];

describe('a listing', () => {
  test('with a delimiter shows what is below it as prefixes', () => {
    const { items, prefixes } = everyPage(bucketOf(tree), { delimiter: '/' });
    expect(items).toEqual(['a', 'b']);
    expect(prefixes).toEqual(['a/', 'c/']);
  });

  test('includes an object that is called like a prefix when asked to', () => {
    const { items } = everyPage(bucketOf(tree), { delimiter: '/', includeTrailingDelimiter: true });
    expect(items).toEqual(['a', 'a/', 'b']);
  });

  test('begins at startOffset and ends before endOffset', () => {
    const { items } = everyPage(bucketOf(tree), { startOffset: 'a/b', endOffset: 'c/d' });
    expect(items).toEqual(['a/b', 'a/b/c', 'b']);
  });

  test('has the order of UTF-8 bytes, not of UTF-16 units', () => {
    // The ends of each length in UTF-8, and of the surrogates, which UTF-16 sorts before what follows them.
    const point = fc.constantFrom(
      '\0',
      '\x7f',
      '\x80',
      '\u07ff',
      '\u0800',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
    );
    const name = fc.string({ unit: point, maxLength: 4 });
    fc.assert(
      fc.property(name, name, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareNames(a, b))).toBe(expected);
      }),
    );
    expect(everyPage(bucketOf(['\u{1F600}', '\uFFFD', 'z']), {}).items).toEqual(['z', '\uFFFD', '\u{1F600}']);
  });

  test('says the same in pages of any size', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', '/', '//', 'é'), { minLength: 1, maxLength: 5 })
      .map((p) => p.join(''));
    fc.assert(
      fc.property(
        fc.array(name, { maxLength: 20 }),
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('', 'a', 'a/'),
        fc.constantFrom('', '/'),
        (names, maxResults, prefix, delimiter) => {
          const bucket = bucketOf(names);
          const cut = everyPage(bucket, { prefix, delimiter, maxResults });
          expect(cut).toEqual(everyPage(bucket, { prefix, delimiter }));
          const below = [...new Set(names)].filter((n) => n.startsWith(prefix));
          const expected = below.filter(
            (n) => delimiter === '' || !n.slice(prefix.length).includes(delimiter),
          );
          expect(cut.items).toEqual(expected.sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y))));
        },
      ),
    );
  });
});

describe('an object name', () => {
  test('may be any Unicode of up to 1,024 bytes', () => {
    for (const name of ['a b#?%/..//ü\u{1F600}', 'x'.repeat(1024), '/', '../../etc/passwd']) {
      expect(checkObjectName(name)).toBe(name);
    }
  });

  test.each(['.', '..', 'line\nbreak', 'x'.repeat(1025), 'é'.repeat(513), '\ud800', ''])(
    'is not %j',
    (name) => {
      expect(() => checkObjectName(name)).toThrow();
    },
  );
});
