import { capturingGroups } from '../native/regexp-groups.ts';
import { notServed, SqlError } from '../sql-error.ts';
import { type Bound, type Entry, type Example, fn, literalText, raise, special } from './entry.ts';

/** All that Unicode calls white space. */
const blanks = `'\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'`;
const trimExamples: Readonly<Record<string, readonly Example[]>> = {
  TRIM: [
    ["TRIM('  x\\n')", 'x'],
    ["TRIM('\\u00a0x\\u3000')", 'x'],
    ["TRIM('**x*', '*')", 'x'],
  ],
  LTRIM: [["LTRIM('  x ')", 'x ']],
  RTRIM: [["RTRIM('xy', 'y')", 'x']],
};
const trim = (name: string, to: string): Entry =>
  fn(
    name,
    [
      ['STRING', 'STRING', (s) => `${to}(${s}, ${blanks})`],
      ['STRING, STRING', 'STRING', (s, chars) => `${to}(${s}, ${chars})`],
    ],
    trimExamples[name] ?? [],
  );

function groupOf(bound: Bound): number {
  try {
    return capturingGroups(literalText(bound, 1));
  } catch (error) {
    throw new SqlError(error instanceof Error ? error.message : String(error), bound.at);
  }
}

const pad = (name: string, to: string): Entry =>
  fn(
    name,
    [
      ['STRING, INT64', 'STRING', (s, n) => `bq_${to}(${s}, ${n}, ' ')`],
      ['STRING, INT64, STRING', 'STRING', (s, n, p) => `bq_${to}(${s}, ${n}, ${p})`],
    ],
    name === 'LPAD'
      ? [
          ["LPAD('7', 3, '0')", '007'],
          ["LPAD('abc', 2)", 'ab'],
        ]
      : [["RPAD('7', 3, '0')", '700']],
  );

