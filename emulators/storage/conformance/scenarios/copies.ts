import assert from 'node:assert/strict';
import { generationOf, namesIn, refusalOf, simple, textOf } from '../asking.ts';
import { type Scenario, scenariosOf } from '../scenario.ts';

export const copies: readonly Scenario[] = scenariosOf('A copy', {
  'has the bytes and the metadata, and outlives its source': async (stage) => {
    const { bucket } = stage;
    await bucket.file('a').save('text', { ...simple, metadata: { metadata: { k: 'v' } } });
    await bucket.file('a').copy('b');
    await bucket.file('a').delete();
    assert.equal(await textOf(stage, 'b'), 'text');
    assert.deepEqual((await bucket.file('b').getMetadata())[0].metadata, { k: 'v' });
  },
  'with metadata of its own inherits none': async ({ bucket }) => {
    await bucket
      .file('a')
      .save('text', { ...simple, metadata: { cacheControl: 'no-store', metadata: { k: 'v' } } });
    await bucket.file('a').copy('b', { contentType: 'text/plain', metadata: { l: 'w' } });
    const [copied] = await bucket.file('b').getMetadata();
    assert.deepEqual(
      [copied.contentType, copied.metadata, copied.cacheControl],
      ['text/plain', { l: 'w' }, undefined],
    );
  },
  'may be of an earlier generation, and go to another bucket': async (stage) => {
    const { bucket, client } = stage;
    await bucket.setMetadata({ versioning: { enabled: true } });
    await bucket.file('a').save('one', simple);
    const generation = await generationOf(stage, 'a');
    await bucket.file('a').save('two', simple);
    const [other] = await client.createBucket(`${bucket.name}-b`);
    await bucket.file('a', { generation }).copy(other.file('a'));
    assert.equal((await other.file('a').download())[0].toString(), 'one');
    await other.file('a').delete();
    await other.delete();
  },
  'that moves leaves only the new name': async (stage) => {
    await stage.bucket.file('a').save('text', simple);
    await stage.bucket.file('a').move('b');
    assert.deepEqual(await namesIn(stage), ['b']);
  },
});

export const compositions: readonly Scenario[] = scenariosOf('A composition', {
  'joins objects in order, with a CRC and without an MD5': async (stage) => {
    const { bucket } = stage;
    await bucket.file('a').save('12345', simple);
    await bucket.file('b').save('6789', simple);
    await bucket.combine(['a', 'b'], 'both');
    assert.equal(await textOf(stage, 'both'), '123456789');
    const [both] = await bucket.file('both').getMetadata();
    assert.deepEqual([both.componentCount, both.size, both.crc32c], [2, '9', '4waSgw==']);
    assert.equal(both.md5Hash, undefined);
    await bucket.combine(['both', 'a'], 'both');
    assert.equal((await bucket.file('both').getMetadata())[0].componentCount, 3);
    assert.equal(await textOf(stage, 'both'), '12345678912345');
  },
  'takes the generation that is named': async (stage) => {
    const { bucket, ask } = stage;
    await bucket.setMetadata({ versioning: { enabled: true } });
    await bucket.file('a').save('one', simple);
    const generation = await generationOf(stage, 'a');
    await bucket.file('a').save('two', simple);
    const body = JSON.stringify({
      sourceObjects: [{ name: 'a', generation: String(generation) }, { name: 'a' }],
    });
    const headers = { 'content-type': 'application/json' };
    await ask('/storage/v1/b/{bucket}/o/both/compose', { method: 'POST', headers, body });
    assert.equal(await textOf(stage, 'both'), 'onetwo');
  },
  'of more than 32 or of missing objects is refused': async ({ bucket }) => {
    const many = Array.from({ length: 33 }, () => 'a');
    await bucket.file('a').save('x', simple);
    assert.equal((await refusalOf(bucket.combine(many, 'all'))).code, 400);
    assert.equal((await refusalOf(bucket.combine(['a', 'missing'], 'all'))).code, 404);
    assert.deepEqual(await bucket.file('all').exists(), [false]);
  },
});

export const versions: readonly Scenario[] = scenariosOf('A versioned bucket', {
  'keeps what is replaced and deleted until a generation is deleted by name': async (stage) => {
    const { bucket } = stage;
    await bucket.setMetadata({ versioning: { enabled: true } });
    const file = bucket.file('x');
    await file.save('one', simple);
    const generation = await generationOf(stage, 'x');
    await file.save('two', simple);
    await file.delete();
    assert.deepEqual(await file.exists(), [false]);
    assert.equal((await bucket.getFiles({ versions: true }))[0].length, 2);
    const first = bucket.file('x', { generation });
    assert.equal((await first.download())[0].toString(), 'one');
    assert.ok((await first.getMetadata())[0].timeDeleted);
    await first.delete();
    assert.equal((await refusalOf(first.download())).code, 404);
  },
  'keeps no more once versioning is off, and still has what it kept': async ({ bucket }) => {
    await bucket.setMetadata({ versioning: { enabled: true } });
    await bucket.file('x').save('one', simple);
    await bucket.file('x').save('two', simple);
    await bucket.setMetadata({ versioning: { enabled: false } });
    await bucket.file('x').save('three', simple);
    const [all] = await bucket.getFiles({ versions: true });
    const texts = await Promise.all(
      all.map(async ({ metadata }) => {
        const generation = Number(metadata.generation);
        return (await bucket.file('x', { generation }).download())[0].toString();
      }),
    );
    assert.deepEqual(texts, ['one', 'three']);
  },
});
