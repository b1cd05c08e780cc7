import { joinedAsTexts } from './conversions.ts';
import { type Entry, raise, raiseWith, special } from './entry.ts';
import { catalogue } from './notation.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const strings: readonly Entry[] = [
  ...catalogue(String.raw`
LOWER(STRING) STRING = bq_folded_lower($1)
  LOWER('ÇÃO') => "ção"
LOWER(BYTES) BYTES = bq_of_latin(translate(bq_latin($1), '${letters}', '${letters.toLowerCase()}'))
  TO_HEX(LOWER(b'A\xc4')) => "61c4"
UPPER(STRING) STRING = bq_folded_upper($1)
  UPPER('straße') => "STRASSE"
  UPPER('ção') => "ÇÃO"
UPPER(BYTES) BYTES = bq_of_latin(translate(bq_latin($1), '${letters.toLowerCase()}', '${letters}'))
  TO_HEX(UPPER(b'a\xe4')) => "41e4"
LENGTH(STRING) INT64 = length($1)
LENGTH(BYTES) INT64 = octet_length($1)
  LENGTH('ção') => 3
CHAR_LENGTH(STRING) INT64 = length($1)
  CHAR_LENGTH('ção') => 3
BYTE_LENGTH(STRING) INT64 = strlen($1)
BYTE_LENGTH(BYTES) INT64 = octet_length($1)
  BYTE_LENGTH('ção') => 5
TRIM(STRING) STRING = trim($1, bq_blanks())
TRIM(STRING, STRING) STRING = trim($1, $2)
  TRIM('  x\n') => "x"
  TRIM('\u00a0x\u3000') => "x"
  TRIM('**x*', '*') => "x"
LTRIM(STRING) STRING = ltrim($1, bq_blanks())
LTRIM(STRING, STRING) STRING = ltrim($1, $2)
  LTRIM('  x ') => "x "
RTRIM(STRING) STRING = rtrim($1, bq_blanks())
RTRIM(STRING, STRING) STRING = rtrim($1, $2)
  RTRIM('xy', 'y') => "x"
SUBSTR(STRING, INT64) STRING = bq_substring($1, $2, 9223372036854775807)
SUBSTR(STRING, INT64, INT64) STRING = bq_substring($1, $2, $3)
  TO_HEX(SUBSTR(b'abc', 2)) => "6263"
  SUBSTR('abcdef', -2) => "ef"
  SUBSTR('abc', 0, 2) => "ab"
  SUBSTR('abc', -9, 2) => "ab"
  SUBSTR('abc', 2, 1) => "b"
  SUBSTR('abc', 9) => ""
  SUBSTR('abc', 1, CAST(NULL AS INT64)) => null
alias SUBSTRING SUBSTR
  SUBSTRING('abc', 2) => "bc"
LEFT(STRING, INT64) STRING = left($1, bq_size($1, $2, 'LEFT'))
  LEFT('abc', 2) => "ab"
RIGHT(STRING, INT64) STRING = right($1, bq_size($1, $2, 'RIGHT'))
  RIGHT('abc', 2) => "bc"
  RIGHT('abc', 9) => "abc"
REPLACE(STRING, STRING, STRING) STRING = CASE WHEN $2 = '' AND $3 IS NOT NULL THEN $1 ELSE replace($1, $2, $3) END
  REPLACE('aXa', 'X', '-') => "a-a"
  REPLACE('abc', '', '-') => "abc"
REVERSE(STRING) STRING = array_to_string(list_reverse(regexp_extract_all($1, '(?s).')), '')
REVERSE(BYTES) BYTES = unhex(array_to_string(list_reverse(regexp_extract_all(hex($1), '..')), ''))
  REVERSE('abc') => "cba"
  TO_HEX(REVERSE(b'\x01\xff')) => "ff01"
REPEAT(STRING, INT64) STRING = bq_repeat($1, $2)
  REPEAT('ab', 2) => "abab"
  REPEAT('ab', -1) => error
  REPEAT('ab', 1000000000) => error
STARTS_WITH(STRING, STRING) BOOL = starts_with($1, $2)
  STARTS_WITH('abc', 'ab') => true
ENDS_WITH(STRING, STRING) BOOL = suffix($1, $2)
  ENDS_WITH('abc', 'bc') => true
STRPOS(STRING, STRING) INT64 = CAST(strpos($1, $2) AS BIGINT)
  STRPOS('hello', 'l') => 3
  STRPOS('a', 'z') => 0
LPAD(STRING, INT64) STRING = bq_lpad($1, $2, ' ')
LPAD(STRING, INT64, STRING) STRING = bq_lpad($1, $2, $3)
  LPAD('7', 3, '0') => "007"
  LPAD('abc', 2) => "ab"
  LPAD('abc', 1000000000) => error
RPAD(STRING, INT64) STRING = bq_rpad($1, $2, ' ')
RPAD(STRING, INT64, STRING) STRING = bq_rpad($1, $2, $3)
  RPAD('7', 3, '0') => "700"
SPLIT(STRING) ARRAY<STRING> = string_split($1, ',')
SPLIT(STRING, STRING) ARRAY<STRING> = CASE WHEN $2 IS NOT NULL THEN string_split($1, $2) END
  SPLIT('a,b', ',') => ["a","b"]
  SPLIT('', ',') => [""]
ASCII(STRING) INT64 = bq_ascii($1)
  ASCII('a') => 97
  ASCII('ä') => error
CHR(INT64) STRING = chr(CAST($1 AS INTEGER))
  CHR(97) => "a"
MD5(STRING) BYTES = unhex(md5($1))
MD5(BYTES) BYTES = unhex(md5($1))
  TO_HEX(MD5('a')) => "0cc175b9c0f1b6a831c399e269772661"
SHA256(STRING) BYTES = unhex(sha256($1))
SHA256(BYTES) BYTES = unhex(sha256($1))
  TO_HEX(SHA256('a')) => "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
SHA1(STRING) BYTES = unhex(sha1($1))
SHA1(BYTES) BYTES = unhex(sha1($1))
  TO_HEX(SHA1('a')) => "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"
TO_HEX(BYTES) STRING = lower(hex($1))
  TO_HEX(b'\xff') => "ff"
FROM_HEX(STRING) BYTES = unhex($1)
  TO_HEX(FROM_HEX('0aFF')) => "0aff"
TO_BASE64(BYTES) STRING = base64($1)
  TO_BASE64(b'abc') => "YWJj"
FROM_BASE64(STRING) BYTES = bq_from_base64(regexp_replace($1, '\s', '', 'g'))
  TO_BASE64(FROM_BASE64('YWJj')) => "YWJj"
  TO_BASE64(FROM_BASE64('YW I')) => "YWI="
`),
  // Beside another call each is computed for itself, as with RAND.
  special(
    'GENERATE_UUID',
    [['', 'STRING', (_, { at }) => `left(CAST(uuid() AS VARCHAR), ${36 + at})`]],
    [['LENGTH(GENERATE_UUID())', 36]],
  ),
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
];

