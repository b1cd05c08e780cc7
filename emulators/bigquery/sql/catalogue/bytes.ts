import type { Entry } from './entry.ts';
import { catalogue } from './notation.ts';

/**
 * Functions of BYTES that DuckDB has of texts only: each byte as the character of that number, and back. What they
 * do to a character they do to a byte.
 */
const more: readonly Entry[] = catalogue(String.raw`
STARTS_WITH(BYTES, BYTES) BOOL = starts_with(bq_latin($1), bq_latin($2))
  STARTS_WITH(b'abc', b'ab') => true
ENDS_WITH(BYTES, BYTES) BOOL = suffix(bq_latin($1), bq_latin($2))
  ENDS_WITH(b'abc', b'bc') => true
STRPOS(BYTES, BYTES) INT64 = CAST(strpos(bq_latin($1), bq_latin($2)) AS BIGINT)
  STRPOS(b'\xffabc', b'a') => 2
INSTR(BYTES, BYTES) INT64 = bq_instr(bq_latin($1), bq_latin($2), 1, 1)
INSTR(BYTES, BYTES, INT64) INT64 = bq_instr(bq_latin($1), bq_latin($2), $3, 1)
INSTR(BYTES, BYTES, INT64, INT64) INT64 = bq_instr(bq_latin($1), bq_latin($2), $3, $4)
  INSTR(b'abcb', b'b', 1, 2) => 4
REPLACE(BYTES, BYTES, BYTES) BYTES = CASE WHEN bq_latin($2) = '' AND $3 IS NOT NULL THEN $1 ELSE bq_of_latin(replace(bq_latin($1), bq_latin($2), bq_latin($3))) END
  TO_HEX(REPLACE(b'abc', b'b', b'')) => "6163"
REPEAT(BYTES, INT64) BYTES = bq_of_latin(bq_repeat(bq_latin($1), $2))
  TO_HEX(REPEAT(b'a', 2)) => "6161"
LEFT(BYTES, INT64) BYTES = bq_substr_bytes($1, 1, $2)
  TO_HEX(LEFT(b'abc', 1)) => "61"
RIGHT(BYTES, INT64) BYTES = bq_of_latin(CASE WHEN $2 = 0 THEN left(bq_latin($1), 0) ELSE bq_substring(bq_latin($1), -$2, $2) END)
  TO_HEX(RIGHT(b'abc', 1)) => "63"
LPAD(BYTES, INT64) BYTES = bq_of_latin(bq_lpad(bq_latin($1), $2, ' '))
LPAD(BYTES, INT64, BYTES) BYTES = bq_of_latin(bq_lpad(bq_latin($1), $2, bq_latin($3)))
  TO_HEX(LPAD(b'a', 2)) => "2061"
RPAD(BYTES, INT64) BYTES = bq_of_latin(bq_rpad(bq_latin($1), $2, ' '))
RPAD(BYTES, INT64, BYTES) BYTES = bq_of_latin(bq_rpad(bq_latin($1), $2, bq_latin($3)))
  TO_HEX(RPAD(b'a', 2, b'b')) => "6162"
TRIM(BYTES, BYTES) BYTES = bq_of_latin(trim(bq_latin($1), bq_latin($2)))
  TO_HEX(TRIM(b'xax', b'x')) => "61"
LTRIM(BYTES, BYTES) BYTES = bq_of_latin(ltrim(bq_latin($1), bq_latin($2)))
RTRIM(BYTES, BYTES) BYTES = bq_of_latin(rtrim(bq_latin($1), bq_latin($2)))
SPLIT(BYTES, BYTES) ARRAY<BYTES> = CASE WHEN $2 IS NOT NULL THEN list_transform(string_split(bq_latin($1), bq_latin($2)), lambda bq_x: bq_of_latin(bq_x)) END
  ARRAY_LENGTH(SPLIT(b'a,b', b',')) => 2
SUBSTRING(BYTES, INT64) BYTES = bq_substr_bytes($1, $2, 9223372036854775807)
SUBSTRING(BYTES, INT64, INT64) BYTES = bq_substr_bytes($1, $2, $3)
  TO_HEX(SUBSTRING(b'abc', 2, 1)) => "62"
TO_CODE_POINTS(BYTES) ARRAY<INT64> = list_transform(regexp_extract_all(bq_latin($1), '(?s).'), lambda bq_c: CAST(unicode(bq_c) AS BIGINT))
  TO_CODE_POINTS(b'\x00\xff') => [0, 255]
BIT_COUNT(BYTES) INT64 = length(replace(bq_bytes_to_text('BASE2', $1), '0', ''))
  BIT_COUNT(b'\xff\x01') => 9
REGEXP_CONTAINS(BYTES, BYTES) BOOL = regexp_matches(bq_latin($1), bq_latin($2))
  REGEXP_CONTAINS(b'abc', b'b.') => true
$like(BYTES, BYTES) BOOL = (bq_latin($1) LIKE bq_latin($2) ESCAPE '\')
  b'abc' LIKE b'a%' => true
`);
const byName = new Map(more.map((entry) => [entry.name, entry]));

export function withBytes(entry: Entry): Entry {
  const found = byName.get(entry.name);
  if (!found) return entry;
  return {
    ...entry,
    signatures: [...entry.signatures, ...found.signatures],
    examples: [...entry.examples, ...found.examples],
  };
}
