import assert from 'node:assert/strict';
import { generationOf, insertMedia, simple, statusOf } from '../asking.ts';
import { type Scenario, type Stage, scenariosOf } from '../scenario.ts';

interface Way {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  /** Reads answer a failed "not match" with 304. */
  readonly reads?: true;
  /** What is missing is made; elsewhere it is 404. */
  readonly makes?: true;
}

const object = '/storage/v1/b/{bucket}/o';
const upload = '/upload/storage/v1/b/{bucket}/o';

/** Every way to reach an object in the JSON API. */
const ways: Readonly<Record<string, Way>> = {
  'get of the resource': { method: 'GET', path: `${object}/x`, reads: true },
  'get of the bytes': { method: 'GET', path: `${object}/x?alt=media`, reads: true },
  'get by mediaLink': { method: 'GET', path: '/download/storage/v1/b/{bucket}/o/x?alt=media', reads: true },
  patch: { method: 'PATCH', path: `${object}/x`, body: '{"cacheControl":"no-store"}' },
  update: { method: 'PUT', path: `${object}/x`, body: '{"cacheControl":"no-store"}' },
  delete: { method: 'DELETE', path: `${object}/x` },
  'media upload': { method: 'POST', path: `${upload}?uploadType=media&name=x`, body: 'new', makes: true },
  'the start of a resumable upload': {
    method: 'POST',
    path: `${upload}?uploadType=resumable&name=x`,
    body: '{}',
    makes: true,
  },
  compose: {
    method: 'POST',
    path: `${object}/x/compose`,
    body: '{"sourceObjects":[{"name":"source"}]}',
    makes: true,
  },
  rewrite: { method: 'POST', path: `${object}/source/rewriteTo/b/{bucket}/o/x`, makes: true },
  copy: { method: 'POST', path: `${object}/source/copyTo/b/{bucket}/o/x`, makes: true },
};

async function askWith(stage: Stage, { method, path, body }: Way, condition: string): Promise<number> {
  const address = `${path}${path.includes('?') ? '&' : '?'}${condition}`;
  const headers = { 'content-type': 'application/json' };
  return statusOf(stage.ask(address, { method, headers, ...(body === undefined ? {} : { body }) }));
}

async function whereItExists(stage: Stage, way: Way): Promise<void> {
  const write = async () => {
    const { generation } = (await (await insertMedia(stage, 'x', 'old')).json()) as { generation: string };
    return Number(generation);
  };
  const generation = await write();
  const notMatched = way.reads ? 304 : 412;
  const failing = {
    [`ifGenerationMatch=${generation - 1}`]: 412,
    'ifGenerationMatch=0': 412,
    'ifMetagenerationMatch=2': 412,
    [`ifGenerationNotMatch=${generation}`]: notMatched,
    'ifMetagenerationNotMatch=1': notMatched,
  };
  for (const [condition, status] of Object.entries(failing)) {
    assert.deepEqual([condition, await askWith(stage, way, condition)], [condition, status]);
  }
  const [left] = await stage.bucket.file('x').getMetadata();
  assert.deepEqual([left.generation, left.metageneration], [String(generation), '1']);
  for (const condition of [
    (now: number) => `ifGenerationMatch=${now}`,
    (now: number) => `ifGenerationNotMatch=${now - 1}`,
    () => 'ifGenerationNotMatch=0',
    () => 'ifMetagenerationMatch=1',
    () => 'ifMetagenerationNotMatch=2',
  ]) {
    const text = condition(way.reads ? generation : await write());
    assert.deepEqual([text, (await askWith(stage, way, text)) < 300], [text, true]);
  }
}

async function whereItDoesNot(stage: Stage, way: Way): Promise<void> {
  await stage.bucket.file('x').delete({ ignoreNotFound: true });
  for (const condition of ['ifGenerationMatch=1', 'ifGenerationNotMatch=0', 'ifMetagenerationMatch=1']) {
    assert.deepEqual([condition, await askWith(stage, way, condition)], [condition, way.makes ? 412 : 404]);
  }
  assert.equal(await askWith(stage, way, 'ifGenerationMatch=0'), way.makes ? 200 : 404);
}

export const preconditions: readonly Scenario[] = scenariosOf('Every precondition is judged', {
  ...Object.fromEntries(
    Object.entries(ways).map(([name, way]) => [
      `on ${name}`,
      async (stage: Stage) => {
        await stage.bucket.file('source').save('source', simple);
        await whereItExists(stage, way);
        await whereItDoesNot(stage, way);
      },
    ]),
  ),
  'on the source of a copy': async (stage) => {
    await stage.bucket.file('source').save('source', simple);
    const generation = await generationOf(stage, 'source');
    const rewrite = ways.rewrite as Way;
    for (const condition of [
      'ifSourceGenerationMatch=1',
      `ifSourceGenerationNotMatch=${generation}`,
      'ifSourceMetagenerationMatch=2',
      'ifSourceMetagenerationNotMatch=1',
    ]) {
      assert.deepEqual([condition, await askWith(stage, rewrite, condition)], [condition, 412]);
    }
    for (const condition of [
      `ifSourceGenerationMatch=${generation}`,
      'ifSourceGenerationNotMatch=1',
      'ifSourceMetagenerationMatch=1',
      'ifSourceMetagenerationNotMatch=2',
    ]) {
      assert.deepEqual([condition, await askWith(stage, rewrite, condition)], [condition, 200]);
    }
  },
  'on the sources of a composition': async (stage) => {
    await stage.bucket.file('source').save('source', simple);
    const sourceObjects = [{ name: 'source', objectPreconditions: { ifGenerationMatch: '1' } }];
    const body = JSON.stringify({ sourceObjects });
    assert.equal(await askWith(stage, { ...(ways.compose as Way), body }, ''), 412);
  },
  'on get and delete of a bucket': async (stage) => {
    const bucket = { path: '/storage/v1/b/{bucket}', method: 'GET' } as const;
    assert.equal(await askWith(stage, bucket, 'ifMetagenerationMatch=2'), 412);
    assert.equal(await askWith(stage, bucket, 'ifMetagenerationNotMatch=1'), 304);
    assert.equal(await askWith(stage, bucket, 'ifMetagenerationMatch=1'), 200);
    const [other] = await stage.client.createBucket(`${stage.bucket.name}-b`);
    await assert.rejects(other.delete({ ifMetagenerationMatch: 2 } as object), { code: 412 });
    assert.deepEqual(await other.exists(), [true]);
    await other.delete();
  },
  'on changes of a bucket': async ({ bucket }) => {
    await bucket.setMetadata({ labels: { a: '1' } }, { ifMetagenerationMatch: 1 });
    await assert.rejects(bucket.setMetadata({ labels: { a: '2' } }, { ifMetagenerationMatch: 1 }), {
      code: 412,
    });
  },
});