export const stringMacros: readonly string[] = [
  // All that Unicode calls white space.
  `bq_blanks() AS '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'`,
  `bq_repeat(s, n) AS CASE WHEN n < 0 AND s IS NOT NULL THEN ${raise('Second argument (repeat count) for REPEAT cannot be negative', 'VARCHAR')} WHEN strlen(s)::HUGEINT * n > 1048576 THEN ${raise('Output of REPEAT exceeds max allowed output size of 1MB', 'VARCHAR')} ELSE repeat(s, n) END`,
  "bq_from_base64(s) AS from_base64(s || CASE length(s) % 4 WHEN 2 THEN '==' WHEN 3 THEN '=' ELSE '' END)",
  `bq_ascii(s) AS CASE WHEN s = '' THEN 0 WHEN ascii(s) > 127 THEN ${raise('A first character beyond ASCII, passed to ASCII', 'BIGINT')} ELSE CAST(ascii(s) AS BIGINT) END`,
  // Beyond ASCII one letter may become two.
  'bq_folded_upper(s) AS CASE WHEN strlen(s) = length(s) THEN upper(s) ELSE bq_upper(s) END',
  'bq_folded_lower(s) AS CASE WHEN strlen(s) = length(s) THEN lower(s) ELSE bq_lower(s) END',
  `bq_substring(s, p, n) AS CASE WHEN s IS NULL OR p IS NULL OR n IS NULL THEN NULL WHEN n < 0 THEN ${raise('Third argument in SUBSTR() cannot be negative', 'VARCHAR')} WHEN p > 0 THEN substring(s, least(p, 4294967295), least(n, 4294967295)) WHEN p = 0 OR p <= -length(s) THEN substring(s, 1, least(n, 4294967295)) ELSE substring(s, length(s) + p + 1, least(n, 4294967295)) END`,
  `bq_size(s, n, f) AS CASE WHEN n < 0 AND s IS NOT NULL THEN ${raiseWith("'Second argument in ' || f || '() cannot be negative'", 'BIGINT')} WHEN n > 4294967295 THEN 4294967295 ELSE n END`,
  ...['lpad', 'rpad'].map(
    (f) =>
      `bq_${f}(s, n, p) AS CASE WHEN s IS NULL OR n IS NULL OR p IS NULL THEN NULL WHEN n < 0 THEN ${raise('Second argument (output size) for LPAD/RPAD cannot be negative', 'VARCHAR')} WHEN n > 1048576 THEN ${raise('Output of LPAD/RPAD exceeds max allowed output size of 1MB', 'VARCHAR')} WHEN p = '' THEN ${raise('Third argument (pad pattern) for LPAD/RPAD cannot be empty', 'VARCHAR')} ELSE ${f}(s, CAST(n AS INTEGER), p) END`,
  ),
];
