import { expect, test } from 'vitest';
import { overBackends, type Refusal, type Stage } from './testing/over-backends.ts';

const protocols = {
  media: (stage: Stage, name: string, text: string) => insertMedia(stage, name, text),
  multipart: (stage: Stage, name: string, text: string) =>
    stage.bucket.file(name).save(text, { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } }),
  resumable: (stage: Stage, name: string, text: string) =>
    stage.bucket.file(name).save(text, { resumable: true, preconditionOpts: { ifGenerationMatch: 0 } }),
};

/** The client has no call for `uploadType=media`. */
async function insertMedia({ origin }: Stage, name: string, text: string): Promise<void> {
  const query = new URLSearchParams({ uploadType: 'media', name, ifGenerationMatch: '0' });
  const response = await fetch(`${origin}/upload/storage/v1/b/shelf/o?${query}`, {
    method: 'POST',
    body: text,
  });
  if (!response.ok) throw ((await response.json()) as { error: Refusal }).error;
}

overBackends('writers that each want to be the first (ifGenerationMatch=0)', (stage) => {
  for (const [protocol, write] of Object.entries(protocols)) {
    test(`by ${protocol}: of two exactly one wins, the other gets 412`, async () => {
      const outcomes = await Promise.allSettled([write(stage, 'x', 'one'), write(stage, 'x', 'two')]);
      const winners = outcomes.flatMap((outcome, i) =>
        outcome.status === 'fulfilled' ? [['one', 'two'][i]] : [],
      );
      expect(winners).toHaveLength(1);
      const loser = outcomes.find((outcome) => outcome.status === 'rejected');
      expect(loser?.reason).toMatchObject({ code: 412 });
      const [bytes] = await stage.bucket.file('x').download();
      expect(bytes.toString()).toBe(winners[0]);
    });

    test(`by ${protocol}: of eight, ten times over, exactly one wins each time`, async () => {
      for (let round = 0; round < 10; round++) {
        const writers = Array.from({ length: 8 }, (_, i) => write(stage, `round-${round}`, `writer ${i}`));
        const outcomes = await Promise.allSettled(writers);
        const winners = outcomes.flatMap((outcome, i) =>
          outcome.status === 'fulfilled' ? [`writer ${i}`] : [],
        );
        expect(winners).toHaveLength(1);
        const [bytes] = await stage.bucket.file(`round-${round}`).download();
        expect(bytes.toString()).toBe(winners[0]);
      }
    });
  }

  test('across protocols: of three exactly one wins', async () => {
    const outcomes = await Promise.allSettled(
      Object.values(protocols).map((write) => write(stage, 'x', 'text')),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  test('two sessions started before anything exists: the object is judged when it is made, not when it is begun', async () => {
    const sessions = await Promise.all(
      [0, 1].map(() =>
        stage.bucket.file('x').createResumableUpload({ preconditionOpts: { ifGenerationMatch: 0 } }),
      ),
    );
    const answers = [];
    for (const [address] of sessions) answers.push(await fetch(address, { method: 'PUT', body: 'text' }));
    expect(answers.map((answer) => answer.status)).toEqual([200, 412]);
  });
});
