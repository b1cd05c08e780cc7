import { request } from 'node:http';
import { Storage } from '@google-cloud/storage';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DrivenClock } from '../frame/clock.ts';
import type { Emulator } from '../frame/emulator.ts';
import { startStorage } from './index.ts';

let emulator: Emulator;
let origin: string;

beforeEach(async () => {
  emulator = await startStorage({ clock: new DrivenClock(Date.UTC(2026, 0, 2, 3, 4, 5)) });
  origin = emulator.environment.STORAGE_EMULATOR_HOST!;
  await make('shelf');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});

const make = (name: string) =>
  fetch(`${origin}/storage/v1/b?project=any`, { method: 'POST', body: JSON.stringify({ name }) });

async function errorOf(path: string, init: RequestInit = {}) {
  const answer = await fetch(`${origin}${path}`, init);
  const { error } = (await answer.json()) as { error: { code: number; message: string; errors: unknown } };
  return { http: answer.status, ...error };
}

describe('the emulator', () => {
  test('serves an unmodified client by its environment alone, without credentials', async () => {
    for (const [name, value] of Object.entries(emulator.environment)) vi.stubEnv(name, value);
    const client = new Storage({ projectId: 'any' });
    const [bucket] = await client.createBucket('by-environment');
    for (const resumable of [true, false]) {
      await bucket.file('x').save('text', { resumable });
      expect((await bucket.file('x').download())[0].toString()).toBe('text');
    }
    await bucket.file('x').delete();
    await bucket.delete();
    expect((await client.getBuckets())[0].map((found) => found.name)).toEqual(['shelf']);
  });

  test('answers errors in the shape of the service', async () => {
    expect(await errorOf('/storage/v1/b/none')).toMatchObject({
      http: 404,
      code: 404,
      message: 'The specified bucket does not exist.',
      errors: [{ domain: 'global', reason: 'notFound', message: 'The specified bucket does not exist.' }],
    });
    const upload = '/upload/storage/v1/b/shelf/o?uploadType=media&name=x';
    await fetch(`${origin}${upload}`, { method: 'POST', body: 'x' });
    expect(await errorOf(`${upload}&ifGenerationMatch=0`, { method: 'POST', body: 'x' })).toMatchObject({
      code: 412,
      message: 'At least one of the pre-conditions you specified did not hold.',
      errors: [{ domain: 'global', reason: 'conditionNotMet' }],
    });
  });

  test.each([
    ['GET', '/storage/v1/b/shelf/iam', undefined, 'GET /storage/v1/b/shelf/iam'],
    ['GET', '/storage/v1/b/shelf/o?filter=*', undefined, 'The parameter filter of storage.objects.list'],
    ['POST', '/batch/storage/v1', undefined, 'POST /batch/storage/v1'],
    [
      'POST',
      '/storage/v1/b?project=p',
      '{"name":"abc","retentionPolicy":{"retentionPeriod":"60"}}',
      'retentionPolicy',
    ],
    ['POST', '/upload/storage/v1/b/shelf/o?uploadType=media&name=x&kmsKeyName=k', 'x', 'kmsKeyName'],
    [
      'POST',
      '/upload/storage/v1/b/shelf/o?uploadType=resumable&name=x',
      '{"temporaryHold":true}',
      'temporaryHold',
    ],
  ])('refuses what it cannot do by name: %s %s', async (method, path, body, named) => {
    const error = await errorOf(path, { method, ...(body === undefined ? {} : { body }) });
    expect(error.http).toBe(501);
    expect(error.message).toContain(named);
  });

  test.each([
    ['a condition that is no number', '/storage/v1/b/shelf/o/x?ifGenerationMatch=first'],
    [
      'an upload type that does not exist',
      '/upload/storage/v1/b/shelf/o?uploadType=carrier-pigeon&name=x',
      'POST',
    ],
    ['a body that is no multipart', '/upload/storage/v1/b/shelf/o?uploadType=multipart&name=x', 'POST'],
  ])('refuses %s with 400', async (_, path, method = 'GET') => {
    expect((await errorOf(path, { method, ...(method === 'POST' ? { body: 'x' } : {}) })).http).toBe(400);
  });

  /** As it is: `fetch` would mend the path and keep some headers to itself. */
  const statusOf = (path: string, headers: Record<string, string> = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = new URL(origin);
      const get = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      get.on('error', reject).end();
    });

  test('refuses a foreign Host and a web page', async () => {
    for (const path of ['/storage/v1/b?project=p', '/shelf/x', '/upload/storage/v1/b/shelf/o']) {
      expect(await statusOf(path, { host: 'evil.example' })).toBe(403);
      expect(await statusOf(path, { origin: 'http://evil.example' })).toBe(403);
    }
    expect(await statusOf('/storage/v1/b?project=p')).toBe(200);
  });

  test('refuses a path that is another one once its dots are resolved', async () => {
    await fetch(`${origin}/shelf/x`, { method: 'PUT', body: 'text' });
    for (const path of ['/shelf/./x', '/shelf/a/../x', '/shelf/%2E/x', '/shelf/a/%2e%2e/x?generation=1']) {
      expect([path, await statusOf(path)]).toEqual([path, 501]);
    }
    expect(await statusOf('/shelf/...')).toBe(404);
  });

  test('gives rising generations although the clock stands still, and tells its time', async () => {
    const put = async () => {
      const answer = await fetch(`${origin}/upload/storage/v1/b/shelf/o?uploadType=media&name=x`, {
        method: 'POST',
        body: 'x',
      });
      return (await answer.json()) as { generation: string; timeCreated: string };
    };
    const first = await put();
    expect(first).toMatchObject({ generation: '1767323045000000', timeCreated: '2026-01-02T03:04:05.000Z' });
    expect((await put()).generation).toBe('1767323045000001');
  });

  test('takes a signed URL until its time is over', async () => {
    await fetch(`${origin}/shelf/x`, { method: 'PUT', body: 'text' });
    const ask = (seconds: number) =>
      fetch(`${origin}/shelf/x?X-Goog-Date=20260102T030000Z&X-Goog-Expires=${seconds}&X-Goog-Signature=00`);
    // It is 03:04:05: 245 seconds later.
    expect(await (await ask(246)).text()).toBe('text');
    const late = await ask(245);
    expect(late.status).toBe(400);
    expect(await late.text()).toContain('<Code>ExpiredToken</Code>');
    const end = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;
    expect((await fetch(`${origin}/shelf/x?Expires=${end}&Signature=00`)).status).toBe(400);
  });

  test('stopped twice, ends once and takes no more connections', async () => {
    await Promise.all([emulator.stop(), emulator.stop()]);
    await expect(fetch(origin)).rejects.toThrow();
  });
});
