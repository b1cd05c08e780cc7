import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '@google-cloud/storage';
import { describe, expect, test } from 'vitest';
import { beginUpload, granuleBytes, longObject, put, span, statusOf } from '../conformance/asking.ts';
import { clientOf } from '../conformance/stage.ts';
import { startStorage } from '../index.ts';
import { kill, startChild } from '../testing/child.ts';
import { overFiles } from '../testing/over-backends.ts';

overFiles('a data folder', (stage) => {
  const folder = () => stage.dataDirectory ?? '';

  test('brings everything back after a restart', async () => {
    await stage.bucket.setMetadata({ versioning: { enabled: true }, labels: { kept: 'yes' } });
    const file = stage.bucket.file('a/b#?%');
    await file.save('one');
    await file.save('two', { metadata: { metadata: { k: 'v' } } });
    const [before] = await file.getMetadata();
    await stage.restart();
    const [after] = await stage.bucket.file('a/b#?%').getMetadata();
    const links = { selfLink: '', mediaLink: '' };
    expect({ ...after, ...links }).toEqual({ ...before, ...links });
    expect((await stage.bucket.file('a/b#?%').download())[0].toString()).toBe('two');
    expect((await stage.bucket.getFiles({ versions: true }))[0]).toHaveLength(2);
    expect((await stage.bucket.getMetadata())[0].labels).toEqual({ kept: 'yes' });
    await stage.bucket.file('next').save('x');
    const [next] = await stage.bucket.file('next').getMetadata();
    expect(Number(next.generation)).toBeGreaterThan(Number(before.generation));
  });

  test('shows objects as plain files under their names, and no longer when they are deleted', async () => {
    const path = join(folder(), 'buckets', 'shelf', 'data', 'day=1', 'part-0.parquet');
    const file = stage.bucket.file('data/day=1/part-0.parquet');
    await file.save('one');
    expect(readFileSync(path, 'utf8')).toBe('one');
    await file.save('two');
    expect(readFileSync(path, 'utf8')).toBe('two');
    await file.delete();
    expect(readdirSync(join(folder(), 'buckets', 'shelf'))).toEqual([]);
  });

  test('lets no name lead out of it', async () => {
    for (const name of [
      '../../../escaped',
      'a/../../../../escaped',
      '/escaped',
      '..\\..\\escaped',
      '\0escaped',
    ]) {
      await stage.bucket.file(name).save('text');
      expect((await stage.bucket.file(name).download())[0].toString()).toBe('text');
    }
    expect(existsSync(join(folder(), 'escaped')) || existsSync(join(folder(), '..', 'escaped'))).toBe(false);
    // A leading slash is an empty part, so none of the five is a plain path.
    expect(existsSync(join(folder(), 'buckets', 'shelf'))).toBe(false);
  });

  test('keeps no bytes that no object names', async () => {
    const contents = () => readdirSync(join(folder(), 'state', 'contents')).length;
    const file = stage.bucket.file('x');
    await file.save('one');
    await file.save('two');
    await file.save('three', { preconditionOpts: { ifGenerationMatch: 0 } }).catch(() => undefined);
    await file.save('four', { metadata: { crc32c: 'AAAAAA==' }, validation: false }).catch(() => undefined);
    expect(contents()).toBe(1);
    await file.copy('y');
    await file.delete();
    expect((await stage.bucket.file('y').download())[0].toString()).toBe('two');
    expect(contents()).toBe(1);
    await stage.bucket.file('y').delete();
    expect(contents()).toBe(0);
  });

  test('of the first version, with a file for each object, is taken over', async () => {
    await stage.bucket.file('x').save('text');
    await stage.emulator.stop();
    const bucket = join(folder(), 'state', 'buckets', 'shelf');
    mkdirSync(join(bucket, 'objects'));
    renameSync(join(bucket, 'objects.jsonl'), join(bucket, 'objects', 'hash.json'));
    await stage.restart();
    await stage.restart();
    expect((await stage.bucket.file('x').download())[0].toString()).toBe('text');
    expect(existsSync(join(bucket, 'objects'))).toBe(false);
  });

  test('is refused while another emulator has it', async () => {
    await expect(startStorage({ dataDirectory: folder() })).rejects.toThrow('is in use by process');
  });

  test('swept at the start, forgets what a killed run left half-way and repairs the plain view', async () => {
    await stage.bucket.file('kept').save('kept');
    await stage.emulator.stop();
    writeFileSync(join(folder(), 'state', 'contents', 'half'), 'hal');
    const view = join(folder(), 'buckets', 'shelf', 'kept');
    await stage.restart();
    expect(readdirSync(join(folder(), 'state', 'contents'))).toHaveLength(1);
    expect(readFileSync(view, 'utf8')).toBe('kept');
  });
});

