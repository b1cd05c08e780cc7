import { capturingGroups, groupCount, groupMayBeLeftOut } from '../native/regexp-groups.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { text } from '../types.ts';
import { type Bound, type Entry, type Example, literalText, raise, special } from './entry.ts';

function groupOf(bound: Bound): number {
  try {
    return capturingGroups(literalText(bound, 1));
  } catch (error) {
    throw new SqlError(error instanceof Error ? error.message : String(error), bound.at);
  }
}

/** From a position on, the n-th match: what stands before the position is no part of the text. */
function extraction(name: string, examples: readonly Example[]): Entry {
  const all = ([s = '', r = '', p = '1', n = '1']: string[], group?: number): string => {
    const rest = p === '1' ? s : `bq_substring(${s}, bq_position(${p}), 9223372036854775807)`;
    const found =
      group === undefined
        ? `bq_extract_all(${rest}, bq_never_empty(${r}))`
        : `regexp_extract_all(${rest}, ${r}, ${group})`;
    return `bq_nth_match(${found}, bq_occurrence(${n}))`;
  };
  return special(
    name,
    [
      [
        'STRING, LITERAL',
        'STRING',
        ([s, r], b) =>
          groupMayBeLeftOut(literalText(b, 1))
            ? `bq_extract_group(${s}, ${r})`
            : `CASE WHEN regexp_matches(${s}, ${r}) THEN regexp_extract(${s}, ${r}, ${groupOf(b)}) END`,
      ],
      [
        'STRING, STRING',
        'STRING',
        ([s, r]) => `CASE WHEN regexp_matches(${s}, ${r}) THEN bq_extract(${s}, ${r}) END`,
      ],
      ['STRING, LITERAL, INT64', 'STRING', (args, b) => all(args, groupOf(b))],
      ['STRING, LITERAL, INT64, INT64', 'STRING', (args, b) => all(args, groupOf(b))],
      ['STRING, STRING, INT64', 'STRING', (args) => all(args)],
      ['STRING, STRING, INT64, INT64', 'STRING', (args) => all(args)],
    ],
    examples,
  );
}

/** DuckDB leaves the text alone where the replacement names a group that is not there. */
function replaced([s, r, to]: string[], bound: Bound): string {
  const [, pattern, rewrite] = bound.args.map((x) =>
    typeof x.literal === 'object' ? x.literal.value : undefined,
  );
  const wanted = Math.max(0, ...[...(rewrite ?? '').matchAll(/\\(\d)/g)].map(([, digit]) => Number(digit)));
  const groups = pattern === undefined ? wanted : groupCount(pattern);
  if (wanted > groups)
    throw new SqlError(
      `Invalid REGEXP_REPLACE pattern: Rewrite schema requests ${wanted} matches, but the regexp only has ${groups} parenthesized subexpressions.`,
      bound.at,
    );
  return `regexp_replace(${s}, ${r}, ${to}, 'g')`;
}

/** Flags, what stands before the one group, the group, and what stands behind it; the group has to stand plainly. */
const aroundGroup =
  /^(\(\?[imsU]+\))?((?:[^()|\\[\]]|\\.|\[[^\]]+\])*)\(((?:[^()|\\[\]]|\\.|\[[^\]]+\])*)\)(?![?*+{])((?:[^()|\\[\]]|\\.|\[[^\]]+\])*)$/s;

/** Where the n-th match, or its group, begins or ends: the length of what lies before it tells. */
function place(args: string[], bound: Bound): string {
  const [s = '', , p = '1', n = '1', after = '0'] = args;
  const pattern = literalText(bound, 1);
  const [, flags = '', before = '', group = '', behind = ''] =
    groupOf(bound) === 0 ? ['', '', '', pattern] : (aroundGroup.exec(pattern) ?? []);
  if (group === '' && pattern !== '') throw notServed('REGEXP_INSTR of this group', bound.at);
  // The matches before it are repeated, and so without a group of their own.
  const passed = `${flags}\\A((?:(?s:.*?)(?:${before}(?:${group})${behind})){`;
  const skipping = `${text(passed)} || (${n} - 1) || ${text(`}(?s:.*?)${before})(${group})${behind}`)}`;
  return `bq_regexp_place(${s}, ${text(pattern)}, ${skipping}, ${p}, ${n}, ${after})`;
}

