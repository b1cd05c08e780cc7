import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from '../testing.ts';

/**
 * A day's work of an analyst: statements, one after the other over the same tables, with the rows they must give (`=>`)
 * or the words of the refusal (`!!`, whatever its words where none follow). The rows of the queries are those of
 * Google's reference evaluator over the same tables, where it knows the function; what changes, defines and scripts
 * give was worked out by hand.
 */
const lines = ['analysts', 'totals'].flatMap((name) =>
  readFileSync(new URL(`./${name}.statements.txt`, import.meta.url), 'utf8').split('\n'),
);
const steps = lines.flatMap((sql, i) => {
  const [, mark, answer = ''] = /^ {2}(=>|!!) ?(.*)$/.exec(lines[i + 1] ?? '') ?? [];
  return mark === undefined ? [] : [{ sql, mark, answer }];
});

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(() => bench.stop());

test.each(steps)('$sql', async ({ sql, mark, answer }) => {
  const got = bench.rows(sql);
  if (mark === '=>') expect(await got).toEqual(JSON.parse(answer));
  else await expect(got).rejects.toThrow(answer);
});

test('the files are read as a whole', () => {
  expect(steps.length).toBeGreaterThan(120);
});
