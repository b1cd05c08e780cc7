import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killInTheMiddle } from './kill-in-the-middle.ts';

test('counter-test: a worker that acknowledges before it has written is caught', async () => {
  const verdict = await killInTheMiddle(join(import.meta.dirname, 'ack-before-append-worker.ts'));
  expect(verdict.holds).toBe(false);
  expect(verdict.comparisons.some(({ missing }) => missing.length > 0)).toBe(true);
}, 120_000);
