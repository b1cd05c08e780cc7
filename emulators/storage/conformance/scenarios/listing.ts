import assert from 'node:assert/strict';
import { simple, statusOf } from '../asking.ts';
import { type Scenario, type Stage, scenariosOf } from '../scenario.ts';

async function write({ bucket }: Stage, names: readonly string[]): Promise<void> {
  for (const name of names) await bucket.file(name).save(name, simple);
}

async function listed({ bucket }: Stage, query: object): Promise<string[]> {
  return (await bucket.getFiles(query))[0].map((file) => file.name);
}

export const listing: readonly Scenario[] = scenariosOf('A listing', {
  'goes page by page': async (stage) => {
    await write(stage, ['a/1', 'a/2', 'b/1', 'c']);
    const pages: string[][] = [];
    for (let query: object | null = { maxResults: 3 }; query !== null; ) {
      const [files, next] = await stage.bucket.getFiles({ ...query, autoPaginate: false });
      pages.push(files.map((file) => file.name));
      query = next as object | null;
    }
    assert.deepEqual(pages, [['a/1', 'a/2', 'b/1'], ['c']]);
  },
  'is cut by prefix, startOffset and endOffset': async (stage) => {
    await write(stage, ['a/1', 'a/2', 'a/3', 'b/1']);
    assert.deepEqual(await listed(stage, { prefix: 'a/' }), ['a/1', 'a/2', 'a/3']);
    assert.deepEqual(await listed(stage, { startOffset: 'a/2', endOffset: 'b' }), ['a/2', 'a/3']);
  },
  'with a delimiter shows what is below it as prefixes': async (stage) => {
    await write(stage, ['a', 'a/', 'a/b', 'a/b/c', 'b', 'c/d']);
    const query = { delimiter: '/', autoPaginate: false, fields: 'items(name),prefixes' };
    const [, , answer] = await stage.bucket.getFiles(query);
    assert.deepEqual(answer, { items: [{ name: 'a' }, { name: 'b' }], prefixes: ['a/', 'c/'] });
    const [below] = await stage.bucket.getFiles({ ...query, includeTrailingDelimiter: true });
    assert.deepEqual(
      below.map((file) => file.name),
      ['a', 'a/', 'b'],
    );
  },
  'has the order of UTF-8 bytes': async (stage) => {
    await write(stage, ['\u{1F600}', '\uFFFD', 'z', 'Z']);
    assert.deepEqual(await listed(stage, {}), ['Z', 'z', '\uFFFD', '\u{1F600}']);
  },
  'of names that fit a glob: *, **, ?, [a-z], [!a-z] and {a,b}': async (stage) => {
    await write(stage, ['a/1.txt', 'a/b/2.txt', 'a/b/2.csv', 'c.txt', 'd*']);
    const fits = {
      '*.txt': ['c.txt'],
      '**.txt': ['a/1.txt', 'a/b/2.txt', 'c.txt'],
      'a/*': ['a/1.txt'],
      'a/**': ['a/1.txt', 'a/b/2.csv', 'a/b/2.txt'],
      '?.txt': ['c.txt'],
      '[a-c].txt': ['c.txt'],
      '[!c]*': ['d*'],
      '**/2.{csv,txt}': ['a/b/2.csv', 'a/b/2.txt'],
      'd\\*': ['d*'],
    };
    for (const [matchGlob, names] of Object.entries(fits)) {
      assert.deepEqual([matchGlob, await listed(stage, { matchGlob })], [matchGlob, names]);
    }
    assert.equal(await statusOf(stage.ask('/storage/v1/b/{bucket}/o?matchGlob=*&delimiter=x')), 400);
  },
  'can be deleted whole by the client, by prefix and with all generations': async (stage) => {
    await stage.bucket.setMetadata({ versioning: { enabled: true } });
    await write(stage, ['a/1', 'a/1', 'a/2', 'b/1']);
    await stage.bucket.deleteFiles({ prefix: 'a/', versions: true, force: true });
    assert.deepEqual(await listed(stage, { versions: true }), ['b/1']);
  },
  'shows all generations when asked to': async (stage) => {
    await stage.bucket.setMetadata({ versioning: { enabled: true } });
    await write(stage, ['x', 'x', 'y']);
    assert.deepEqual(await listed(stage, { versions: true }), ['x', 'x', 'y']);
    assert.deepEqual(await listed(stage, {}), ['x', 'y']);
  },
});
