import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bench } from '../../testing.ts';
import { entries } from '../catalogue/index.ts';
import { answerOf, difference } from './comparison.ts';
import { Evaluators } from './evaluators.ts';
import { calls, literals, operators } from './generated.ts';

let evaluators: Evaluators | undefined;
let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
  evaluators = await Evaluators.start().catch(() => undefined);
});
afterAll(async () => {
  await evaluators?.stop();
  await bench.stop();
});

/** Where the answers are known to differ, and why that is left so. */
const known: readonly (readonly [statement: RegExp, why: string])[] = [
  [
    /(STDDEV|VAR|COVAR|CORR).* OVER \([^)]*ORDER BY/,
    'the last digits of sums of squares in a frame that grows are those of DuckDB',
  ],
  [/, a IN \(b\) AS r/, 'NaN IN (NULL) is false instead of NULL'],
  [/SAFE\.(LOG|POW|POWER)\(/, 'a logarithm to the base NaN raises; powers beyond what a double holds'],
  [/SAFE\.STRING\(a, /, 'before zones had whole minutes the clock is not cut to them'],
  [/SIN\(x\)|COS\(x\)/, 'the two evaluators differ from one another in the last digit'],
  [/NULLIF\(COLLATE/, 'the evaluators compare there by code points, the documentation by the collation'],
  [/"a":1,"a":2/, 'of two equal keys only the first is kept'],
];

interface Tally {
  compared: number;
  refused: number;
  different: string[];
}

async function compare(statements: readonly string[], expectations: Evaluators): Promise<Tally> {
  const tally: Tally = { compared: 0, refused: 0, different: [] };
  for (const sql of statements) {
    const theirs = await expectations.answers(sql);
    if (theirs.length === 0) continue;
    const ours = await answerOf(bench, sql);
    if (!ours) {
      tally.refused += 1;
      continue;
    }
    tally.compared += 1;
    const found = theirs.map((t) => difference(sql, ours, t));
    if (!found.includes(undefined) && !known.some(([pattern]) => pattern.test(sql)))
      tally.different.push(`${sql.slice(0, 300)}\n  ${found.join('\n  ')}`);
  }
  return tally;
}

const [seed = '', ...statements] = readFileSync(new URL('./statements.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const tables = seed.split(/, (?=t_\w+ AS \()/).map((sql) => ({ name: sql.split(' ', 1)[0] ?? '', sql }));
/** The evaluators know no tables: those a statement reads go before it. */
function withTables(sql: string): string {
  const read = tables.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(sql)).map((t) => t.sql);
  if (read.length === 0) return sql;
  const start = /^WITH (RECURSIVE )?/.exec(sql)?.[0];
  return start ? `${start}${read.join(', ')}, ${sql.slice(start.length)}` : `WITH ${read.join(', ')} ${sql}`;
}
const examples = entries.flatMap((e) => e.examples).filter(([, answer]) => answer !== 'error');
/** What differs from one call, or one place, to the next. */
const unrepeatable = /CURRENT_|RAND\(|UUID|SESSION_USER/;

test.each([
  [
    'the examples of the catalogue',
    examples
      .map(([x]) => x)
      .filter((x) => !unrepeatable.test(x))
      .map((x) => `SELECT ${x} AS x`),
    380,
  ],
  ["analysts' statements", statements.map(withTables), 500],
  ['every function over the edges of its types', calls(entries), 450],
  ['operators, comparisons and casts', operators(), 230],
  ['formats, patterns and paths', literals(), 400],
] as const)("%s have the answers and the types of Google's reference evaluators", async (_, some, least) => {
  if (!evaluators) return;
  const { compared, refused, different } = await compare(some, evaluators);
  console.info(`${compared} compared, ${refused} refused, ${different.length} different`);
  expect(different).toEqual([]);
  expect(compared).toBeGreaterThan(least);
});

test('the evaluators could be installed, and end when they are told', async (context) => {
  if (!evaluators) return context.skip('the reference evaluators could not be installed or started here');
  await evaluators.stop();
  // Ended by a signal, they have no exit code; afterAll stops them once more.
});