/** From a position on, the n-th match; `^` would mean another place there, so that is refused. */
function extraction(name: string, examples: readonly Example[]): Entry {
  const all = ([s = '', r = '', p = '1', n = '1']: string[], b: Bound): string => {
    if (/\^|\\[bBA]/.test(literalText(b, 1)) && p !== '1')
      throw notServed(`${name} with a position and an anchor`, b.at);
    const rest = p === '1' ? s : `bq_substring(${s}, ${p}, 9223372036854775807)`;
    return `bq_nth_match(regexp_extract_all(${rest}, ${r}, ${groupOf(b)}), ${n})`;
  };
  return special(
    name,
    [
      [
        'STRING, LITERAL',
        'STRING',
        ([s, r], b) =>
          `CASE WHEN regexp_matches(${s}, ${r}) THEN regexp_extract(${s}, ${r}, ${groupOf(b)}) END`,
      ],
      [
        'STRING, STRING',
        'STRING',
        ([s, r]) => `CASE WHEN regexp_matches(${s}, ${r}) THEN bq_extract(${s}, ${r}) END`,
      ],
      ['STRING, LITERAL, INT64', 'STRING', all],
      ['STRING, LITERAL, INT64, INT64', 'STRING', all],
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
  const groups =
    pattern
      ?.replace(/\\./gs, '')
      .replace(/\[[^\]]*\]/g, '')
      .match(/\((?!\?)|\(\?P?<[A-Za-z]/g)?.length ?? 0;
  if (pattern !== undefined && wanted > groups)
    throw new SqlError(
      `Invalid REGEXP_REPLACE pattern: Rewrite schema requests ${wanted} matches, but the regexp only has ${groups} parenthesized subexpressions.`,
      bound.at,
    );
  return `regexp_replace(${s}, ${r}, ${to}, 'g')`;
}

export const strings: readonly Entry[] = [
  fn('LOWER', [['STRING', 'STRING', (s) => `bq_folded_lower(${s})`]], [["LOWER('ÇÃO')", 'ção']]),
  fn(
    'UPPER',
    [['STRING', 'STRING', (s) => `bq_folded_upper(${s})`]],
    [
      ["UPPER('straße')", 'STRASSE'],
      ["UPPER('ção')", 'ÇÃO'],
    ],
  ),
  fn(
    'LENGTH',
    [
      ['STRING', 'INT64', (s) => `length(${s})`],
      ['BYTES', 'INT64', (b) => `octet_length(${b})`],
    ],
    [["LENGTH('ção')", 3]],
  ),
  fn('CHAR_LENGTH', [['STRING', 'INT64', (s) => `length(${s})`]], [["CHAR_LENGTH('ção')", 3]]),
  fn(
    'BYTE_LENGTH',
    [
      ['STRING', 'INT64', (s) => `strlen(${s})`],
      ['BYTES', 'INT64', (b) => `octet_length(${b})`],
    ],
    [["BYTE_LENGTH('ção')", 5]],
  ),
  trim('TRIM', 'trim'),
  trim('LTRIM', 'ltrim'),
  trim('RTRIM', 'rtrim'),
  fn(
    'CONCAT',
    [
      ['STRING, STRING*', 'STRING', (...all) => `(${all.join(' || ')})`],
      ['BYTES, BYTES*', 'BYTES', (...all) => `(${all.join(' || ')})`],
    ],
    [
      ["CONCAT('a', NULL, 'b')", null],
      ["CONCAT('a', 'b', 'c')", 'abc'],
    ],
  ),
  fn(
    'SUBSTR',
    [
      ['STRING, INT64', 'STRING', (s, p) => `bq_substring(${s}, ${p}, 9223372036854775807)`],
      ['STRING, INT64, INT64', 'STRING', (s, p, n) => `bq_substring(${s}, ${p}, ${n})`],
      ['BYTES, INT64', 'BYTES', (s, p) => `bq_substr_bytes(${s}, ${p}, 9223372036854775807)`],
      ['BYTES, INT64, INT64', 'BYTES', (s, p, n) => `bq_substr_bytes(${s}, ${p}, ${n})`],
    ],
    [
      ["TO_HEX(SUBSTR(b'abc', 2))", '6263'],
      ["SUBSTR('abcdef', -2)", 'ef'],
      ["SUBSTR('abc', 0, 2)", 'ab'],
      ["SUBSTR('abc', -9, 2)", 'ab'],
      ["SUBSTR('abc', 2, 1)", 'b'],
      ["SUBSTR('abc', 9)", ''],
      ["SUBSTR('abc', 1, CAST(NULL AS INT64))", null],
    ],
  ),
  fn(
    'SUBSTRING',
    [
      ['STRING, INT64', 'STRING', (s, p) => `bq_substring(${s}, ${p}, 9223372036854775807)`],
      ['STRING, INT64, INT64', 'STRING', (s, p, n) => `bq_substring(${s}, ${p}, ${n})`],
    ],
    [["SUBSTRING('abc', 2)", 'bc']],
  ),
  fn(
    'LEFT',
    [['STRING, INT64', 'STRING', (s, n) => `bq_substring(${s}, 1, ${n})`]],
    [["LEFT('abc', 2)", 'ab']],
  ),
  fn(
    'RIGHT',
    [
      [
        'STRING, INT64',
        'STRING',
        (s, n) => `CASE WHEN ${n} = 0 THEN left(${s}, 0) ELSE bq_substring(${s}, -${n}, ${n}) END`,
      ],
    ],
    [
      ["RIGHT('abc', 2)", 'bc'],
      ["RIGHT('abc', 9)", 'abc'],
    ],
  ),
  fn(
    'REPLACE',
    [
      [
        'STRING, STRING, STRING',
        'STRING',
        (s, a, b) => `CASE WHEN ${a} = '' AND ${b} IS NOT NULL THEN ${s} ELSE replace(${s}, ${a}, ${b}) END`,
      ],
    ],
    [
      ["REPLACE('aXa', 'X', '-')", 'a-a'],
      ["REPLACE('abc', '', '-')", 'abc'],
    ],
  ),
  fn(
    'REVERSE',
    [
      ['STRING', 'STRING', (s) => `array_to_string(list_reverse(regexp_extract_all(${s}, '(?s).')), '')`],
      [
        'BYTES',
        'BYTES',
        (b) => `unhex(array_to_string(list_reverse(regexp_extract_all(hex(${b}), '..')), ''))`,
      ],
    ],
    [
      ["REVERSE('abc')", 'cba'],
      ["TO_HEX(REVERSE(b'\\x01\\xff'))", 'ff01'],
    ],
  ),
  fn(
    'REPEAT',
    [['STRING, INT64', 'STRING', (s, n) => `bq_repeat(${s}, ${n})`]],
    [
      ["REPEAT('ab', 2)", 'abab'],
      ["REPEAT('ab', -1)", 'error'],
    ],
  ),
  fn(
    'STARTS_WITH',
    [['STRING, STRING', 'BOOL', (s, p) => `starts_with(${s}, ${p})`]],
    [["STARTS_WITH('abc', 'ab')", true]],
  ),
  fn(
    'ENDS_WITH',
    [['STRING, STRING', 'BOOL', (s, p) => `suffix(${s}, ${p})`]],
    [["ENDS_WITH('abc', 'bc')", true]],
  ),
  fn(
    'STRPOS',
    [['STRING, STRING', 'INT64', (s, p) => `CAST(strpos(${s}, ${p}) AS BIGINT)`]],
    [
      ["STRPOS('hello', 'l')", 3],
      ["STRPOS('a', 'z')", 0],
    ],
  ),
  fn(
    'CONTAINS_SUBSTR',
    [['STRING, STRING', 'BOOL', (s, p) => `contains(bq_fold_case(${s}), bq_fold_case(${p}))`]],
    [["CONTAINS_SUBSTR('Foo', 'fo')", true]],
  ),
  pad('LPAD', 'lpad'),
  pad('RPAD', 'rpad'),
  fn(
    'SPLIT',
    [
      ['STRING', 'ARRAY<STRING>', (s) => `string_split(${s}, ',')`],
      [
        'STRING, STRING',
        'ARRAY<STRING>',
        (s, d) => `CASE WHEN ${d} IS NOT NULL THEN string_split(${s}, ${d}) END`,
      ],
    ],
    [
      ["SPLIT('a,b', ',')", ['a', 'b']],
      ["SPLIT('', ',')", ['']],
    ],
  ),
  fn(
    'ASCII',
    [['STRING', 'INT64', (s) => `bq_ascii(${s})`]],
    [
      ["ASCII('a')", 97],
      ["ASCII('ä')", 'error'],
    ],
  ),
  fn('CHR', [['INT64', 'STRING', (n) => `chr(CAST(${n} AS INTEGER))`]], [['CHR(97)', 'a']]),
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
    ["REGEXP_EXTRACT('ab', 'a(x)?b')", 'error'],
    ["REGEXP_EXTRACT('a12', r'\\d+')", '12'],
    ["REGEXP_EXTRACT('Hello Helloo and Hellooo', 'H?ello+', 1, 3)", 'Hellooo'],
    ["REGEXP_EXTRACT('Hello Helloo and Hellooo', 'H?ello+', 3)", 'Helloo'],
    ["REGEXP_EXTRACT('Hello', 'H?ello+', 1, 2)", null],
  ]),
  extraction('REGEXP_SUBSTR', [["REGEXP_SUBSTR('Hello World Helloo', 'H?ello+', 1, 1)", 'Hello']]),
  special(
    'REGEXP_INSTR',
    [
      [
        'STRING, LITERAL',
        'INT64',
        ([s, r], b) => {
          if (groupOf(b) > 0) throw notServed('REGEXP_INSTR with a capturing group', b.at);
          return `CASE WHEN regexp_matches(${s}, ${r}) THEN length(regexp_extract(${s}, '\\A((?s:.*?))(?:' || ${r} || ')', 1)) + 1 WHEN ${s} IS NOT NULL THEN 0 END`;
        },
      ],
    ],
    [
      ["REGEXP_INSTR('ab@cd-ef', '@[^-]*')", 3],
      ["REGEXP_INSTR('ab', 'x')", 0],
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
  fn(
    'MD5',
    [
      ['STRING', 'BYTES', (s) => `unhex(md5(${s}))`],
      ['BYTES', 'BYTES', (s) => `unhex(md5(${s}))`],
    ],
    [["TO_HEX(MD5('a'))", '0cc175b9c0f1b6a831c399e269772661']],
  ),
  fn(
    'SHA256',
    [
      ['STRING', 'BYTES', (s) => `unhex(sha256(${s}))`],
      ['BYTES', 'BYTES', (s) => `unhex(sha256(${s}))`],
    ],
    [["TO_HEX(SHA256('a'))", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb']],
  ),
  fn(
    'SHA1',
    [
      ['STRING', 'BYTES', (s) => `unhex(sha1(${s}))`],
      ['BYTES', 'BYTES', (s) => `unhex(sha1(${s}))`],
    ],
    [["TO_HEX(SHA1('a'))", '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8']],
  ),
  fn('TO_HEX', [['BYTES', 'STRING', (b) => `lower(hex(${b}))`]], [["TO_HEX(b'\\xff')", 'ff']]),
  fn('FROM_HEX', [['STRING', 'BYTES', (s) => `unhex(${s})`]], [["TO_HEX(FROM_HEX('0aFF'))", '0aff']]),
  fn('TO_BASE64', [['BYTES', 'STRING', (b) => `base64(${b})`]], [["TO_BASE64(b'abc')", 'YWJj']]),
  fn(
    'FROM_BASE64',
    [['STRING', 'BYTES', (s) => `bq_from_base64(regexp_replace(${s}, '\\s', '', 'g'))`]],
    [
      ["TO_BASE64(FROM_BASE64('YWJj'))", 'YWJj'],
      ["TO_BASE64(FROM_BASE64('YW I'))", 'YWI='],
    ],
  ),
  fn('GENERATE_UUID', [['', 'STRING', () => 'CAST(uuid() AS VARCHAR)']], [['LENGTH(GENERATE_UUID())', 36]]),
];

export const stringMacros: readonly string[] = [
  'bq_extract(s, r) AS CASE WHEN bq_regexp_groups(r) = 1 THEN regexp_extract(s, r, 1) ELSE regexp_extract(s, r, 0) END',
  'bq_extract_all(s, r) AS CASE WHEN bq_regexp_groups(r) = 1 THEN regexp_extract_all(s, r, 1) ELSE regexp_extract_all(s, r, 0) END',
  `bq_repeat(s, n) AS CASE WHEN n < 0 THEN ${raise('Second argument (repeat count) for REPEAT cannot be negative', 'VARCHAR')} ELSE repeat(s, n) END`,
  `bq_never_empty(r) AS CASE WHEN regexp_full_match('', r) THEN ${raise('REGEXP_EXTRACT_ALL of an expression that matches nothing is not supported by the emulator', 'VARCHAR')} ELSE r END`,
  "bq_from_base64(s) AS from_base64(s || CASE length(s) % 4 WHEN 2 THEN '==' WHEN 3 THEN '=' ELSE '' END)",
  `bq_ascii(s) AS CASE WHEN s = '' THEN 0 WHEN ascii(s) > 127 THEN ${raise('A first character beyond ASCII, passed to ASCII', 'BIGINT')} ELSE CAST(ascii(s) AS BIGINT) END`,
  // Beyond ASCII one letter may become two.
  'bq_folded_upper(s) AS CASE WHEN strlen(s) = length(s) THEN upper(s) ELSE bq_upper(s) END',
  'bq_folded_lower(s) AS CASE WHEN strlen(s) = length(s) THEN lower(s) ELSE bq_lower(s) END',
  'bq_nth_match(found, n) AS CASE WHEN n >= 1 AND n <= len(found) THEN found[n] END',
  `bq_substring(s, p, n) AS CASE WHEN n IS NULL THEN NULL WHEN n < 0 THEN ${raise('Third argument in SUBSTR() cannot be negative', 'VARCHAR')} WHEN p > 0 THEN substring(s, least(p, 4294967295), least(n, 4294967295)) WHEN p = 0 OR p <= -length(s) THEN substring(s, 1, least(n, 4294967295)) ELSE substring(s, length(s) + p + 1, least(n, 4294967295)) END`,
  ...['lpad', 'rpad'].map(
    (f) =>
      `bq_${f}(s, n, p) AS CASE WHEN n < 0 OR p = '' THEN ${raise('The length of LPAD or RPAD cannot be negative and the pattern cannot be empty', 'VARCHAR')} ELSE ${f}(s, CAST(n AS INTEGER), p) END`,
  ),
];
