import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { Answer } from './answer.ts';

it('an answer waits for a reader who is slow', async () => {
  const read: string[] = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk, _, done) {
      setImmediate(() => {
        read.push(String(chunk));
        done();
      });
    },
  });
  const answer = new Answer(slow);
  for (const words of ['one', 'two', 'three']) {
    await answer.line(words);
    expect(read.at(-1)).toBe(`${words}\n`);
  }
});

it('an answer is over when its reader goes away, and says nothing more', async () => {
  let writes = 0;
  const gone = new Writable({
    highWaterMark: 1,
    write(_, __, done) {
      writes++;
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  const answer = new Answer(gone);
  await answer.line('one');
  expect(answer.isOver).toBe(true);
  await answer.line('two');
  expect(writes).toBe(1);
});
