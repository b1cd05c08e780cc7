import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { namesIn, refusalOf, simple, statusOf, textOf } from '../asking.ts';
import { type Scenario, type Stage, scenariosOf } from '../scenario.ts';

const names = {
  'with slashes': 'a/b/c.parquet',
  'with spaces': 'with space',
  'with #, ?, % and &': '#1?x=%2F&y',
  'with dots that lead nowhere': '../../etc/passwd',
  'with empty parts': '//double//',
  'that ends in a slash': 'trailing/',
  'in any script': 'ünïcödé/\u{1F600}/日本',
  'of 1,024 bytes': 'x'.repeat(1024),
  'with what other systems forbid': 'back\\slash:*|"<>',
  'of control characters': '\u0001\t',
};

export const objectNames: readonly Scenario[] = scenariosOf('An object has a name', {
  ...Object.fromEntries(
    Object.entries(names).map(([what, name]) => [
      what,
      async (stage: Stage) => {
        await stage.bucket.file(name).save('text', simple);
        assert.equal(await textOf(stage, name), 'text');
        assert.deepEqual(await namesIn(stage), [name]);
        await stage.bucket.file(name).delete();
        assert.deepEqual(await namesIn(stage), []);
      },
    ]),
  ),
  'that another continues, as if it were a folder': async (stage) => {
    const all = ['a', 'a/', 'a/b', 'a/b/c'];
    for (const name of all) await stage.bucket.file(name).save(name, simple);
    for (const name of all) assert.equal(await textOf(stage, name), name);
  },
  'of at most 1,024 bytes, without line breaks, and not . or ..': async ({ ask }) => {
    for (const name of ['x'.repeat(1025), 'a%0Ab', '.', '..']) {
      const path = `/upload/storage/v1/b/{bucket}/o?uploadType=media&name=${name}`;
      assert.deepEqual([name, await statusOf(ask(path, { method: 'POST', body: 'x' }))], [name, 400]);
    }
  },
});

export const objects: readonly Scenario[] = scenariosOf('An object', {
  'replaced has a higher generation, changed a higher metageneration': async ({ bucket }) => {
    const file = bucket.file('x');
    await file.save('one', simple);
    const [first] = await file.getMetadata();
    const [changed] = await file.setMetadata({ metadata: { colour: 'red', size: 'small' } });
    assert.deepEqual([changed.generation, changed.metageneration], [first.generation, '2']);
    const [merged] = await file.setMetadata({
      metadata: { colour: null, taste: 'sweet' },
      cacheControl: 'no-store',
    });
    assert.deepEqual([merged.cacheControl, merged.metageneration], ['no-store', '3']);
    assert.deepEqual(merged.metadata, { size: 'small', taste: 'sweet' });
    await file.save('two', simple);
    const [second] = await file.getMetadata();
    assert.ok(Number(second.generation) > Number(first.generation));
    assert.deepEqual([second.metageneration, second.size, second.metadata], ['1', '3', undefined]);
  },
  'updated keeps nothing that is not said again': async ({ bucket, ask }) => {
    await bucket
      .file('x')
      .save('one', { ...simple, metadata: { cacheControl: 'no-store', metadata: { k: 'v' } } });
    const headers = { 'content-type': 'application/json' };
    const body = '{"contentType":"text/plain"}';
    assert.equal(await statusOf(ask('/storage/v1/b/{bucket}/o/x', { method: 'PUT', headers, body })), 200);
    const [updated] = await bucket.file('x').getMetadata();
    assert.deepEqual(
      [updated.contentType, updated.cacheControl, updated.metadata],
      ['text/plain', undefined, undefined],
    );
  },
  'tells its checksums, type and size': async ({ bucket }) => {
    const metadata = { metadata: { k: 'v' } };
    await bucket.file('x').save('123456789', { ...simple, contentType: 'text/plain', metadata });
    const [got] = await bucket.file('x').getMetadata();
    // The check value of CRC-32C, and md5 of the nine digits.
    assert.deepEqual([got.crc32c, got.md5Hash, got.size], ['4waSgw==', 'JfnnlDI7RTiF9RgfG2JNCw==', '9']);
    assert.deepEqual([got.contentType, got.metadata], ['text/plain', { k: 'v' }]);
  },
  'shows only the fields that are asked for': async ({ bucket, ask }) => {
    await bucket.file('x').save('text', { ...simple, metadata: { metadata: { a: '1', b: '2' } } });
    const got = await ask('/storage/v1/b/{bucket}/o/x?fields=name,metadata/a,size');
    assert.deepEqual(await got.json(), { name: 'x', metadata: { a: '1' }, size: '4' });
    assert.equal(await statusOf(ask('/storage/v1/b/{bucket}/o/x?fields=name(')), 400);
  },
  'takes 8 KiB of custom metadata and no more': async (stage) => {
    const file = stage.bucket.file('x');
    const metadata = { metadata: { k: 'v'.repeat(8191) } };
    await file.save('one', { ...simple, metadata });
    assert.equal(await textOf(stage, 'x'), 'one');
    const more = { metadata: { l: '' } };
    assert.equal((await refusalOf(file.setMetadata(more))).code, 400);
    assert.deepEqual((await file.getMetadata())[0].metadata, metadata.metadata);
  },
  'that does not exist is 404 with its name': async (stage) => {
    const named = `No such object: ${stage.bucket.name}/nix`;
    const refusal = await refusalOf(stage.bucket.file('nix').getMetadata());
    assert.deepEqual([refusal.code, refusal.message], [404, named]);
    assert.equal(refusal.errors?.[0]?.reason, 'notFound');
    assert.equal((await refusalOf(stage.bucket.file('nix').download())).message, named);
  },
  'written or deleted is so for every reader at once': async (stage) => {
    for (let i = 0; i < 6; i++) {
      const name = `f${i % 3}`;
      await stage.bucket.file(name).save(String(i), simple);
      assert.equal(await textOf(stage, name), String(i));
      if (i % 2) await stage.bucket.file(name).delete();
      assert.equal((await namesIn(stage)).includes(name), i % 2 === 0);
    }
  },
});

