import assert from 'node:assert/strict';
import {
  beginUpload,
  breakOff,
  granuleBytes,
  longObject,
  put,
  refusalOf,
  span,
  statusOf,
  textOf,
} from '../asking.ts';
import { plainly } from '../plain-request.ts';
import { type Scenario, type Stage, scenariosOf } from '../scenario.ts';

const size = longObject.length;

async function stored({ bucket }: Stage): Promise<Buffer> {
  return (await bucket.file('long').download())[0];
}

const part = (first: number, end: number) => longObject.subarray(first, end);

export const resumable: readonly Scenario[] = scenariosOf('A resumable upload', {
  'goes on after the connection broke, from where the service says': async (stage) => {
    const address = await beginUpload(stage);
    await breakOff(address, `bytes 0-*/${size}`, part(0, 2 * granuleBytes + 17), size);
    const status = await put(address, 'bytes */*');
    assert.equal(status.status, 308);
    const from = Number(/^bytes=0-(\d+)$/.exec(status.headers.get('range') ?? '')?.[1] ?? -1) + 1;
    assert.equal(from % granuleBytes, 0);
    assert.equal(await statusOf(put(address, span(from, size, size), part(from, size))), 200);
    assert.ok((await stored(stage)).equals(longObject));
  },
  'asked for its status ends nothing: a half object never appears': async (stage) => {
    const address = await beginUpload(stage);
    assert.equal((await put(address, 'bytes */*')).headers.get('range'), null);
    await put(address, span(0, granuleBytes), part(0, granuleBytes));
    for (const question of ['bytes */*', `bytes */${size}`]) {
      assert.equal(await statusOf(put(address, question)), 308);
    }
    assert.deepEqual(await stage.bucket.file('long').exists(), [false]);
  },
  'takes a chunk that is sent again as the same bytes': async (stage) => {
    const address = await beginUpload(stage);
    for (const first of [0, 0, granuleBytes, 0, 2 * granuleBytes]) {
      await put(address, span(first, first + granuleBytes), part(first, first + granuleBytes));
    }
    assert.equal(await statusOf(put(address, span(0, size, size), longObject)), 200);
    assert.ok((await stored(stage)).equals(longObject));
  },
  'refuses a chunk that would leave a hole with 503 in plain text': async (stage) => {
    const address = await beginUpload(stage);
    const answer = await put(address, span(granuleBytes, 2 * granuleBytes), part(0, granuleBytes));
    assert.equal(answer.status, 503);
    assert.match(answer.headers.get('content-type') ?? '', /text\/plain/);
    assert.ok(
      (await answer.text()).includes(
        `the upload offset is ${granuleBytes} byte(s), which exceeds already uploaded size of 0 byte(s).`,
      ),
    );
  },
  'refuses a Content-Range that contradicts itself': async (stage) => {
    const address = await beginUpload(stage);
    for (const range of ['bytes 5-2/10', 'bytes 0-10/5', 'bytes x-y/z', '0-4/5']) {
      assert.deepEqual([range, await statusOf(put(address, range, Buffer.from('12345')))], [range, 400]);
    }
  },
  'repeats its last answer to who asks again': async (stage) => {
    const address = await beginUpload(stage);
    const first = (await (await put(address, span(0, 5, 5), Buffer.from('whole'))).json()) as Generation;
    const again = (await (await put(address, 'bytes */5')).json()) as Generation;
    assert.equal(again.generation, first.generation);
  },
  'cancelled makes no object and takes no more': async (stage) => {
    const address = await beginUpload(stage);
    await put(address, span(0, granuleBytes), part(0, granuleBytes));
    assert.equal(await statusOf(plainly(address, { method: 'DELETE' })), 499);
    assert.ok([404, 410, 499].includes(await statusOf(put(address, 'bytes */*'))));
    assert.deepEqual(await stage.bucket.file('long').exists(), [false]);
  },
  'of an empty object works in one piece and in chunks': async (stage) => {
    for (const chunked of [{}, { chunkSize: granuleBytes }]) {
      await stage.bucket.file('long').save('', { resumable: true, ...chunked });
      assert.equal((await stored(stage)).length, 0);
    }
  },
  'through the client in chunks makes the same bytes': async (stage) => {
    await stage.bucket.file('long').save(longObject, { resumable: true, chunkSize: granuleBytes });
    assert.ok((await stored(stage)).equals(longObject));
  },
  'says 308 in a header to a client that cannot take it': async (stage) => {
    const address = await beginUpload(stage);
    const answer = await put(address, 'bytes */*', undefined, { 'x-guploader-no-308': 'yes' });
    assert.deepEqual([answer.status, answer.headers.get('x-http-status-code-override')], [200, '308']);
  },
});

export const checksums: readonly Scenario[] = scenariosOf('A checksum that the client sends', {
  ...Object.fromEntries(
    [true, false].map((isResumable) => [
      `refuses other bytes with 400 and keeps what was there (${isResumable ? 'resumable' : 'multipart'})`,
      async (stage: Stage) => {
        const file = stage.bucket.file('x');
        await file.save('good');
        const metadata = { crc32c: 'AAAAAA==' };
        const refusal = await refusalOf(
          file.save('spoilt', { resumable: isResumable, metadata, validation: false }),
        );
        assert.equal(Number(refusal.code), 400);
        assert.match(refusal.message, /doesn't match calculated CRC32C/);
        assert.equal(await textOf(stage, 'x'), 'good');
      },
    ]),
  ),
  'is taken from X-Goog-Hash of the last chunk too': async (stage) => {
    const address = await beginUpload(stage);
    const wrong = { 'x-goog-hash': 'crc32c=AAAAAA==' };
    assert.equal(await statusOf(put(address, span(0, 5, 5), Buffer.from('whole'), wrong)), 400);
    assert.deepEqual(await stage.bucket.file('long').exists(), [false]);
  },
});

interface Generation {
  readonly generation: string;
}
