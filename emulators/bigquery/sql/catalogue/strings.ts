import { joinedAsTexts } from './conversions.ts';
import { type Entry, type Example, fn, raise, raiseWith, special } from './entry.ts';

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
  special(
    'CONCAT',
    [
      ['STRING, STRING*', 'STRING', (all) => `(${all.join(' || ')})`],
      ['BYTES, BYTES*', 'BYTES', (all) => `(${all.join(' || ')})`],
      ['ANY, ANY*', 'STRING', (_, bound) => joinedAsTexts('function CONCAT', bound)],
    ],
    [
      ["CONCAT('Summer', ' ', 1923)", 'Summer 1923'],
      ["CONCAT(DATE '2026-01-02', 'T', 1.5, TRUE)", '2026-01-02T1.5true'],
      ["CONCAT('a', [1])", 'error'],
      ["CONCAT('a', NULL, 'b')", null],
      ["CONCAT('a', 'b', 'c')", 'abc'],
    ],
  ),
  fn(
    'SUBSTR',
    [
      ['STRING, INT64', 'STRING', (s, p) => `bq_substring(${s}, ${p}, 9223372036854775807)`],
      ['STRING, INT64, INT64', 'STRING', (s, p, n) => `bq_substring(${s}, ${p}, ${n})`],
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
    [['STRING, INT64', 'STRING', (s, n) => `left(${s}, bq_size(${s}, ${n}, 'LEFT'))`]],
    [["LEFT('abc', 2)", 'ab']],
  ),
  fn(
    'RIGHT',
    [['STRING, INT64', 'STRING', (s, n) => `right(${s}, bq_size(${s}, ${n}, 'RIGHT'))`]],
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
  `bq_repeat(s, n) AS CASE WHEN n < 0 AND s IS NOT NULL THEN ${raise('Second argument (repeat count) for REPEAT cannot be negative', 'VARCHAR')} ELSE repeat(s, n) END`,
  "bq_from_base64(s) AS from_base64(s || CASE length(s) % 4 WHEN 2 THEN '==' WHEN 3 THEN '=' ELSE '' END)",
  `bq_ascii(s) AS CASE WHEN s = '' THEN 0 WHEN ascii(s) > 127 THEN ${raise('A first character beyond ASCII, passed to ASCII', 'BIGINT')} ELSE CAST(ascii(s) AS BIGINT) END`,
  // Beyond ASCII one letter may become two.
  'bq_folded_upper(s) AS CASE WHEN strlen(s) = length(s) THEN upper(s) ELSE bq_upper(s) END',
  'bq_folded_lower(s) AS CASE WHEN strlen(s) = length(s) THEN lower(s) ELSE bq_lower(s) END',
  `bq_substring(s, p, n) AS CASE WHEN s IS NULL OR p IS NULL OR n IS NULL THEN NULL WHEN n < 0 THEN ${raise('Third argument in SUBSTR() cannot be negative', 'VARCHAR')} WHEN p > 0 THEN substring(s, least(p, 4294967295), least(n, 4294967295)) WHEN p = 0 OR p <= -length(s) THEN substring(s, 1, least(n, 4294967295)) ELSE substring(s, length(s) + p + 1, least(n, 4294967295)) END`,
  `bq_size(s, n, f) AS CASE WHEN n < 0 AND s IS NOT NULL THEN ${raiseWith("'Second argument in ' || f || '() cannot be negative'", 'BIGINT')} WHEN n > 4294967295 THEN 4294967295 ELSE n END`,
  ...['lpad', 'rpad'].map(
    (f) =>
      `bq_${f}(s, n, p) AS CASE WHEN s IS NULL OR n IS NULL OR p IS NULL THEN NULL WHEN n < 0 THEN ${raise('Second argument (output size) for LPAD/RPAD cannot be negative', 'VARCHAR')} WHEN p = '' THEN ${raise('Third argument (pad pattern) for LPAD/RPAD cannot be empty', 'VARCHAR')} ELSE ${f}(s, CAST(n AS INTEGER), p) END`,
  ),
];
