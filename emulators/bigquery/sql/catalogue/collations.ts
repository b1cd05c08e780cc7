import { collated, collationOf } from '../collations.ts';
import { SqlError } from '../sql-error.ts';
import { STRING } from '../types.ts';
import { type Bound, type Entry, raise, special } from './entry.ts';

function named({ args: [, name], at }: Bound): string {
  if (typeof name?.literal === 'object') return name.literal.value;
  throw new SqlError('The second argument of COLLATE() must be a string literal', at);
}

/** In parentheses: the text in them may be grouped by, or told apart from others, in another way. */
export const collations: readonly Entry[] = [
  special(
    'COLLATE',
    [['STRING, STRING', (bound) => collated(STRING, collationOf(named(bound), bound.at)), ([x]) => `(${x})`]],
    [
      ["COLLATE('a', 'und:ci') = 'A'", true],
      ["COLLATE('a', 'und:ci')", 'a'],
      ["COLLATE(COLLATE('a', 'und:ci'), '') = 'A'", false],
      ["COLLATE('a', 'binary') = 'A'", false],
      ["COLLATE('a', 'und:ci') = COLLATE('A', 'binary')", 'error'],
      ["COLLATE('a', UPPER('und:ci'))", 'error'],
      ["COLLATE('a', 'xx')", 'error'],
      ["COLLATE(1, 'und:ci')", 'error'],
      ["COLLATE('B', 'und:ci') > 'a'", true],
      ["COLLATE('straße', 'und:ci') = 'STRAẞE'", true],
      ["COLLATE('straße', 'und:ci') = 'STRASSE'", false],
      ["COLLATE('\\u2060a', 'und:ci') = 'A'", true],
      ["COLLATE('é', 'und:ci') = 'e'", false],
      ["COLLATE('\\u0870', 'und:ci') = 'e'", 'error'],
      ["COLLATE('b', 'und:ci') BETWEEN 'A' AND 'C'", true],
      ["'B' IN ('a', COLLATE('b', 'und:ci'))", true],
      ["'B' IN UNNEST(['a', COLLATE('b', 'und:ci')])", true],
      ["'B' IN (SELECT COLLATE(x, 'und:ci') FROM UNNEST(['a', 'b']) AS x)", true],
      ["('B', 1) = (COLLATE('b', 'und:ci'), 1)", true],
      ["COLLATE('a', 'und:ci') IS DISTINCT FROM 'A'", false],
      ["CASE COLLATE('a', 'und:ci') WHEN 'A' THEN 1 ELSE 2 END", 1],
      ["CASE 'b' WHEN COLLATE('a', 'und:ci') THEN 1 WHEN 'B' THEN 2 END", 2],
      ["NULLIF(COLLATE('a', 'und:ci'), 'A')", null],
      ["IF(TRUE, COLLATE('a', 'und:ci'), 'x') = 'A'", true],
      ["CONCAT('a', COLLATE('b', 'und:ci')) = 'AB'", true],
      ["CAST(COLLATE('a', 'und:ci') AS STRING) = 'A'", false],
      ["[COLLATE('a', 'und:ci')][OFFSET(0)] = 'A'", true],
      ["STRUCT(COLLATE('a', 'und:ci') AS x).x = 'A'", true],
      ["GREATEST(COLLATE('a', 'und:ci'), 'B')", 'B'],
      ["LEAST('b', COLLATE('C', 'und:ci'))", 'b'],
      ["GREATEST(COLLATE('a', 'und:ci'), NULL)", null],
      ["(SELECT MIN(COLLATE(x, 'und:ci')) FROM UNNEST(['b', 'C', 'a']) AS x)", 'a'],
      ["(SELECT MAX(COLLATE(x, 'und:ci')) FROM UNNEST(['b', 'C', 'a']) AS x)", 'C'],
      ["(SELECT COUNT(DISTINCT COLLATE(x, 'und:ci')) FROM UNNEST(['b', 'B', 'a']) AS x)", 2],
      ["(SELECT ARRAY_AGG(DISTINCT COLLATE(x, 'und:ci')) FROM UNNEST(['b', 'B']) AS x)", ['b']],
      ["(SELECT STRING_AGG(DISTINCT COLLATE(x, 'und:ci')) FROM UNNEST(['b', 'B', NULL]) AS x)", 'b'],
      [
        "(SELECT PERCENTILE_DISC(COLLATE(x, 'und:ci'), 0.5) OVER () FROM UNNEST(['b', 'C', 'a']) AS x LIMIT 1)",
        'b',
      ],
      ["STRPOS(COLLATE('..abc', 'und:ci'), 'ABC')", 3],
      ["INSTR(COLLATE('abc.aBc.', 'und:ci'), 'ABC', -1)", 5],
      ["INSTR(COLLATE('abc.a\\u2060Bc.', 'und:ci'), 'ABC', 2)", 5],
      ["STARTS_WITH('Abc', COLLATE('aB', 'und:ci'))", true],
      ["ENDS_WITH(COLLATE('abC', 'und:ci'), 'Bc')", true],
      ["REPLACE(COLLATE('xABCxabc', 'und:ci'), 'abc', '-')", 'x-x-'],
      ["SPLIT(COLLATE('1x2X3', 'und:ci'), 'x')", ['1', '2', '3']],
      ["COLLATE('xAbC_', 'und:ci') LIKE '%aB%\\\\_'", true],
      ["COLLATE('xAbC', 'und:ci') LIKE '%aB_'", 'error'],
      ["COLLATE('100%', 'und:ci') LIKE '1%\\\\%'", true],
      ["COLLATE('Abc', 'und:ci') LIKE ANY ('x', 'a%')", true],
      ["STRPOS(COLLATE('xﬁ', 'und:ci'), 'FI')", 2],
      ["STRPOS(COLLATE('ﬁ', 'und:ci'), 'i')", 0],
      ["REPLACE(COLLATE('cafe\\u0301é', 'und:ci'), 'É', '-')", 'caf--'],
      ["STARTS_WITH(COLLATE('a', 'und:ci'), '')", false],
      ["STRPOS(COLLATE('เก', 'und:ci'), 'ก')", 'error'],
      ["REGEXP_CONTAINS(COLLATE('a', 'und:ci'), 'a')", 'error'],
      ["UPPER(COLLATE('a', 'und:ci')) = 'a'", true],
      ["FORMAT(COLLATE('%s-%d', 'und:ci'), 'a', 1) = 'A-1'", true],
      ["FORMAT('%s', COLLATE('a', 'und:ci')) = 'A'", false],
      ["FORMAT_DATE(COLLATE('%b', 'und:ci'), DATE '2026-01-07') = 'JAN'", true],
    ],
  ),
];

/**
 * The order of CLDR's root collation up to its secondary differences, as ICU writes it into a key. What ICU here does not
 * know yet it puts behind all that it knows, among it letters whose cases it cannot tell to be one.
 */
export const collationMacros: readonly string[] = [
  "bq_ci(s) AS CASE WHEN strlen(s) = length(s) THEN icu_sort_key(s, 'und-u-ks-level2') ELSE bq_known_key(icu_sort_key(s, 'und-u-ks-level2')) END",
  `bq_known_key(k) AS CASE WHEN regexp_matches(k, '^(..)*FE') THEN ${raise('A collation of very rare characters, or of such as Unicode 13 has not, is not supported by the emulator', 'VARCHAR')} ELSE k END`,
];