overFiles('a resumable upload under way', (stage) => {
  test('goes on after a restart of the emulator', async () => {
    const address = await beginUpload(stage);
    await put(address, span(0, 2 * granuleBytes), longObject.subarray(0, 2 * granuleBytes));
    await stage.restart();
    const here = address.replace(/^http:\/\/[^/]+/, stage.origin);
    const status = await put(here, 'bytes */*');
    expect(status.headers.get('range')).toBe(`bytes=0-${2 * granuleBytes - 1}`);
    const rest = longObject.subarray(2 * granuleBytes);
    const { length } = longObject;
    expect(await statusOf(put(here, span(2 * granuleBytes, length, length), rest))).toBe(200);
    expect((await stage.bucket.file('long').download())[0].equals(longObject)).toBe(true);
  });
});

const protocols = {
  multipart: (bucket: Bucket, name: string, text: string) =>
    bucket.file(name).save(text, { resumable: false, validation: false }),
  resumable: (bucket: Bucket, name: string, text: string) =>
    bucket.file(name).save(text, { resumable: true, chunkSize: granuleBytes, validation: false }),
  composed: async (bucket: Bucket, name: string, text: string) => {
    const half = text.length >> 1;
    const parts = [`${name}-1`, `${name}-2`];
    await bucket.file(parts[0]!).save(text.slice(0, half), { resumable: false, validation: false });
    await bucket.file(parts[1]!).save(text.slice(half), { resumable: false, validation: false });
    await bucket.combine(parts, name);
  },
  copied: async (bucket: Bucket, name: string, text: string) => {
    await bucket.file(`${name}-1`).save(text, { resumable: false, validation: false });
    await bucket.file(`${name}-1`).copy(name);
  },
};

describe('killed with -9 in the middle of writes', () => {
  overFiles('an emulator', (stage) => {
    test('has every object that was acknowledged, each one whole, and the same bytes as a plain file', async () => {
      await stage.emulator.stop();
      for (let round = 0; round < 2; round++) {
        const child = await startChild(stage.dataDirectory ?? '');
        const bucket = clientOf(child.origin).bucket('shelf');
        const acknowledged = new Map<string, number>();
        const writers = Object.entries(protocols).map(async ([writer, write]) => {
          for (let turn = round * 1000 + 1000; ; turn++) {
            const name = `${writer}/${turn % 3}`;
            await write(bucket, name, textOf(turn));
            acknowledged.set(name, turn);
          }
        });
        const ended = Promise.allSettled(writers);
        await until(() => acknowledged.size >= 8);
        await kill(child);
        await ended;
        await stage.restart();
        for (const [name, turn] of acknowledged) {
          const found = (await stage.bucket.file(name).download())[0].toString();
          // A write under way may have landed without an answer, but never half, and never an older one.
          expect(Number.parseInt(found, 10)).toBeGreaterThanOrEqual(turn);
          expect(found === textOf(Number.parseInt(found, 10))).toBe(true);
          const plain = readFileSync(join(stage.dataDirectory ?? '', 'buckets', 'shelf', name), 'utf8');
          expect(plain === found).toBe(true);
        }
        await stage.emulator.stop();
      }
    }, 60_000);
  });
});

// Long enough for two chunks of a resumable upload.
const textOf = (turn: number): string => `${turn} `.repeat(60_000);

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
