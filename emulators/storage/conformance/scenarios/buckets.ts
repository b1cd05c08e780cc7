import assert from 'node:assert/strict';
import { refusalOf, simple } from '../asking.ts';
import { type Scenario, scenariosOf } from '../scenario.ts';

export const buckets: readonly Scenario[] = scenariosOf('A bucket', {
  'is made once': async ({ client, bucket }) => {
    assert.equal((await refusalOf(client.createBucket(bucket.name))).code, 409);
  },
  'is listed by prefix': async ({ client, bucket }) => {
    const [found] = await client.getBuckets({ prefix: bucket.name });
    assert.deepEqual(
      found.map(({ name }) => name),
      [bucket.name],
    );
  },
  'is changed, each change with a higher metageneration': async ({ bucket }) => {
    await bucket.setMetadata({ labels: { a: '1', b: '2' } });
    const [changed] = await bucket.setMetadata({ labels: { a: null, c: '3' } });
    assert.deepEqual(changed.labels, { b: '2', c: '3' });
    assert.equal(changed.metageneration, '3');
  },
  'is deleted only when empty': async ({ client, bucket }) => {
    const [other] = await client.createBucket(`${bucket.name}-b`);
    await other.file('x').save('x', simple);
    assert.equal((await refusalOf(other.delete())).code, 409);
    await other.file('x').delete();
    await other.delete();
    assert.deepEqual(await other.exists(), [false]);
    assert.equal((await refusalOf(other.file('x').save('x', simple))).code, 404);
  },
  'is not called just anything': async ({ client }) => {
    for (const name of ['UPPER', 'ab', '-dash', 'dash-', '1.2.3.4', 'goog-mine', 'a..b']) {
      assert.deepEqual([name, (await refusalOf(client.createBucket(name))).code], [name, 400]);
    }
  },
});
