import { describe, expect, test } from 'vitest';
import { overBackends, type Stage } from './testing/over-backends.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Every way to reach an object, and the name its conditions are compared with. */
const paths: Record<string, { method: Method; path: string; body?: string; reads?: true; missing?: 'made' }> =
  {
    'get of the resource': { method: 'GET', path: '/storage/v1/b/shelf/o/x', reads: true },
    'get of the bytes': { method: 'GET', path: '/storage/v1/b/shelf/o/x?alt=media', reads: true },
    'get by mediaLink': { method: 'GET', path: '/download/storage/v1/b/shelf/o/x?alt=media', reads: true },
    patch: { method: 'PATCH', path: '/storage/v1/b/shelf/o/x', body: '{"cacheControl":"no-store"}' },
    delete: { method: 'DELETE', path: '/storage/v1/b/shelf/o/x' },
    'media upload': {
      method: 'POST',
      path: '/upload/storage/v1/b/shelf/o?uploadType=media&name=x',
      body: 'new',
      missing: 'made',
    },
    'resumable upload': {
      method: 'POST',
      path: '/upload/storage/v1/b/shelf/o?uploadType=resumable&name=x',
      body: '{}',
      missing: 'made',
    },
    compose: {
      method: 'POST',
      path: '/storage/v1/b/shelf/o/x/compose',
      body: '{"sourceObjects":[{"name":"source"}]}',
      missing: 'made',
    },
    rewrite: { method: 'POST', path: '/storage/v1/b/shelf/o/source/rewriteTo/b/shelf/o/x', missing: 'made' },
    copy: { method: 'POST', path: '/storage/v1/b/shelf/o/source/copyTo/b/shelf/o/x', missing: 'made' },
  };

async function ask({ origin }: Stage, name: string, condition: string): Promise<number> {
  const { method, path, body } = paths[name]!;
  const url = `${origin}${path}${path.includes('?') ? '&' : '?'}${condition}`;
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body }) });
  await answer.arrayBuffer();
  return answer.status;
}

overBackends('every precondition is judged on', (stage) => {
  describe.each(Object.keys(paths))('%s', (name) => {
    const { reads, missing } = paths[name]!;

    test('where the object exists', async () => {
      await stage.bucket.file('source').save('source');
      const write = async () => {
        await stage.bucket.file('x').save('old');
        return Number((await stage.bucket.file('x').getMetadata())[0].generation);
      };
      const generation = await write();
      const failing = {
        [`ifGenerationMatch=${generation - 1}`]: 412,
        'ifGenerationMatch=0': 412,
        'ifMetagenerationMatch=2': 412,
        [`ifGenerationNotMatch=${generation}`]: reads ? 304 : 412,
        'ifMetagenerationNotMatch=1': reads ? 304 : 412,
      };
      for (const [condition, status] of Object.entries(failing)) {
        expect([condition, await ask(stage, name, condition)]).toEqual([condition, status]);
      }
      expect((await stage.bucket.file('x').getMetadata())[0]).toMatchObject({
        generation: String(generation),
        metageneration: '1',
      });
      for (const condition of [
        (now: number) => `ifGenerationMatch=${now}`,
        (now: number) => `ifGenerationNotMatch=${now - 1}`,
        () => 'ifGenerationNotMatch=0',
        () => 'ifMetagenerationMatch=1',
        () => 'ifMetagenerationNotMatch=2',
      ]) {
        const text = condition(await write());
        expect([text, (await ask(stage, name, text)) < 300]).toEqual([text, true]);
      }
    });

    test('where it does not', async () => {
      await stage.bucket.file('source').save('source');
      for (const condition of ['ifGenerationMatch=1', 'ifGenerationNotMatch=0', 'ifMetagenerationMatch=1']) {
        expect([condition, await ask(stage, name, condition)]).toEqual([
          condition,
          missing === 'made' ? 412 : 404,
        ]);
      }
      expect(await ask(stage, name, 'ifGenerationMatch=0')).toBe(missing === 'made' ? 200 : 404);
    });
  });

  test('the source of a copy', async () => {
    await stage.bucket.file('source').save('source');
    const [{ generation }] = await stage.bucket.file('source').getMetadata();
    for (const condition of [
      'ifSourceGenerationMatch=1',
      `ifSourceGenerationNotMatch=${generation}`,
      'ifSourceMetagenerationMatch=2',
      'ifSourceMetagenerationNotMatch=1',
    ]) {
      expect([condition, await ask(stage, 'rewrite', condition)]).toEqual([condition, 412]);
    }
    expect(await ask(stage, 'rewrite', `ifSourceGenerationMatch=${generation}`)).toBe(200);
  });

  test('the sources of a composition', async () => {
    await stage.bucket.file('source').save('source');
    const body = JSON.stringify({
      sourceObjects: [{ name: 'source', objectPreconditions: { ifGenerationMatch: '1' } }],
    });
    const url = `${stage.origin}/storage/v1/b/shelf/o/x/compose`;
    expect((await fetch(url, { method: 'POST', body })).status).toBe(412);
  });
});
