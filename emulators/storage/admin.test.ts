import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { beginUpload, namesIn } from './conformance/asking.ts';
import { overBackends, type Stage } from './testing/over-backends.ts';

const ask = ({ origin }: Stage, path: string, method = 'GET', body?: string) =>
  fetch(`${origin}/_emulator/${path}`, { method, ...(body === undefined ? {} : { body }) });

overBackends('over its admin endpoint the emulator', (stage) => {
  test('shows all that it has', async () => {
    await stage.bucket.file('a/b').save('text');
    await beginUpload(stage);
    expect(await (await ask(stage, 'state')).json()).toMatchObject({
      buckets: [{ name: 'shelf', names: 1 }],
      objects: [{ bucket: 'shelf', name: 'a/b', size: '4' }],
      uploads: [{ bucket: 'shelf', name: 'long', persisted: 0 }],
    });
  });

  test('forgets everything when it is reset, on disk too, and can be filled anew', async () => {
    await stage.bucket.setMetadata({ versioning: { enabled: true } });
    await stage.bucket.file('a').save('one');
    await stage.bucket.file('a').save('two');
    await stage.bucket.file('a').copy('b');
    const address = await beginUpload(stage);
    stage.emulator.faults.next('*', 5, { kind: 'fail', code: 'UNAVAILABLE' });
    expect((await ask(stage, 'reset', 'POST')).status).toBe(200);
    expect(await (await ask(stage, 'state')).json()).toEqual({ buckets: [], objects: [], uploads: [] });
    expect((await fetch(address, { method: 'PUT', body: 'x' })).status).toBe(404);
    const folder = stage.dataDirectory;
    if (folder !== undefined) {
      for (const part of ['contents', 'buckets', 'uploads']) {
        expect(readdirSync(join(folder, 'state', part))).toEqual([]);
      }
      expect(existsSync(join(folder, 'buckets', 'shelf'))).toBe(false);
    }
    await stage.client.createBucket('shelf');
    await stage.bucket.file('c').save('text');
    expect(await namesIn(stage)).toEqual(['c']);
  });

  test('lets requests wait while it is paused', async () => {
    await ask(stage, 'pause', 'POST');
    let isDone = false;
    const saved = stage.bucket
      .file('a')
      .save('text', { resumable: false })
      .then(() => {
        isDone = true;
      });
    // The admin endpoint answers meanwhile, on the same event loop and later than the upload arrived.
    for (let i = 0; i < 5; i++) await ask(stage, 'state');
    expect(isDone).toBe(false);
    await ask(stage, 'resume', 'POST');
    await saved;
  });

  test('lets its clock be pushed forward', async () => {
    await ask(stage, 'clock', 'POST', '{"advanceMilliseconds":86400000}');
    await stage.bucket.file('a').save('text');
    const [{ timeCreated }] = await stage.bucket.file('a').getMetadata();
    expect(Date.parse(String(timeCreated))).toBeGreaterThan(Date.now() + 86_300_000);
    expect((await ask(stage, 'clock', 'POST', '{"advanceMilliseconds":-1}')).status).toBe(400);
  });
});
