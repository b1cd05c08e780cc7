import { SqlError } from '../sql-error.ts';
import { typeName } from '../types.ts';
import { textOf } from './conversions.ts';
import { type Bound, type Entry, literalText, raise, special } from './entry.ts';
import { catalogue } from './notation.ts';

const table = catalogue(String.raw`
CHARACTER_LENGTH(STRING) INT64 = length($1)
  CHARACTER_LENGTH('ção') => 3
OCTET_LENGTH(STRING) INT64 = strlen($1)
OCTET_LENGTH(BYTES) INT64 = octet_length($1)
  OCTET_LENGTH('ção') => 5
UNICODE(STRING) INT64 = CASE WHEN $1 = '' THEN 0 ELSE CAST(unicode($1) AS BIGINT) END
  UNICODE('âbcd') => 226
  UNICODE('') => 0
INITCAP(STRING) STRING = bq_initcap($1)
INITCAP(STRING, STRING) STRING = bq_initcap_with($1, $2)
  INITCAP('hello wORLD-everyone') => "Hello World-Everyone"
  INITCAP('a1a b_c', '1') => "A1A b_c"
INSTR(STRING, STRING) INT64 = bq_instr($1, $2, 1, 1)
INSTR(STRING, STRING, INT64) INT64 = bq_instr($1, $2, $3, 1)
INSTR(STRING, STRING, INT64, INT64) INT64 = bq_instr($1, $2, $3, $4)
  INSTR('banana', 'an') => 2
  INSTR('banana', 'an', 3) => 4
  INSTR('banana', 'an', 1, 2) => 4
  INSTR('banana', 'an', -1, 1) => 4
  INSTR('banana', 'an', -3, 1) => 4
  INSTR('banana', 'ann') => 0
  INSTR('helloooo', 'oo', 1, 2) => 6
TRANSLATE(STRING, STRING, STRING) STRING = bq_translate($1, $2, $3)
  TRANSLATE('This is a cookie', 'sco', 'zku') => "Thiz iz a kuukie"
  TRANSLATE('abc', 'ab', 'x') => "xc"
  TRANSLATE('abc', 'aa', 'xy') => error
SOUNDEX(STRING) STRING = bq_soundex($1)
  SOUNDEX('Ashcraft') => "A261"
  SOUNDEX('Tymczak') => "T520"
  SOUNDEX('Robert') => "R163"
EDIT_DISTANCE(STRING, STRING) INT64 = bq_edit_distance($1, $2)
EDIT_DISTANCE(STRING, STRING, INT64) INT64 = CASE WHEN $3 < 0 THEN ${raise('Max distance must be non-negative', 'BIGINT')} WHEN $3 IS NOT NULL THEN least(bq_edit_distance($1, $2), $3) END
EDIT_DISTANCE(BYTES, BYTES) INT64 = bq_edit_distance(bq_latin($1), bq_latin($2))
  EDIT_DISTANCE('kitten', 'sitting', max_distance => 2) => 2
  EDIT_DISTANCE('a', 'b', max_distance => -1) => error
  EDIT_DISTANCE('a', 'b') => 1
  EDIT_DISTANCE('aa', 'b') => 2
  EDIT_DISTANCE('abc', '') => 3
TO_CODE_POINTS(STRING) ARRAY<INT64> = list_transform(regexp_extract_all($1, '(?s).'), lambda bq_c: CAST(unicode(bq_c) AS BIGINT))
  TO_CODE_POINTS('foo') => [102, 111, 111]
  TO_CODE_POINTS('Ā') => [256]
CODE_POINTS_TO_STRING(ARRAY<INT64>) STRING = CASE WHEN list_contains(list_transform($1, lambda bq_c: bq_c IS NULL), true) THEN NULL ELSE array_to_string(list_transform($1, lambda bq_c: chr(CAST(bq_c AS INTEGER))), '') END
  CODE_POINTS_TO_STRING([65, 255, 513]) => "Aÿȁ"
  CODE_POINTS_TO_STRING([65, NULL]) => null
CODE_POINTS_TO_BYTES(ARRAY<INT64>) BYTES = CASE WHEN list_count($1) < len($1) THEN NULL ELSE unhex(array_to_string(list_transform($1, lambda bq_c: CASE WHEN bq_c BETWEEN 0 AND 255 THEN printf('%02x', bq_c) ELSE ${raise('Invalid extended ASCII code point', 'VARCHAR')} END), '')) END
  CODE_POINTS_TO_BYTES([65, NULL]) => null
  TO_HEX(CODE_POINTS_TO_BYTES([65, 98, 67, 100])) => "41624364"
TO_BASE32(BYTES) STRING = bq_to_base32($1)
  TO_BASE32(b'abcde\xFF') => "MFRGGZDF74======"
FROM_BASE32(STRING) BYTES = bq_from_base32($1)
  TO_HEX(FROM_BASE32('MFRGGZDF74======')) => "6162636465ff"
SAFE_CONVERT_BYTES_TO_STRING(BYTES) STRING = bq_text_of_bytes($1)
  SAFE_CONVERT_BYTES_TO_STRING(b'\xc2') => "�"
  SAFE_CONVERT_BYTES_TO_STRING(b'abc') => "abc"
FARM_FINGERPRINT(STRING) INT64 = bq_farm_fingerprint(encode($1))
FARM_FINGERPRINT(BYTES) INT64 = bq_farm_fingerprint($1)
  CAST(FARM_FINGERPRINT('1footrue') AS STRING) => "-1541654101129638711"
  CAST(FARM_FINGERPRINT('2applefalse') AS STRING) => "2794438866806483259"
  CAST(FARM_FINGERPRINT(b'3true') AS STRING) => "-4880158226897771312"
SHA512(STRING) BYTES = bq_sha512(encode($1))
SHA512(BYTES) BYTES = bq_sha512($1)
  SUBSTR(TO_HEX(SHA512('a')), 1, 16) => "1f40fc92da241694"
NET.HOST(STRING) STRING = bq_host($1)
  NET.HOST('http://user@www.Example.co.uk:8080/a?b') => "www.Example.co.uk"
  NET.HOST('//a.b/c') => "a.b"
  NET.HOST('mailto:x@y.com') => "y.com"
NET.IP_FROM_STRING(STRING) BYTES = bq_ip($1)
  TO_HEX(NET.IP_FROM_STRING('48.49.50.51')) => "30313233"
  TO_HEX(NET.IP_FROM_STRING('::1')) => "00000000000000000000000000000001"
  NET.IP_FROM_STRING('1.2.3.4/5') => error
NET.SAFE_IP_FROM_STRING(STRING) BYTES = bq_safe_ip($1)
  NET.SAFE_IP_FROM_STRING('x') => null
  NET.SAFE_IP_FROM_STRING('10.0.7') => null
  TO_HEX(NET.SAFE_IP_FROM_STRING('::10.0.7.1')) => "0000000000000000000000000a000701"
NET.IP_TO_STRING(BYTES) STRING = bq_ip_text($1)
  NET.IP_TO_STRING(b'0123') => "48.49.50.51"
  NET.IP_TO_STRING(NET.IP_FROM_STRING('2001:db8:0:0:1:0:0:1')) => "2001:db8::1:0:0:1"
NET.IP_NET_MASK(INT64, INT64) BYTES = bq_ip_mask($1, $2)
  TO_HEX(NET.IP_NET_MASK(4, 20)) => "fffff000"
NET.IP_TRUNC(BYTES, INT64) BYTES = bq_ip_truncate($1, $2)
  TO_HEX(NET.IP_TRUNC(b'\xAA\xBB\xCC\xDD', 11)) => "aaa00000"
NET.IPV4_TO_INT64(BYTES) INT64 = bq_ip_whole($1)
  NET.IPV4_TO_INT64(b'\x00\x00\x00\x01') => 1
NET.IPV4_FROM_INT64(INT64) BYTES = bq_ip_of_whole($1)
  TO_HEX(NET.IPV4_FROM_INT64(-1)) => "ffffffff"
SESSION_USER() STRING = 'emulator@localhost'
  SESSION_USER() LIKE '%@%' => true
`);

