import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { overBackends, refusalOf } from './testing/over-backends.ts';

overBackends('an object', (stage) => {
  test.each([
    'a/b/c.parquet',
    'with space',
    '#1?x=%2F&y',
    '../../etc/passwd',
    '//double//',
    'trailing/',
    'ünïcödé/\u{1F600}/日本',
    'x'.repeat(1024),
    'back\\slash:*|"<>',
    'CON',
    '\u0001\t',
  ])('may be called %j', async (name) => {
    const file = stage.bucket.file(name);
    await file.save('text');
    expect((await file.download())[0].toString()).toBe('text');
    expect((await stage.bucket.getFiles())[0].map((found) => found.name)).toEqual([name]);
    await file.delete();
    expect((await stage.bucket.getFiles())[0]).toEqual([]);
  });

  test('named like a folder of another stands beside it', async () => {
    for (const name of ['a', 'a/b', 'a/b/c', 'a/']) await stage.bucket.file(name).save(name);
    for (const name of ['a', 'a/b', 'a/b/c', 'a/']) {
      expect((await stage.bucket.file(name).download())[0].toString()).toBe(name);
    }
  });

  test('gives spans of its bytes', async () => {
    const file = stage.bucket.file('digits');
    await file.save('0123456789');
    const read = async (start: number, end?: number) =>
      (await file.download(end === undefined ? { start } : { start, end }))[0].toString();
    expect(await read(2, 4)).toBe('234');
    expect(await read(7)).toBe('789');
    expect(await read(8, 100)).toBe('89');
    expect((await refusalOf(read(10, 12))).code).toBe(416);
  });

  test('of many megabytes comes back whole and in spans', async () => {
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7 + (i >> 11)) & 255));
    const file = stage.bucket.file('big');
    await file.save(bytes, { resumable: false });
    expect((await file.download())[0].equals(bytes)).toBe(true);
    expect(
      (await file.download({ start: 70_001, end: 2_500_000 }))[0].equals(bytes.subarray(70_001, 2_500_001)),
    ).toBe(true);
  });

  test('replaced has a higher generation, changed a higher metageneration', async () => {
    const file = stage.bucket.file('x');
    await file.save('one');
    const [first] = await file.getMetadata();
    const [changed] = await file.setMetadata({ metadata: { colour: 'red', size: 'small' } });
    expect(changed).toMatchObject({ generation: first.generation, metageneration: '2' });
    const [merged] = await file.setMetadata({
      metadata: { colour: null, taste: 'sweet' },
      cacheControl: 'no-store',
    });
    expect(merged).toMatchObject({ cacheControl: 'no-store', metageneration: '3' });
    expect(merged.metadata).toEqual({ size: 'small', taste: 'sweet' });
    await file.save('two');
    const [second] = await file.getMetadata();
    expect(Number(second.generation)).toBeGreaterThan(Number(first.generation));
    expect(second).toMatchObject({ metageneration: '1', size: '3' });
    expect(second.metadata).toBeUndefined();
  });

  test('tells its checksums, type and size', async () => {
    await stage.bucket
      .file('x')
      .save('123456789', { contentType: 'text/plain', metadata: { metadata: { k: 'v' } } });
    const [metadata] = await stage.bucket.file('x').getMetadata();
    // The check value of CRC-32C, and md5 of the nine digits.
    expect(metadata).toMatchObject({ crc32c: '4waSgw==', md5Hash: 'JfnnlDI7RTiF9RgfG2JNCw==', size: '9' });
    expect(metadata).toMatchObject({ contentType: 'text/plain', metadata: { k: 'v' } });
  });

  test('is copied, moved and composed', async () => {
    const { bucket } = stage;
    await bucket.file('a').save('left ', { metadata: { metadata: { k: 'v' } } });
    await bucket.file('b').save('right');
    await bucket.file('a').copy('a2');
    await bucket.file('a').delete();
    expect((await bucket.file('a2').download())[0].toString()).toBe('left ');
    expect((await bucket.file('a2').getMetadata())[0].metadata).toEqual({ k: 'v' });
    await bucket.combine(['a2', 'b'], 'both');
    const [both] = await bucket.file('both').getMetadata();
    expect((await bucket.file('both').download())[0].toString()).toBe('left right');
    expect(both).toMatchObject({ componentCount: 2, size: '10' });
    expect(both.md5Hash).toBeUndefined();
    await bucket.file('both').move('moved');
    expect((await bucket.getFiles())[0].map((file) => file.name)).toEqual(['a2', 'b', 'moved']);
  });

  test('stored as gzip is unpacked for a reader that does not take gzip', async () => {
    const file = stage.bucket.file('packed');
    await file.save(gzipSync('plain text'), { metadata: { contentEncoding: 'gzip' } });
    expect((await file.download())[0].toString()).toBe('plain text');
    const raw = await fetch(`${stage.origin}/storage/v1/b/shelf/o/packed?alt=media`, {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(raw.headers.get('content-encoding')).toBeNull();
    expect(await raw.text()).toBe('plain text');
  });

  test('that does not exist is 404 with its name', async () => {
    const refusal = await refusalOf(stage.bucket.file('nix').getMetadata());
    expect(refusal).toMatchObject({ code: 404, message: 'No such object: shelf/nix' });
    expect(refusal.errors).toEqual([
      { message: 'No such object: shelf/nix', domain: 'global', reason: 'notFound' },
    ]);
    expect((await refusalOf(stage.bucket.file('nix').download())).message).toBe('No such object: shelf/nix');
  });
});

