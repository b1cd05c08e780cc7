import { expect, test } from 'vitest';
import { killInTheMiddle } from './kill-in-the-middle.ts';

test('a worker that is killed in the middle loses nothing and counts nothing twice', async () => {
  const verdict = await killInTheMiddle();
  expect(verdict.lines.join('\n')).not.toContain('FAILS');
  expect(verdict.holds).toBe(true);
}, 120_000);