/** The last argument names a normal form. */
const normal = (
  name: string,
  lower: (s: string, mode: string) => string,
  examples: Entry['examples'],
): Entry =>
  special(
    name,
    [
      ['STRING', 'STRING', ([s = '']) => lower(s, 'NFC')],
      [
        'STRING, PART',
        'STRING',
        ([s = '', mode = ''], { at }) => {
          if (!/^NFK?[CD]$/.test(mode)) throw new SqlError(`Invalid normalization mode: ${mode}`, at);
          return lower(s, mode);
        },
      ],
    ],
    examples,
  );

const bad = (at: number): never => {
  throw new SqlError('TYPEOF takes one argument', at);
};

/** What a conversion takes, in the words of the service. */
const wanted: readonly (readonly [letters: RegExp, kinds: readonly string[], words: string])[] = [
  [/[dixXo]/, ['INT64'], 'integer'],
  [/[fFeEgG]/, ['FLOAT64', 'NUMERIC', 'BIGNUMERIC'], 'FLOAT64|NUMERIC|BIGNUMERIC'],
  [/s/, ['STRING'], 'STRING'],
  [/[tT]/, [], 'any'],
  [/[pP]/, ['JSON'], 'JSON'],
];

/** The conversion as text, with the width and the precision that arguments give in place of its stars. */
function measured(spec: string, measures: readonly string[]): string {
  const [first = '', ...rest] = spec.split('*').map((part) => `'${part.replaceAll("'", "''")}'`);
  return [first, ...rest.map((part, i) => `CAST(${measures[i]} AS VARCHAR) || ${part}`)].join(' || ');
}

