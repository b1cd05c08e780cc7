import { located, SqlError } from '../sql/sql-error.ts';
import { outOfRange } from '../sql/type-parameters.ts';
import { decimalText } from './values.ts';

export function notFound(what: 'Table' | 'Dataset' | 'Routine' | 'Job', id: string): SqlError {
  return new SqlError(`Not found: ${what} ${id}`, undefined, 'notFound');
}
export function duplicate(what: string, id: string): SqlError {
  return new SqlError(`Already Exists: ${what} ${id}`, undefined, 'duplicate');
}

type Words = string | ((found: RegExpExecArray) => string);
const translations: readonly (readonly [theirs: RegExp, words: Words])[] = [
  [
    /NOT NULL constraint failed: .*?\.(?:")?([^".]+)"?$/m,
    ([, field]) => `Required field ${field} cannot be null`,
  ],
  [/Out of Range Error: (Overflow|Sum)|INT128 with value .* destination type INT64/i, overflow],
  [/aggregate function calls cannot be nested/, 'Aggregations of aggregations are not allowed'],
  [
    /(WHERE clause|GROUP BY)(?: clause)? cannot contain (a)?/,
    ([, place, a]) => `${a ? 'Aggregate' : 'Analytic'} function not allowed in ${place}`,
  ],
  [/ calls cannot contain window/, 'Analytic functions cannot be arguments to aggregate functions'],
  [/window function calls/, 'Analytic function cannot be an argument of another analytic function'],
  [/aggregate functions are not allowed in FROM/, 'Aggregate function not allowed in FROM clause'],
  [
    /(?:invalid perl operator|missing [)\]]|unexpected [)]|no argument for repetition|invalid escape|bad repetition|invalid character class)[^\n]*/,
    ([pattern]) => `Cannot parse regular expression: ${pattern}`,
  ],
  [/More than one row returned by a subquery/, 'Scalar subquery produced more than one element'],
  [
    /(?:column "?([^"]+?)"? )?must appear in the GROUP BY clause/,
    ([, column = '']) =>
      `SELECT list expression references column ${column.replace(/\$\d+/g, '')} which is neither grouped nor aggregated`,
  ],
  [
    /DOUBLE with value (-?(?:nan|inf)) .*destination type INT/,
    ([, value]) => `Illegal conversion of non-finite floating point number to an integer: ${value}`,
  ],
  [/DOUBLE with value (\S+) .*destination type INT/, ([, value]) => `int64 out of range: ${Number(value)}`],
  [
    /Could not convert string "?(-?[\d.]+)"? to DECIMAL/,
    ([, value]) => `numeric out of range: ${Number(value)}`,
  ],
  [
    /Date out of range: (\d+)-(\d+)-(\d+)/,
    ([, y = '', m = '', d = '']) =>
      `Input calculates to invalid date: ${y.padStart(4, '0')}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`,
  ],
  [/could not convert blob to UTF8/, 'Invalid cast of bytes to UTF8 string'],
  [
    /non-inner join on subquery/,
    'A sub-query in the condition of an outer join is not supported by the emulator',
  ],
  [
    /subqueries in lambda expressions are not supported/,
    'A sub-query in this place is not supported by the emulator',
  ],
  [
    /window functions are not allowed in window definitions/,
    'Analytic function not allowed in Window ORDER BY',
  ],
  [/Unknown TimeZone '(.*?)'/, ([, name]) => `Invalid time zone: ${name}`],
];

/** A value that a column's type with parameters does not hold. */
function outsideOfItsType(message: string): string | undefined {
  const [, column, length] =
    /CHECK constraint failed .*?CHECK\(\((?:octet_)?length\("?([^")]+)"?\) <= (\d+)\)\)/.exec(message) ?? [];
  if (length !== undefined) return `Field ${column}: a value is longer than its maximum length of ${length}`;
  const required = /CHECK constraint failed .*struct_extract\(.*?, '([^']+)'\) IS NOT NULL/.exec(
    message,
  )?.[1];
  if (required !== undefined && !/round\(|length\(/.test(message))
    return `A field that is REQUIRED cannot be null: ${required}`;
  if (/CHECK constraint failed/.test(message))
    return 'A value inside of a column does not keep to the parameters of its type';
  const [, width, scale] = /Casting value .* to type DECIMAL\((\d+),(\d+)\) failed/.exec(message) ?? [];
  return scale !== undefined && width !== '38'
    ? outOfRange('NUMERIC', Number(width), Number(scale))
    : undefined;
}

/** What DuckDB raised while it ran a statement, in the service's words as far as they are known. */
export function asSqlError(thrown: unknown, statement?: string): SqlError {
  if (thrown instanceof SqlError) return statement === undefined ? thrown : located(thrown, statement);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const own =
    /Could not convert string ["']bq:([\s\S]*?)["'] to/.exec(message)?.[1] ??
    /Invalid Input Error: bq:([\s\S]*)/.exec(message)?.[1];
  if (own !== undefined) return new SqlError(own);
  const narrow = outsideOfItsType(message);
  if (narrow !== undefined) return new SqlError(narrow);
  for (const [theirs, words] of translations) {
    const found = theirs.exec(message);
    if (found) return new SqlError(typeof words === 'string' ? words : words(found));
  }
  return new SqlError(firstLine(message));
}

/** The values that met, as they were written: a NUMERIC comes as the integer that holds it. */
function overflow({ input }: RegExpExecArray): string {
  const [, a = '0', how, b = '0'] = /\((-?\d+) ([-+*]) (-?\d+)\)/.exec(input) ?? [];
  const isDecimal = /DECIMAL/.test(input);
  const shown = (digits: string): string => (isDecimal ? decimalText(BigInt(digits), 9) : digits);
  return `${isDecimal ? 'numeric' : 'int64'} overflow${how ? `: ${shown(a)} ${how} ${shown(b)}` : ''}`;
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;