export const downloads: readonly Scenario[] = scenariosOf('A download', {
  'gives spans of the bytes': async ({ bucket }) => {
    const file = bucket.file('digits');
    await file.save('0123456789', simple);
    const read = async (start: number, end?: number) =>
      (await file.download(end === undefined ? { start } : { start, end }))[0].toString();
    assert.equal(await read(2, 4), '234');
    assert.equal(await read(7), '789');
    assert.equal(await read(8, 100), '89');
    assert.equal((await refusalOf(read(10, 12))).code, 416);
  },
  'gives the last bytes': async ({ bucket, ask }) => {
    await bucket.file('digits').save('0123456789', simple);
    const got = await ask('/storage/v1/b/{bucket}/o/digits?alt=media', { headers: { range: 'bytes=-3' } });
    assert.deepEqual([got.status, got.headers.get('content-range')], [206, 'bytes 7-9/10']);
    assert.equal(await got.text(), '789');
  },
  'of megabytes comes back whole and in spans': async ({ bucket }) => {
    const bytes = Buffer.alloc(2_000_000);
    for (let i = 0; i < bytes.length; i++) bytes[i] = i * 7 + (i >> 11);
    const file = bucket.file('big');
    await file.save(bytes, simple);
    assert.ok((await file.download())[0].equals(bytes));
    const [middle] = await file.download({ start: 70_001, end: 1_500_000 });
    assert.ok(middle.equals(bytes.subarray(70_001, 1_500_001)));
  },
  'unpacks gzip for a reader that does not take gzip': async ({ bucket, ask }) => {
    const file = bucket.file('packed');
    await file.save(gzipSync('plain text'), { metadata: { contentEncoding: 'gzip' } });
    assert.equal((await file.download())[0].toString(), 'plain text');
    const headers = { 'accept-encoding': 'identity' };
    const raw = await ask('/storage/v1/b/{bucket}/o/packed?alt=media', { headers });
    assert.equal(raw.headers.get('content-encoding'), null);
    assert.equal(await raw.text(), 'plain text');
  },
});
