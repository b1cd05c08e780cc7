import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crc32cText, crc32cUpdate } from './checksums.ts';
import { type ChildEmulator, kill, startChild } from './testing/child.ts';

// Not in the fast run: it moves ten gigabytes.
const size = 5 * 2 ** 30;
const block = Buffer.from(Array.from({ length: 2 ** 20 }, (_, i) => (i * 131 + (i >> 7)) & 255));

let folder = '';
let emulator: ChildEmulator;
let origin = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'large-'));
  emulator = await startChild(folder);
  origin = emulator.origin;
});

afterEach(async () => {
  await kill(emulator);
  rmSync(folder, { recursive: true });
});

const peakMb = () =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${emulator.process.pid}/status`, 'utf8'))?.[1]) / 1024;

function* blocks() {
  for (let sent = 0; sent < size; sent += block.length) yield block;
}

async function upload(): Promise<{ size: string; crc32c: string }> {
  const url = `${origin}/upload/storage/v1/b/shelf/o?uploadType=media&name=large`;
  const put = request(url, { method: 'POST', headers: { 'content-length': size } });
  const answered = once(put, 'response');
  await pipeline(Readable.from(blocks()), put);
  const [answer] = await answered;
  return JSON.parse(Buffer.concat(await answer.toArray()).toString()) as { size: string; crc32c: string };
}

const { bavail, bsize } = statfsSync(tmpdir());
const canRun = existsSync('/proc/self/status') && bavail * bsize > 2 * size;

test.skipIf(!canRun)(
  'an object of 5 GB goes in and out in constant memory (needs Linux and 10 GB of disk)',
  async () => {
    await fetch(`${origin}/storage/v1/b?project=any`, { method: 'POST', body: '{"name":"shelf"}' });
    let crc = 0;
    for (const bytes of blocks()) crc = crc32cUpdate(crc, bytes);
    const before = peakMb();
    expect(await upload()).toMatchObject({ size: String(size), crc32c: crc32cText(crc) });
    const got = await fetch(`${origin}/storage/v1/b/shelf/o/large?alt=media`);
    let back = 0;
    for await (const bytes of got.body!) back = crc32cUpdate(back, bytes);
    expect(back).toBe(crc);
    const last = await fetch(`${origin}/shelf/large`, { headers: { range: 'bytes=-1048576' } });
    expect(Buffer.from(await last.arrayBuffer()).equals(block)).toBe(true);
    expect(peakMb()).toBeLessThan(before + 150);
    console.info(`peak of the emulator: ${Math.round(before)} MB idle, ${Math.round(peakMb())} MB after`);
  },
);
