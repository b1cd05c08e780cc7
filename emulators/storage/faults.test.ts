import { expect, test } from 'vitest';
import { refusalOf } from './conformance/asking.ts';
import { overBackends } from './testing/over-backends.ts';

const first = { ifGenerationMatch: 0 } as const;

// A client that retries by itself waits a second before: these tests are as slow as that.
overBackends('a put whose answer is lost', (stage) => {
  test('is retried by the client and then refused with 412, although its own first write won', async () => {
    stage.emulator.faults.next('storage.objects.insert', 1, {
      kind: 'fail',
      code: 'UNAVAILABLE',
      landed: true,
    });
    const put = stage.bucket.file('v1.json').save('mine', { resumable: false, preconditionOpts: first });
    expect((await refusalOf(put)).code).toBe(412);
    // Whoever treats this 412 as somebody else's write believes to have lost what it wrote itself.
    expect((await stage.bucket.file('v1.json').download())[0].toString()).toBe('mine');
  });

  test('without landing is retried and wins', async () => {
    stage.emulator.faults.next('storage.objects.insert', 1, { kind: 'fail', code: 'UNAVAILABLE' });
    await stage.bucket.file('v1.json').save('mine', { resumable: false, preconditionOpts: first });
    expect((await stage.bucket.file('v1.json').download())[0].toString()).toBe('mine');
  });

  test('by a resumable upload is asked for again and won', async () => {
    stage.emulator.faults.next('storage.objects.insert.chunk', 1, {
      kind: 'fail',
      code: 'UNAVAILABLE',
      landed: true,
    });
    await stage.bucket.file('v1.json').save('mine', { resumable: true, preconditionOpts: first });
    expect((await stage.bucket.file('v1.json').download())[0].toString()).toBe('mine');
  });

  test('because the connection dropped is an unknown outcome to a client that does not retry', async () => {
    stage.emulator.faults.next('storage.objects.insert', 1, { kind: 'drop', landed: true });
    const query = 'uploadType=media&name=x&ifGenerationMatch=0';
    const put = fetch(`${stage.origin}/upload/storage/v1/b/shelf/o?${query}`, {
      method: 'POST',
      body: 'mine',
    });
    await expect(put).rejects.toThrow();
    expect((await stage.bucket.file('x').download())[0].toString()).toBe('mine');
  });
});
