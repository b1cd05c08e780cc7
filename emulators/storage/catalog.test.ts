import { expect, test } from 'vitest';
import { DrivenClock } from '../frame/clock.ts';
import { MemoryBackend } from './backends/memory.ts';
import { Catalog } from './catalog.ts';
import { Hasher } from './hasher.ts';
import { Incoming } from './incoming.ts';

function open() {
  const backend = new MemoryBackend();
  const catalog = new Catalog(backend, new DrivenClock());
  catalog.createBucket('shelf', {});
  const put = async (name: string, text: string) => {
    const incoming = new Incoming(backend.draft(), new Hasher());
    await incoming.write(Buffer.from(text));
    return catalog.put('shelf', name, await incoming.seal([]), {}, {});
  };
  const read = (content: string) => Buffer.from(backend.read(content, { start: 0, end: 99 }) as Uint8Array);
  return { catalog, put, read };
}

test('bytes that are being composed stay until they are read, although their object is replaced', async () => {
  const { catalog, put, read } = open();
  const source = await put('source', 'old');
  await catalog.holding([source], async () => {
    await put('source', 'new');
    expect(read(source.content).toString()).toBe('old');
  });
  expect(read(source.content)).toHaveLength(0);
});

test('bytes go with the last of the copies that share them', async () => {
  const { catalog, put, read } = open();
  const source = await put('source', 'text');
  const copy = catalog.put('shelf', 'copy', { ...source }, {}, {});
  catalog.deleteObject(source, {}, false);
  expect(read(copy.content).toString()).toBe('text');
  catalog.deleteObject(copy, {}, false);
  expect(read(copy.content)).toHaveLength(0);
});
