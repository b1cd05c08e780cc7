import { describe, expect, test } from 'vitest';
import { refusalOf } from './conformance/asking.ts';
import { backends, onStage, type Stage } from './testing/over-backends.ts';

const first = { ifGenerationMatch: 0 } as const;

const puts: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'is retried by the client and then refused with 412, although its own first write won': async (stage) => {
    stage.emulator.faults.next('storage.objects.insert', 1, {
      kind: 'fail',
      code: 'UNAVAILABLE',
      landed: true,
    });
    const put = stage.bucket.file('v1.json').save('mine', { resumable: false, preconditionOpts: first });
    expect((await refusalOf(put)).code).toBe(412);
    // Whoever treats this 412 as somebody else's write believes to have lost what it wrote itself.
    expect((await stage.bucket.file('v1.json').download())[0].toString()).toBe('mine');
  },

  'without landing is retried and wins': async (stage) => {
    stage.emulator.faults.next('storage.objects.insert', 1, { kind: 'fail', code: 'UNAVAILABLE' });
    await stage.bucket.file('v1.json').save('mine', { resumable: false, preconditionOpts: first });
    expect((await stage.bucket.file('v1.json').download())[0].toString()).toBe('mine');
  },

  'by a resumable upload is asked for again and won': async (stage) => {
    stage.emulator.faults.next('storage.objects.insert.chunk', 1, {
      kind: 'fail',
      code: 'UNAVAILABLE',
      landed: true,
    });
    await stage.bucket.file('v1.json').save('mine', { resumable: true, preconditionOpts: first });
    expect((await stage.bucket.file('v1.json').download())[0].toString()).toBe('mine');
  },

  'because the connection dropped is an unknown outcome to a client that does not retry': async (stage) => {
    stage.emulator.faults.next('storage.objects.insert', 1, { kind: 'drop', landed: true });
    const query = 'uploadType=media&name=x&ifGenerationMatch=0';
    const put = fetch(`${stage.origin}/upload/storage/v1/b/shelf/o?${query}`, {
      method: 'POST',
      body: 'mine',
    });
    await expect(put).rejects.toThrow();
    expect((await stage.bucket.file('x').download())[0].toString()).toBe('mine');
  },
};

// A client that retries by itself insists on waiting a second before: let all wait at once.
describe.concurrent('a put whose answer is lost', () => {
  for (const [name, run] of Object.entries(puts)) {
    test.each(backends)(`${name}, over %s`, (kind) => onStage(kind, run));
  }
});