export const patterns: readonly Entry[] = [
  special(
    'REGEXP_CONTAINS',
    [['STRING, STRING', 'BOOL', ([s, r]) => `regexp_matches(${s}, ${r})`]],
    [
      ["REGEXP_CONTAINS('xabx', r'ab')", true],
      ["REGEXP_CONTAINS('x', r'^ab$')", false],
    ],
  ),
  special(
    'REGEXP_REPLACE',
    [['STRING, STRING, STRING', 'STRING', replaced]],
    [
      ["REGEXP_REPLACE('a1b22', r'\\d+', '#')", 'a#b#'],
      ["REGEXP_REPLACE('ab', r'(a)(b)', r'\\2\\1')", 'ba'],
      ["REGEXP_REPLACE('ab', 'a', r'\\1')", 'error'],
    ],
  ),
  extraction('REGEXP_EXTRACT', [
    ["REGEXP_EXTRACT('/p/sku-12', r'sku-(\\d+)')", '12'],
    ["REGEXP_EXTRACT('x', r'\\d+')", null],
    ["(SELECT REGEXP_EXTRACT('a12', r) FROM UNNEST([r'a(.)']) AS r)", '1'],
    ["REGEXP_EXTRACT('ab', 'a(x)?b')", null],
    ["REGEXP_EXTRACT('axb', 'a(x)?b')", 'x'],
    ["REGEXP_EXTRACT('b12', r'a=(\\d*)|b')", null],
    ["REGEXP_EXTRACT('a=', r'a=(\\d*)|b')", ''],
    ["REGEXP_EXTRACT('ab', '(?i)a(x)?b')", 'error'],
    ["REGEXP_EXTRACT('ab', '(?:(a)|b)*')", 'error'],
    ["REGEXP_EXTRACT('a12', r'\\d+')", '12'],
    ["REGEXP_EXTRACT('Hello Helloo and Hellooo', 'H?ello+', 1, 3)", 'Hellooo'],
    ["REGEXP_EXTRACT('Hello Helloo and Hellooo', 'H?ello+', 3)", 'Helloo'],
    ["REGEXP_EXTRACT('Hello', 'H?ello+', 1, 2)", null],
    ["(SELECT REGEXP_EXTRACT('k1 k22', r, 2, 1) FROM UNNEST([r'k(\\d+)']) AS r)", '22'],
  ]),
  extraction('REGEXP_SUBSTR', [["REGEXP_SUBSTR('Hello World Helloo', 'H?ello+', 1, 1)", 'Hello']]),
  special(
    'REGEXP_INSTR',
    [['STRING, LITERAL, INT64?, INT64?, INT64?', 'INT64', place]],
    [
      ["REGEXP_INSTR('ab@cd-ef', '@[^-]*')", 3],
      ["REGEXP_INSTR('ab', 'x')", 0],
      ["REGEXP_INSTR('banana', 'an', 1, 2)", 4],
      ["REGEXP_INSTR('banana', 'an', 3)", 4],
      ["REGEXP_INSTR('banana', 'an', 1, 1, 1)", 4],
      ["REGEXP_INSTR('banana', 'b(a)n')", 2],
      ["REGEXP_INSTR('banana', 'n(a)', 1, 2)", 6],
      ["REGEXP_INSTR('aaa', 'a+', 1, 2)", 0],
      ["REGEXP_INSTR('banana', 'an', 0)", 'error'],
    ],
  ),
  special(
    'REGEXP_EXTRACT_ALL',
    [
      [
        'STRING, LITERAL',
        'ARRAY<STRING>',
        ([s, r], b) => `regexp_extract_all(${s}, bq_never_empty(${r}), ${groupOf(b)})`,
      ],
      ['STRING, STRING', 'ARRAY<STRING>', ([s, r]) => `bq_extract_all(${s}, bq_never_empty(${r}))`],
    ],
    [["REGEXP_EXTRACT_ALL('a1b22', r'\\d+')", ['1', '22']]],
  ),
];

export const patternMacros: readonly string[] = [
  'bq_extract(s, r) AS CASE WHEN bq_regexp_groups(r) = 1 THEN regexp_extract(s, r, 1) ELSE regexp_extract(s, r, 0) END',
  'bq_extract_all(s, r) AS CASE WHEN bq_regexp_groups(r) = 1 THEN regexp_extract_all(s, r, 1) ELSE regexp_extract_all(s, r, 0) END',
  `bq_never_empty(r) AS CASE WHEN regexp_full_match('', r) THEN ${raise('REGEXP_EXTRACT_ALL of an expression that matches nothing is not supported by the emulator', 'VARCHAR')} ELSE r END`,
  'bq_nth_match(found, n) AS CASE WHEN n >= 1 AND n <= len(found) THEN found[n] END',
  `bq_position(p) AS CASE WHEN p < 1 THEN ${raise('Position must be positive', 'BIGINT')} ELSE p END`,
  `bq_occurrence(n) AS CASE WHEN n < 1 THEN ${raise('Occurrence must be positive', 'BIGINT')} ELSE n END`,
  `bq_after(n) AS CASE WHEN n NOT IN (0, 1) THEN ${raise('Invalid return_position_after_match.', 'BIGINT')} ELSE n END`,
  'bq_regexp_place(s, r, skipping, p, n, after) AS CASE WHEN s IS NULL OR p IS NULL OR n IS NULL OR after IS NULL THEN NULL WHEN bq_occurrence(n) > len(regexp_extract_all(bq_substring(s, bq_position(p), 9223372036854775807), bq_never_empty(r))) THEN 0 ELSE bq_place_within(bq_substring(s, p, 9223372036854775807), skipping, p, bq_after(after)) END',
  'bq_place_within(rest, skipping, p, after) AS p + length(regexp_extract(rest, skipping, 1)) + after * length(regexp_extract(rest, skipping, 2))',
];