overBackends('a listing', (stage) => {
  test('shows what was written and not what was deleted, at once', async () => {
    const names = async () => (await stage.bucket.getFiles())[0].map((file) => file.name);
    for (let i = 0; i < 20; i++) {
      await stage.bucket.file(`f${i % 3}`).save(String(i));
      expect(await names()).toContain(`f${i % 3}`);
      if (i % 2) await stage.bucket.file(`f${i % 3}`).delete();
      if (i % 2) expect(await names()).not.toContain(`f${i % 3}`);
    }
  });

  test('goes page by page, by prefix, delimiter and fields', async () => {
    for (const name of ['a/1', 'a/2', 'b/1', 'c']) await stage.bucket.file(name).save(name);
    const pages: string[][] = [];
    for (let query: object | null = { maxResults: 3 }; query !== null; ) {
      const [files, next] = await stage.bucket.getFiles({ ...query, autoPaginate: false });
      pages.push(files.map((file) => file.name));
      query = next as object | null;
    }
    expect(pages).toEqual([['a/1', 'a/2', 'b/1'], ['c']]);
    const [below] = await stage.bucket.getFiles({ prefix: 'a/', startOffset: 'a/2' });
    expect(below.map((file) => file.name)).toEqual(['a/2']);
    const [top, , answer] = await stage.bucket.getFiles({
      delimiter: '/',
      autoPaginate: false,
      fields: 'items(name),prefixes',
    });
    expect(top.map((file) => file.name)).toEqual(['c']);
    expect(answer).toEqual({ items: [{ name: 'c' }], prefixes: ['a/', 'b/'] });
  });
});

overBackends('a versioned bucket', (stage) => {
  test('keeps what is replaced and deleted until a generation is deleted by name', async () => {
    await stage.bucket.setMetadata({ versioning: { enabled: true } });
    const file = stage.bucket.file('x');
    await file.save('one');
    const [{ generation }] = await file.getMetadata();
    await file.save('two');
    await file.delete();
    expect(await file.exists()).toEqual([false]);
    const [versions] = await stage.bucket.getFiles({ versions: true });
    expect(versions).toHaveLength(2);
    const first = stage.bucket.file('x', { generation: Number(generation) });
    expect((await first.download())[0].toString()).toBe('one');
    await first.delete();
    expect((await refusalOf(first.download())).code).toBe(404);
  });
});

overBackends('a bucket', (stage) => {
  test('is made once, listed, changed and deleted when empty', async () => {
    expect(await refusalOf(stage.client.createBucket('shelf'))).toMatchObject({ code: 409 });
    await stage.client.createBucket('other', { labels: { use: 'test' } });
    expect((await stage.client.getBuckets())[0].map((bucket) => bucket.name)).toEqual(['other', 'shelf']);
    const [changed] = await stage.bucket.setMetadata({ labels: { a: '1' } });
    expect(changed).toMatchObject({ metageneration: '2', labels: { a: '1' } });
    const stale = stage.bucket.setMetadata({ labels: { a: '2' } }, { ifMetagenerationMatch: 1 });
    expect((await refusalOf(stale)).code).toBe(412);
    await stage.bucket.file('x').save('x');
    expect(await refusalOf(stage.bucket.delete())).toMatchObject({ code: 409 });
    await stage.bucket.file('x').delete();
    await stage.bucket.delete();
    expect(await stage.bucket.exists()).toEqual([false]);
    expect((await refusalOf(stage.bucket.file('x').save('x'))).code).toBe(404);
  });

  test.each(['UPPER', 'ab', '-dash', 'dash-', '1.2.3.4', 'goog-mine', 'a..b'])(
    'is not called %s',
    async (name) => {
      const refusal = await refusalOf(stage.client.createBucket(name));
      expect(refusal).toMatchObject({ code: 400, message: `Invalid bucket name: '${name}'` });
    },
  );
});
