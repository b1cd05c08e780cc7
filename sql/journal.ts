import { type CompiledProject, quoted, type Target } from './project.ts';
import { literal } from './text.ts';

// Rows are only added: two builds that run side by side may both insert, but a DELETE of one would abort the
// other's transaction. The variable is called `day`, so no column may be.

interface Journal {
  readonly builds: Target;
  readonly warnings: Target;
}

export function journalOf(compiled: CompiledProject): Journal {
  const target = (name: string): Target => ({
    project: compiled.project,
    dataset: compiled.datasets.ops,
    name,
  });
  return { builds: target('builds'), warnings: target('warnings') };
}

/** Every procedure makes them itself: a fresh dataset needs no order of creation. */
export function createJournal({ builds, warnings }: Journal): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${quoted(builds)} (
  model STRING,
  built_day DATE,
  started_at TIMESTAMP,
  published_at TIMESTAMP,
  published_rows INT64
)`,
    `CREATE TABLE IF NOT EXISTS ${quoted(warnings)} (
  model STRING,
  built_day DATE,
  assertion STRING,
  expected STRING,
  failing_rows INT64,
  observed_at TIMESTAMP
)`,
  ];
}

export function recordBuild({ builds }: Journal, model: string, rows: string): string {
  return `INSERT INTO ${quoted(builds)} (model, built_day, started_at, published_at, published_rows)
SELECT ${literal(model)}, day, started_at, CURRENT_TIMESTAMP(), COUNT(*)
FROM ${rows}`;
}

export function recordWarning(
  { warnings }: Journal,
  model: string,
  assertion: { readonly name: string; readonly expected: string; readonly query: string },
): string {
  return `INSERT INTO ${quoted(warnings)} (model, built_day, assertion, expected, failing_rows, observed_at)
SELECT ${literal(model)}, day, ${literal(assertion.name)}, ${literal(assertion.expected)}, found.failing_rows, CURRENT_TIMESTAMP()
FROM (
  SELECT COUNT(*) AS failing_rows
  FROM (
${indented(assertion.query, 4)}
  )
) AS found
WHERE found.failing_rows > 0`;
}

const indented = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));
