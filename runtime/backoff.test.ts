import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retrying, waitBefore } from './backoff.ts';
import { InputError, TransientError } from './errors.ts';

const backoff = { firstMillis: 100, longestMillis: 1_000, attempts: 4 };

function tools() {
  const waits: number[] = [];
  return { waits, random: () => 1, sleep: async (millis: number) => void waits.push(millis) };
}

test('a wait is never negative and never above the bound, whatever the attempt', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = waitBefore(attempt, backoff, random);
        return wait >= 0 && wait <= backoff.longestMillis;
      },
    ),
  );
});

test('a transient error is tried again, waiting longer each time up to the bound', async () => {
  const used = tools();
  let calls = 0;
  const result = await retrying(
    async () => {
      calls++;
      if (calls < 4) throw new TransientError('the service is busy');
      return 'done';
    },
    backoff,
    used,
  );
  expect(result).toBe('done');
  expect(used.waits).toEqual([100, 200, 400]);
});

test('attempts that are used up end with the last error', async () => {
  const busy = async () => Promise.reject(new TransientError('still busy'));
  await expect(retrying(busy, backoff, tools())).rejects.toThrow('still busy');
});

test('wrong input and unknown errors are never tried again', async () => {
  for (const error of [new InputError('no such flag'), new TypeError('undefined is not a function')]) {
    const used = tools();
    await expect(retrying(() => Promise.reject(error), backoff, used)).rejects.toBe(error);
    expect(used.waits).toEqual([]);
  }
});
