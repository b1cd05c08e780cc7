import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MemoryBackend } from './backends/memory.ts';
import { Hasher } from './hasher.ts';
import { Incoming } from './incoming.ts';
import { granuleBytes, Session } from './session.ts';

const intent = { bucket: 'b', name: 'n', fields: {}, provided: {}, preconditions: {} };

function open() {
  const backend = new MemoryBackend();
  return { backend, session: new Session('1', intent, new Incoming(backend.draft(), new Hasher())) };
}

async function* body(bytes: Buffer, breaksAt?: number): AsyncGenerator<Buffer> {
  const end = breaksAt ?? bytes.length;
  for (let i = 0; i < end; i += 60_000) yield bytes.subarray(i, Math.min(i + 60_000, end));
  if (breaksAt !== undefined) throw new Error('connection broke');
}

const granules = (count: number) => count * granuleBytes;
const object = Buffer.from(Array.from({ length: granules(3) + 1000 }, (_, i) => (i * 31 + (i >> 8)) & 255));

async function stored({ backend, session }: ReturnType<typeof open>): Promise<Buffer> {
  const sealed = await session.incoming.seal([]);
  const read = backend.read(sealed.content, { start: 0, end: sealed.size });
  const parts: Uint8Array[] = [];
  for await (const part of read instanceof Uint8Array ? [read] : read) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

describe('an upload session', () => {
  test('keeps whole granules of a chunk that is not the last', async () => {
    const { session } = open();
    const chunk = object.subarray(0, granules(1) + 500);
    const progress = await session.take(
      { kind: 'bytes', first: 0, last: chunk.length - 1, total: undefined },
      body(chunk),
    );
    expect(progress).toEqual({ kind: 'more', persisted: granules(1) });
  });

  test('keeps what arrived before the connection broke, in whole granules', async () => {
    const { session } = open();
    const range = { kind: 'bytes', first: 0, last: undefined, total: object.length } as const;
    await expect(session.take(range, body(object, granules(2) + 7))).rejects.toThrow('connection broke');
    expect(session.persisted).toBe(granules(2));
  });

  test('a body longer than it says is refused', async () => {
    const { session } = open();
    const range = { kind: 'bytes', first: 0, last: 9, total: 10 } as const;
    await expect(session.take(range, body(object))).rejects.toThrow(
      'more than the Content-Range header says',
    );
    expect(session.persisted).toBe(0);
  });

  test('makes the same object of any chunks, sent again from any earlier place, broken anywhere', async () => {
    const send = fc.record({
      back: fc.nat({ max: 3 }),
      granules: fc.integer({ min: 1, max: 3 }),
      breaks: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(send, { maxLength: 6 }), async (sends) => {
        const stage = open();
        const { session } = stage;
        for (const { back, granules: count, breaks } of sends) {
          const first = Math.max(0, session.persisted - granules(back));
          const chunk = object.subarray(first, Math.min(first + granules(count), granules(3)));
          if (chunk.length === 0) continue;
          const range = { kind: 'bytes', first, last: first + chunk.length - 1, total: undefined } as const;
          await session
            .take(range, body(chunk, breaks ? chunk.length - 3 : undefined))
            .catch(() => undefined);
        }
        const first = session.persisted;
        const rest = { kind: 'bytes', first, last: object.length - 1, total: object.length } as const;
        expect(await session.take(rest, body(object.subarray(first)))).toEqual({ kind: 'complete' });
        expect((await stored(stage)).equals(object)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});