function format(args: string[], bound: Bound): string {
  let next = 1;
  const pieces: string[] = [];
  for (const [piece] of literalText(bound, 0).matchAll(
    /%[-+ #0']*(?:\d+|\*)?(?:\.(?:\d*|\*))?[a-zA-Z]|%%|[^%]+|%/g,
  )) {
    if (!piece.startsWith('%')) pieces.push(`'${piece.replaceAll("'", "''")}'`);
    else if (piece === '%%') pieces.push("'%'");
    else {
      const stars = (piece.match(/\*/g) ?? []).length;
      const measures = args.slice(next, next + stars);
      next += stars;
      pieces.push(conversion(piece, args[next] ?? '', next, bound, measures));
      next += 1;
    }
  }
  if (next !== args.length)
    throw new SqlError(
      `Too ${next > args.length ? 'few' : 'many'} arguments to FORMAT for pattern "${literalText(bound, 0)}"; Expected ${next}; Got ${args.length}`,
      bound.at,
    );
  return pieces.length === 0 ? "''" : `(${pieces.join(' || ')})`;
}

function conversion(
  spec: string,
  sql: string,
  index: number,
  bound: Bound,
  measures: readonly string[],
): string {
  const letter = spec.at(-1) ?? '';
  const type = bound.args[index]?.type;
  const rule = wanted.find(([letters]) => letters.test(letter));
  const whole = literalText(bound, 0);
  if (!rule && letter === '%') throw new SqlError(`Invalid FORMAT string: "${whole}"`, bound.at);
  if (!rule)
    throw new SqlError(
      `Invalid format specifier character "${letter}" in FORMAT string: "${whole}"`,
      bound.at,
    );
  if (!type) return "''";
  const isNull = bound.args[index]?.literal === 'null';
  if (rule[1].length > 0 && !rule[1].includes(type.kind) && !isNull)
    throw new SqlError(
      `Invalid type for argument ${index + 1} to FORMAT; Expected ${rule[2]}; Got ${typeName(type)}`,
      bound.at,
    );
  if (/[dixXofFeEgG]/.test(letter)) {
    const value = /NUMERIC$/.test(type.kind)
      ? `bq_${type.kind.toLowerCase()}_text(${sql}) || 'n'`
      : `CAST(${sql} AS VARCHAR)`;
    return `bq_format_number(${measured(spec, measures)}, ${value})`;
  }
  if (letter === 'p') return `CAST(${sql} AS VARCHAR)`;
  if (letter === 'P') return `bq_json_pretty(CAST(${sql} AS VARCHAR))`;
  const text = letter === 's' ? sql : `coalesce(${textOf({ sql, type }, letter === 'T', bound.at)}, 'NULL')`;
  return spec.length === 2 ? text : `bq_format_text(${measured(spec, measures)}, ${text})`;
}

export const moreStrings: readonly Entry[] = [
  ...table,
  normal('NORMALIZE', (s, mode) => `bq_normalize(${s}, '${mode}')`, [
    ["NORMALIZE('e\\u0301') = '\\u00e9'", true],
    ["LENGTH(NORMALIZE('\\u00e9', NFD))", 2],
  ]),
  normal(
    'NORMALIZE_AND_CASEFOLD',
    (s, mode) => `bq_normalize(${/K/.test(mode) ? 'bq_fold_case' : 'bq_fold_letters'}(${s}), '${mode}')`,
    [["NORMALIZE_AND_CASEFOLD('The Red BARN')", 'the red barn']],
  ),
  special(
    'TYPEOF',
    [['ANY', 'STRING', (_, { args, at }) => `'${typeName(args[0]?.type ?? bad(at))}'`]],
    [["TYPEOF(STRUCT(1 AS a, ['x'] AS b))", 'STRUCT<a INT64, b ARRAY<STRING>>']],
  ),
  special(
    'FORMAT',
    [['LITERAL, ANY*', 'STRING', format]],
    [
      ["FORMAT('%05d-%s', 42, 'x')", '00042-x'],
      ["FORMAT('%.2f', 3.14159)", '3.14'],
      ['FORMAT("%\'d", 1234567)', '1,234,567'],
      ["FORMAT('%t', DATE '2026-01-02')", '2026-01-02'],
      ["FORMAT('%T', DATE '2026-01-02')", 'DATE "2026-01-02"'],
      ["FORMAT('%T', 'a')", '"a"'],
      ["FORMAT('%T', 'a\"b')", "'a\"b'"],
      ["FORMAT('%t', 0.00001)", '1e-05'],
      ["FORMAT('%d%%', 50)", '50%'],
      ["FORMAT('|%5d|%-5d|%+d|', 42, 42, 42)", '|   42|42   |+42|'],
      ["FORMAT('%x %X %o', 255, 255, 8)", 'ff FF 10'],
      ["FORMAT('%e', 12345.678)", '1.234568e+04'],
      ["FORMAT('%g', 0.0001)", '0.0001'],
      ["FORMAT('%g', 1e10)", '1e+10'],
      ["FORMAT('%6.1f', NUMERIC '2.25')", '   2.3'],
      ["FORMAT('%10s|%-6s|', 'abc', 'de')", '       abc|de    |'],
      ["FORMAT('%.1f', 0.25)", '0.2'],
      ["FORMAT('%f', 1.5)", '1.500000'],
      ["FORMAT('%t', [1, 2])", '[1, 2]'],
      ["FORMAT('%t', STRUCT(1 AS a, 'x' AS b))", '(1, x)'],
      ["FORMAT('%t', 1.0)", '1.0'],
      ["FORMAT('%d', NULL)", null],
      ["FORMAT('%t', NULL)", 'NULL'],
      ["FORMAT('%d', 'x')", 'error'],
      ["FORMAT('%d %d', 1)", 'error'],
    ],
  ),
];
