import assert from 'node:assert/strict';
import type { Bucket } from '@google-cloud/storage';
import { generationOf, simple, statusOf, textOf } from '../asking.ts';
import { plainly } from '../plain-request.ts';
import { type Scenario, type Stage, scenariosOf } from '../scenario.ts';
import { isLoopback } from '../stage.ts';

export const xml: readonly Scenario[] = scenariosOf('The XML API', {
  'gives bytes and spans at /BUCKET/OBJECT': async ({ bucket, ask }) => {
    await bucket.file('a/b c.txt').save('0123456789', { ...simple, contentType: 'text/plain' });
    const whole = await ask('/{bucket}/a/b%20c.txt');
    assert.deepEqual([whole.status, whole.headers.get('content-type')], [200, 'text/plain']);
    assert.equal(await whole.text(), '0123456789');
    const part = await ask('/{bucket}/a/b%20c.txt', { headers: { range: 'bytes=2-4' } });
    assert.deepEqual([part.status, part.headers.get('content-range')], [206, 'bytes 2-4/10']);
    assert.equal(await part.text(), '234');
  },
  'gives an earlier generation by its number': async (stage) => {
    await stage.bucket.setMetadata({ versioning: { enabled: true } });
    await stage.bucket.file('x').save('one', simple);
    const generation = await generationOf(stage, 'x');
    await stage.bucket.file('x').save('two', simple);
    assert.equal(await (await stage.ask(`/{bucket}/x?generation=${generation}`)).text(), 'one');
    assert.equal(await (await stage.ask('/{bucket}/x')).text(), 'two');
    assert.equal(await statusOf(stage.ask('/{bucket}/x?generation=1')), 404);
  },
  'finds an object of any name, percent-encoded': async ({ bucket, ask }) => {
    for (const name of ['ünïcödé/\u{1F600}/日本', '#1?x=%2F&y +', 'a//b', '../up']) {
      await bucket.file(name).save(name, simple);
      assert.equal(await (await ask(`/{bucket}/${encodeURIComponent(name)}`)).text(), name);
    }
  },
  'tells size, generation and checksums to HEAD': async (stage) => {
    await stage.bucket.file('x').save('123456789', { ...simple, metadata: { metadata: { colour: 'red' } } });
    const head = await stage.ask('/{bucket}/x', { method: 'HEAD' });
    const generation = await generationOf(stage, 'x');
    assert.equal(head.headers.get('content-length'), '9');
    assert.equal(head.headers.get('x-goog-generation'), String(generation));
    assert.match(head.headers.get('x-goog-hash') ?? '', /crc32c=4waSgw==/);
    assert.equal(head.headers.get('etag'), '"25f9e794323b453885f5181f1b624d0b"');
    assert.equal(head.headers.get('x-goog-meta-colour'), 'red');
  },
  'says what is missing in XML': async ({ ask }) => {
    const object = await ask('/{bucket}/missing');
    assert.equal(object.status, 404);
    assert.match(await object.text(), /<Code>NoSuchKey<\/Code>/);
    const bucket = await ask('/no-such-bucket-here/missing');
    assert.equal(bucket.status, 404);
    assert.match(await bucket.text(), /<Code>NoSuchBucket<\/Code>/);
  },
  'judges If-None-Match, If-Match and x-goog-if-generation-match': async (stage) => {
    await stage.bucket.file('x').save('123456789', simple);
    const etag = '"25f9e794323b453885f5181f1b624d0b"';
    const generation = String(await generationOf(stage, 'x'));
    const status = (headers: Record<string, string>) => statusOf(stage.ask('/{bucket}/x', { headers }));
    assert.equal(await status({ 'if-none-match': etag }), 304);
    assert.equal(await status({ 'if-match': etag }), 200);
    assert.equal(await status({ 'if-match': '"other"' }), 412);
    assert.equal(await status({ 'x-goog-if-generation-match': generation }), 200);
    assert.equal(await status({ 'x-goog-if-generation-match': '1' }), 412);
  },
  'takes uploads with metadata and checksum, and deletes': async (stage) => {
    const { ask, bucket } = stage;
    const headers = { 'content-type': 'text/plain', 'x-goog-meta-k': 'v', 'x-goog-hash': 'crc32c=4waSgw==' };
    assert.equal(await statusOf(ask('/{bucket}/x', { method: 'PUT', headers, body: '123456789' })), 200);
    const [{ contentType, metadata }] = await bucket.file('x').getMetadata();
    assert.deepEqual([contentType, metadata], ['text/plain', { k: 'v' }]);
    assert.equal(await statusOf(ask('/{bucket}/x', { method: 'PUT', headers, body: 'spoilt' })), 400);
    assert.equal(await textOf(stage, 'x'), '123456789');
    assert.equal(await statusOf(ask('/{bucket}/x', { method: 'DELETE' })), 204);
    assert.deepEqual(await bucket.file('x').exists(), [false]);
  },
});

/** A bucket whose client can sign. Nobody has a key for an emulator, which takes any signature. */
function signer({ client, bucket }: Stage): Bucket {
  if (isLoopback(client.apiEndpoint)) {
    Object.assign(client.authClient, {
      sign: async () => Buffer.from('signed').toString('base64'),
      getCredentials: async () => ({ client_email: 'somebody@example.com' }),
    });
  }
  return bucket;
}

const inAnHour = () => Date.now() + 3_600_000;

export const signedUrls: readonly Scenario[] = scenariosOf('A signed URL', {
  ...Object.fromEntries(
    (['v2', 'v4'] as const).map((version) => [
      `of version ${version} reads, writes and deletes`,
      async (stage: Stage) => {
        const file = signer(stage).file('a/b #1');
        const sign = async (action: 'read' | 'write' | 'delete') =>
          (await file.getSignedUrl({ version, action, expires: inAnHour() }))[0];
        assert.equal(await statusOf(plainly(await sign('write'), { method: 'PUT', body: 'text' })), 200);
        assert.equal(await (await plainly(await sign('read'))).text(), 'text');
        assert.equal(await statusOf(plainly(await sign('delete'), { method: 'DELETE' })), 204);
        assert.deepEqual(await stage.bucket.file('a/b #1').exists(), [false]);
      },
    ]),
  ),
  'begins a resumable upload': async (stage) => {
    const [url] = await signer(stage)
      .file('x')
      .getSignedUrl({ version: 'v4', action: 'resumable', expires: inAnHour() });
    const begun = await plainly(url, { method: 'POST', headers: { 'x-goog-resumable': 'start' } });
    assert.equal(begun.status, 201);
    const address = begun.headers.get('location') ?? '';
    assert.equal(await statusOf(plainly(address, { method: 'PUT', body: 'text' })), 200);
    assert.equal(await textOf(stage, 'x'), 'text');
  },
});
