import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { granuleBytes } from './session.ts';
import { overBackends, overFiles, refusalOf, type Stage } from './testing/over-backends.ts';

const object = Buffer.from(
  Array.from({ length: 3 * granuleBytes + 1000 }, (_, i) => (i * 31 + (i >> 9)) & 255),
);

async function begin({ bucket }: Stage): Promise<string> {
  const [address] = await bucket.file('long').createResumableUpload();
  return address;
}

const put = (address: string, range: string, body?: Buffer, headers: Record<string, string> = {}) =>
  fetch(address, {
    method: 'PUT',
    headers: { 'content-range': range, ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });

const span = (first: number, end: number, total: number | '*' = '*') => `bytes ${first}-${end - 1}/${total}`;

/** Sends the head and a part of the body, then breaks the connection; resolves when the server has seen it break. */
function breakOff(address: string, range: string, part: Buffer, announced: number): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'content-range': range, 'content-length': announced };
    const put = request(address, { method: 'PUT', headers });
    put.on('error', () => resolve());
    put.write(part, () => setTimeout(() => put.destroy(new Error('cable pulled')), 20));
  });
}

async function stored({ bucket }: Stage): Promise<Buffer> {
  return (await bucket.file('long').download())[0];
}

overBackends('a resumable upload', (stage) => {
  test('goes on after the connection broke, from where the service says', async () => {
    const address = await begin(stage);
    await breakOff(
      address,
      `bytes 0-*/${object.length}`,
      object.subarray(0, 2 * granuleBytes + 17),
      object.length,
    );
    const status = await put(address, 'bytes */*');
    expect(status.status).toBe(308);
    expect(status.headers.get('range')).toBe(`bytes=0-${2 * granuleBytes - 1}`);
    const rest = object.subarray(2 * granuleBytes);
    expect((await put(address, span(2 * granuleBytes, object.length, object.length), rest)).status).toBe(200);
    expect((await stored(stage)).equals(object)).toBe(true);
  });

  test('asked for its status ends nothing: a half object never appears', async () => {
    const address = await begin(stage);
    expect((await put(address, 'bytes */*')).headers.get('range')).toBeNull();
    await put(address, span(0, granuleBytes), object.subarray(0, granuleBytes));
    for (const question of ['bytes */*', `bytes */${object.length}`]) {
      expect((await put(address, question)).status).toBe(308);
    }
    expect(await stage.bucket.file('long').exists()).toEqual([false]);
  });

  test('a chunk sent again changes nothing', async () => {
    const address = await begin(stage);
    for (const first of [0, 0, granuleBytes, 0, 2 * granuleBytes]) {
      await put(address, span(first, first + granuleBytes), object.subarray(first, first + granuleBytes));
    }
    const all = await put(address, span(0, object.length, object.length), object);
    expect(all.status).toBe(200);
    expect((await stored(stage)).equals(object)).toBe(true);
  });

  test('a chunk that would leave a hole is refused as the service does it', async () => {
    const address = await begin(stage);
    const answer = await put(address, span(granuleBytes, 2 * granuleBytes), object.subarray(0, granuleBytes));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(await answer.text()).toContain(
      `the upload offset is ${granuleBytes} byte(s), which exceeds already uploaded size of 0 byte(s).`,
    );
  });

  test('the last answer can be asked for again', async () => {
    const address = await begin(stage);
    const first = (await (await put(address, span(0, 5, 5), Buffer.from('whole'))).json()) as {
      generation: string;
    };
    const again = (await (await put(address, 'bytes */5')).json()) as { generation: string };
    expect(again.generation).toBe(first.generation);
  });

  test('cancelled, makes no object and takes no more', async () => {
    const address = await begin(stage);
    await put(address, span(0, granuleBytes), object.subarray(0, granuleBytes));
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(499);
    expect((await put(address, 'bytes */*')).status).toBe(404);
    expect(await stage.bucket.file('long').exists()).toEqual([false]);
  });

  test('of an empty object works in one piece and in chunks', async () => {
    await stage.bucket.file('long').save('', { resumable: true });
    expect(await stored(stage)).toHaveLength(0);
    await stage.bucket.file('long').save('', { resumable: true, chunkSize: granuleBytes });
    expect(await stored(stage)).toHaveLength(0);
  });

  test('through the client in chunks makes the same bytes', async () => {
    await stage.bucket.file('long').save(object, { resumable: true, chunkSize: granuleBytes });
    expect((await stored(stage)).equals(object)).toBe(true);
  });

  test('to a client that cannot take 308 says so in a header', async () => {
    const address = await begin(stage);
    const answer = await put(address, 'bytes */*', undefined, { 'x-guploader-no-308': 'yes' });
    expect([answer.status, answer.headers.get('x-http-status-code-override')]).toEqual([200, '308']);
  });
});

overBackends('a checksum that the client sends', (stage) => {
  const wrong = { crc32c: 'AAAAAA==' };

  test.each([true, false])(
    'refuses other bytes with 400 (resumable: %s) and keeps what was there',
    async (resumable) => {
      await stage.bucket.file('x').save('good');
      const refusal = await refusalOf(
        stage.bucket.file('x').save('spoilt', { resumable, metadata: wrong, validation: false }),
      );
      expect(Number(refusal.code)).toBe(400);
      expect(refusal.message).toContain("doesn't match calculated CRC32C");
      expect((await stage.bucket.file('x').download())[0].toString()).toBe('good');
    },
  );

  test('is taken from X-Goog-Hash of the last chunk too', async () => {
    const address = await begin(stage);
    const answer = await put(address, span(0, 5, 5), Buffer.from('whole'), {
      'x-goog-hash': 'crc32c=AAAAAA==',
    });
    expect(answer.status).toBe(400);
    expect((await put(address, 'bytes */5')).status).toBe(400);
    expect(await stage.bucket.file('long').exists()).toEqual([false]);
  });
});

describe('kept on disk', () => {
  overFiles('an upload under way', (stage) => {
    test('goes on after a restart of the emulator', async () => {
      const address = await begin(stage);
      await put(address, span(0, 2 * granuleBytes), object.subarray(0, 2 * granuleBytes));
      await stage.restart();
      const here = address.replace(/^http:\/\/[^/]+/, stage.origin);
      expect((await put(here, 'bytes */*')).headers.get('range')).toBe(`bytes=0-${2 * granuleBytes - 1}`);
      const rest = object.subarray(2 * granuleBytes);
      expect((await put(here, span(2 * granuleBytes, object.length, object.length), rest)).status).toBe(200);
      expect((await stored(stage)).equals(object)).toBe(true);
    });
  });
});
