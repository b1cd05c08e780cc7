import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../testing.ts';

/**
 * Statements and the rows that Google's reference evaluator gives for them: written down once, so that they are
 * checked where it cannot be installed. A STRUCT is the list of its values.
 */
type Answers = readonly (readonly [sql: string, rows: readonly unknown[]])[];
const folder = new URL('./reference/answers/', import.meta.url);
const answers = [
  new URL('./reference-answers.json', import.meta.url),
  ...readdirSync(folder).map((name) => new URL(name, folder)),
].flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as Answers);

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

/** Numbers as the nearest double, times without zeros at their end, a NULL array as an empty one. */
function comparable(value: unknown): unknown {
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value === 'object') return Object.values(value).map(comparable);
  if (typeof value !== 'string') return String(value);
  if (/^-?\d+(\.\d+)?(e[+-]\d+)?$/.test(value)) return String(Number(value));
  return value.replace(/(:\d\d\.\d*?)0+(?=Z?$)/, '$1').replace(/\.(?=Z?$)/, '');
}

describe("statements answered as Google's reference evaluator answers them", () => {
  test.each(answers)('%s', async (sql, rows) => {
    expect((await bench.rows(sql)).map(comparable)).toEqual(rows.map(comparable));
  });
});
