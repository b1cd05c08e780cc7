import { located, SqlError } from '../sql/sql-error.ts';

export function notFound(what: 'Table' | 'Dataset' | 'Routine' | 'Job', id: string): SqlError {
  return new SqlError(`Not found: ${what} ${id}`, undefined, 'notFound');
}
export function duplicate(what: string, id: string): SqlError {
  return new SqlError(`Already Exists: ${what} ${id}`, undefined, 'duplicate');
}

const rewordings: readonly (readonly [theirs: string, words: string])[] = [
  ['aggregate function calls cannot be nested', 'Aggregations of aggregations are not allowed'],
  ['WHERE clause cannot contain aggregates', 'Aggregate function not allowed in WHERE clause'],
  ['WHERE clause cannot contain window functions', 'Analytic function not allowed in WHERE clause'],
  ['aggregate functions are not allowed in FROM', 'Aggregate function not allowed in FROM clause'],
];

/** What DuckDB raised while it ran a statement, in the service's words as far as they are known. */
export function asSqlError(thrown: unknown, statement?: string): SqlError {
  if (thrown instanceof SqlError) return statement === undefined ? thrown : located(thrown, statement);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const own =
    /Could not convert string ["']bq:([\s\S]*?)["'] to/.exec(message)?.[1] ??
    /Invalid Input Error: bq:([\s\S]*)/.exec(message)?.[1];
  if (own !== undefined) return new SqlError(own);
  const required = /NOT NULL constraint failed: .*?\.(?:")?([^".]+)"?$/m.exec(message)?.[1];
  if (required !== undefined) return new SqlError(`Required field ${required} cannot be null`);
  if (/Out of Range Error: (Overflow|Sum)/i.test(message))
    return new SqlError(`${/DECIMAL/.test(message) ? 'numeric' : 'int64'} overflow: ${firstLine(message)}`);
  const reworded = rewordings.find(([theirs]) => message.includes(theirs));
  if (reworded) return new SqlError(reworded[1]);
  const pattern =
    /(?:invalid perl operator|missing [)\]]|unexpected [)]|no argument for repetition|invalid escape|bad repetition|invalid character class)[^\n]*/.exec(
      message,
    )?.[0];
  if (pattern !== undefined) return new SqlError(`Cannot parse regular expression: ${pattern}`);
  if (/More than one row returned by a subquery/.test(message))
    return new SqlError('Scalar subquery produced more than one element');
  if (/must appear in the GROUP BY clause/.test(message)) {
    const column = /column "?([^"]+?)"? must appear/.exec(message)?.[1] ?? '';
    return new SqlError(
      `SELECT list expression references column ${column.replace(/\$\d+/g, '')} which is neither grouped nor aggregated`,
    );
  }
  return new SqlError(firstLine(message));
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;
