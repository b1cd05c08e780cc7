import assert from 'node:assert/strict';
import { insertMedia, statusOf, textOf } from '../asking.ts';
import { plainly } from '../plain-request.ts';
import { type Scenario, type Stage, scenariosOf } from '../scenario.ts';

type Write = (stage: Stage, name: string, text: string) => Promise<unknown>;

const first = { preconditionOpts: { ifGenerationMatch: 0 } } as const;

const protocols: Readonly<Record<string, Write>> = {
  media: async (stage, name, text) => {
    const code = await statusOf(insertMedia(stage, name, text, '&ifGenerationMatch=0'));
    if (code >= 300) throw { code };
  },
  multipart: ({ bucket }, name, text) => bucket.file(name).save(text, { resumable: false, ...first }),
  resumable: ({ bucket }, name, text) => bucket.file(name).save(text, { resumable: true, ...first }),
  'XML PUT': async ({ ask }, name, body) => {
    const headers = { 'x-goog-if-generation-match': '0' };
    const code = await statusOf(ask(`/{bucket}/${name}`, { method: 'PUT', headers, body }));
    if (code >= 300) throw { code };
  },
};

async function exactlyOneWins(stage: Stage, writes: readonly Write[], name = 'x'): Promise<void> {
  const texts = writes.map((_, i) => `writer ${i}`);
  const outcomes = await Promise.allSettled(writes.map((write, i) => write(stage, name, texts[i] ?? '')));
  const winners = texts.filter((_, i) => outcomes[i]?.status === 'fulfilled');
  assert.equal(winners.length, 1);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.equal(Number((outcome.reason as { code: unknown }).code), 412);
  }
  assert.equal(await textOf(stage, name), winners[0]);
}

export const firstWriter: readonly Scenario[] = scenariosOf('Writers that each want to be the first', {
  ...Object.fromEntries(
    Object.entries(protocols).map(([name, write]) => [
      `by ${name}: of two with ifGenerationMatch=0 exactly one wins, the other gets 412`,
      (stage: Stage) => exactlyOneWins(stage, [write, write]),
    ]),
  ),
  'of eight by the four protocols, three times over, exactly one wins each time': async (stage) => {
    const writes = Object.values(protocols);
    for (let round = 0; round < 3; round++)
      await exactlyOneWins(stage, [...writes, ...writes], `round-${round}`);
  },
  'in two sessions begun before anything exists: the object is judged when it is made': async ({
    bucket,
  }) => {
    const begin = () => bucket.file('x').createResumableUpload(first);
    const sessions = [await begin(), await begin()];
    const statuses: number[] = [];
    for (const [address] of sessions) {
      statuses.push(await statusOf(plainly(address, { method: 'PUT', body: 'text' })));
    }
    assert.deepEqual(statuses, [200, 412]);
  },
});
