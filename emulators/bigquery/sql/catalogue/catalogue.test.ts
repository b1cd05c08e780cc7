import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSupport } from '../../support-table.ts';
import { Bench } from '../../testing.ts';
import { entries } from './index.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

const examples = entries.flatMap((e) => e.examples);
const answered = examples.filter(([, answer]) => answer !== 'error');

/** Many expressions in one statement: reading and planning each on its own is what takes the time. */
async function values(expressions: readonly string[]): Promise<unknown[]> {
  try {
    const [row] = await bench.rows(`SELECT ${expressions.map((x, i) => `${x} AS x${i}`).join(', ')}`);
    return [...(row ?? [])];
  } catch (error) {
    if (expressions.length === 1) return [error];
    const half = Math.ceil(expressions.length / 2);
    return [...(await values(expressions.slice(0, half))), ...(await values(expressions.slice(half)))];
  }
}

test('every example in the catalogue has the answer that the documentation gives', async () => {
  const got: [string, unknown][] = [];
  for (let i = 0; i < answered.length; i += 30) {
    const some = answered.slice(i, i + 30).map(([expression]) => expression);
    const found = await values(some);
    some.forEach((expression, k) => void got.push([expression, found[k]]));
  }
  expect(got).toEqual(answered);
});

test('what the documentation calls an error raises one', async () => {
  const accepted: string[] = [];
  for (const [expression, answer] of examples)
    if (answer === 'error')
      await bench.value(`SELECT ${expression} AS x`).then(
        () => accepted.push(expression),
        () => {},
      );
  expect(accepted).toEqual([]);
});

test.each([
  ["LEFT(b'abc', -1)", 'Second argument in LEFT() cannot be negative'],
  ["RIGHT('abc', -1)", 'Second argument in RIGHT() cannot be negative'],
  ["b'abc' LIKE b'a\\\\'", 'LIKE pattern ends with a backslash'],
])('%s fails in the words of the service', async (expression, words) => {
  await expect(bench.value(`SELECT ${expression}`)).rejects.toThrow(words);
});

test('every function has an example, or is a window or statistical function shown in the statements', () => {
  const bare = entries.filter(
    (e) => e.examples.length === 0 && e.kind === 'scalar' && !e.name.startsWith('$'),
  );
  expect(bare.map((e) => e.name)).toEqual([]);
});

test('no name is in the catalogue twice', () => {
  const names = entries.map((e) => e.name);
  expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
});

test('the README has every function; else run emulators/bigquery/write-readme.ts', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(withSupport(readme)).toBe(readme);
});
