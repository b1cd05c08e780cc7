import type { Entry, Parameter } from '../catalogue/entry.ts';
import { edges, texts } from './values.ts';

const types = [
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'INTERVAL',
  'STRING',
  'BYTES',
  'DATE',
  'DATETIME',
  'TIMESTAMP',
  'TIME',
  'BOOL',
  'RANGE<DATE>',
  'RANGE<DATETIME>',
  'RANGE<TIMESTAMP>',
];
const clock = ['MICROSECOND', 'MILLISECOND', 'SECOND', 'MINUTE', 'HOUR'];
const days = [
  'DAY',
  'WEEK',
  'WEEK(MONDAY)',
  'WEEK(SATURDAY)',
  'ISOWEEK',
  'MONTH',
  'QUARTER',
  'YEAR',
  'ISOYEAR',
];
const parts: Readonly<Record<string, readonly string[]>> = {
  DATE: days,
  TIME: clock,
  DATETIME: [...clock, ...days],
  TIMESTAMP: [...clock, ...days],
};
const units: Readonly<Record<string, readonly string[]>> = {
  DATE: ['DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR'],
  TIME: clock,
  DATETIME: [...clock, 'DAY', 'WEEK', 'MONTH', 'YEAR'],
  TIMESTAMP: [...clock, 'DAY'],
};
const zones = ["'UTC'", "'America/New_York'", "'Asia/Kolkata'", "'+02:00'", "'Australia/Lord_Howe'"];
const numeric = (type: string): string => (type === 'STEP' || type === 'LENGTH' ? 'INT64' : type);

/** One statement: the expression over every combination of edge values of the types of its arguments, a, b, c … */
function over(expression: (args: readonly string[]) => string, of: readonly string[]): string {
  const args = of.map((_, i) => 'abcdef'[i] ?? '');
  const most = [99, 99, 16, 7, 4][of.length] ?? 4;
  const from = of.map((type, i) => {
    const a = args[i];
    const element = /^ARRAY<(.*)>$/.exec(type)?.[1];
    if (element !== undefined)
      return `(SELECT ${list(element, 3)} AS ${a}, 0 AS o${a} UNION ALL SELECT CAST([] AS ARRAY<${element}>), 1 UNION ALL SELECT CAST(NULL AS ARRAY<${element}>), 2)`;
    return `UNNEST(${list(type, most)}) ${a} WITH OFFSET o${a}`;
  });
  return `SELECT ${args.join(', ')}, ${expression(args)} AS r FROM ${from.join(', ')} ORDER BY ${args.map((a) => `o${a}`).join(', ')}`;
}

function list(type: string, most: number): string {
  const all = edges[type] ?? [];
  const some = all.length <= most ? all : [...all.slice(0, most - 1), ...all.slice(-1)];
  // An array of an answer may hold no NULL.
  const held = most === 3 ? some.slice(0, 2) : some;
  return `ARRAY<${numeric(type)}>[${held.join(', ')}]`;
}

const overTexts = (expression: string, values: readonly string[]): string =>
  `SELECT a, ${expression} AS r FROM UNNEST([${values.map((v) => `'${v.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(', ')}]) a WITH OFFSET oa ORDER BY oa`;

/** What has no answer to compare, or takes literals of a form of its own and is written out below. */
const apart =
  /^(\$|CURRENT_|RAND|GENERATE_|SESSION_USER|ERROR$|FORMAT|PARSE_|JSON_|REGEXP|NORMALIZE$|.*_BUCKET$|TO_JSON|TYPEOF|EXTRACT|NET\.IP)/;

/** Every scalar function of the catalogue with every signature, under SAFE so that one error does not hide the rest. */
export function calls(entries: readonly Entry[]): string[] {
  return entries
    .filter((e) => e.kind === 'scalar' && !apart.test(e.name))
    .flatMap((e) =>
      e.signatures.flatMap((s) => prefixes(s.takes).flatMap((takes) => callsOf(e.name, takes))),
    );
}

/** With and without the optional arguments; one of those that repeat. */
function prefixes(takes: readonly Parameter[]): string[][] {
  const needed = takes.filter((p) => !p.optional).length;
  return Array.from({ length: takes.length - needed + 1 }, (_, i) =>
    takes.slice(0, needed + i).map((p) => p.type),
  );
}

function callsOf(name: string, takes: readonly string[]): string[] {
  const generic = takes.some((t) => /\b[TU]\b/.test(t));
  return (generic ? types : ['']).flatMap((type) => {
    if (type === 'BOOL' && takes.includes('ARRAY<T>')) return [];
    return concrete(
      name,
      takes.map((t) => t.replace(/\b[TU]\b/g, type)),
    );
  });
}

function concrete(name: string, takes: readonly string[]): string[] {
  const safe = /^(SAFE_|IF$|IFNULL|COALESCE|NULLIF)/.test(name) ? '' : 'SAFE.';
  const main = takes.find((t) => /^(DATE|DATETIME|TIME|TIMESTAMP)$/.test(t)) ?? 'DATE';
  const call = (fixed: Readonly<Record<string, string>>): string => {
    const open = takes.filter((t) => !(t in fixed));
    const of = open.map((t) => (t === 'INT64' && /^(REPEAT|LPAD|RPAD)$/.test(name) ? 'LENGTH' : t));
    return over((values) => {
      let next = 0;
      return `${safe}${name}(${takes.map((t) => fixed[t] ?? values[next++]).join(', ')})`;
    }, of);
  };
  if (takes.includes('SPAN'))
    return (units[main] ?? []).map((unit) =>
      over(([x, n]) => `${safe}${name}(${x}, INTERVAL ${n} ${unit})`, [main, 'STEP']),
    );
  if (takes.includes('PART'))
    return (parts[main] ?? []).flatMap((PART) =>
      takes.includes('ZONE') ? zones.slice(0, 3).map((ZONE) => call({ PART, ZONE })) : [call({ PART })],
    );
  if (takes.includes('ZONE')) return zones.map((ZONE) => call({ ZONE }));
  return [call({})];
}

const compared = ['=', '!=', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'];

export function operators(): string[] {
  const ofEach = types.flatMap((t) => [
    ...compared.map((op) => over(() => `a ${op} b`, [t, t])),
    over(() => 'a IN (b)', [t, t]),
    over(() => 'a BETWEEN b AND a', [t, t]),
    over(() => '(a, b) = (b, a)', [t, t]),
    over(() => 'CASE a WHEN a THEN 1 ELSE 2 END', [t]),
    ...types.map((to) => over(() => `SAFE_CAST(a AS ${to})`, [t])),
    ...[
      'TO_JSON_STRING(a)',
      'TO_JSON_STRING(STRUCT(a AS v, [a] AS w))',
      'TO_JSON(a)',
      'CAST(a AS STRING)',
    ].map((e) => over(() => e, [t])),
    ...["FORMAT('%t', a)", "FORMAT('%T', a)", "FORMAT('%t|%T', [a], STRUCT(a AS x, a))"].map((e) =>
      over(() => e, [t]),
    ),
  ]);
  const numbers = ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'];
  const mixed = numbers.flatMap((t) =>
    numbers.flatMap((u) => ['=', '<', '>='].map((op) => over(() => `a ${op} b`, [t, u]))),
  );
  const others = [
    ...['a & b', 'a | b', 'a ^ b'].map((e) => over(() => e, ['INT64', 'INT64'])),
    ...['a AND b', 'a OR b'].map((e) => over(() => e, ['BOOL', 'BOOL'])),
    ...['a || b', 'a LIKE b'].map((e) => over(() => e, ['STRING', 'STRING'])),
    over(() => '~a', ['INT64']),
    ...['-a', 'JUSTIFY_INTERVAL(a) + INTERVAL 1 DAY', 'a * 3', 'a / 7'].map((e) =>
      over(() => e, ['INTERVAL']),
    ),
    ...['a + b', 'a - b'].map((e) => over(() => e, ['INTERVAL', 'INTERVAL'])),
    ...["DATETIME '2024-02-29 12:34:56.789' + a", "DATE '2024-02-29' - a"].map((e) =>
      over(() => e, ['INTERVAL']),
    ),
    ...['DATE', 'DATETIME', 'TIMESTAMP'].map((t) => over(() => 'a - b', [t, t])),
  ];
  return [...ofEach, ...mixed, ...others];
}

const elements = 'AaBbhCcDdeFGgHIjklMmnpPQRSsTtUuVWwXxYyZz%'
  .split('')
  .map((c) => `%${c}`)
  .concat('%Ez', '%E3S', '%E6S', '%E*S', '%E4Y', '%r');
const numberFormats =
  "%d|%5d|%-5d|%05d|%+d|% d|%'d|%x|%X|%o|%f|%.2f|%10.3f|%'.2f|%e|%.3e|%g|%G|%.10g|%+.1f|%08.2f|%.0f".split(
    '|',
  );
const patterns = 'a|a+|[a-c]+|(b)|^a|c$|\\\\d+|(?i)ABC|.|\\\\w+|[^a]|(?:ab)+|a{2}|日.|x*?b'.split('|');
const paths = ['$', '$.a', '$.a.b', '$.a.b.c', '$[0]', '$.a[1]', '$.a[1].b', '$.z'];

/** Of how a range is made and taken apart. */
function ranges(): string[] {
  const steps: Readonly<Record<string, string>> = {
    DATE: '1 DAY|3 WEEK|1 MONTH|5 YEAR|0 DAY|1 HOUR',
    DATETIME: '90 MINUTE|3 WEEK|1 MONTH|5 YEAR|-1 DAY',
    TIMESTAMP: '6 HOUR|3 DAY|1 WEEK|1 MONTH',
  };
  return Object.entries(steps).flatMap(([t, amounts]) => [
    overTexts(`SAFE_CAST(a AS RANGE<${t}>)`, texts.range),
    over(() => 'SAFE.RANGE(a, b)', [t, t]),
    ...amounts
      .split('|')
      .flatMap((amount) =>
        ['', ', FALSE'].map((last) =>
          over(() => `SAFE.GENERATE_RANGE_ARRAY(a, INTERVAL ${amount}${last})`, [`RANGE<${t}>`]),
        ),
      ),
  ]);
}

/** Functions whose behaviour is in a literal: formats, patterns, paths. */
export function literals(): string[] {
  const kinds = ['DATE', 'DATETIME', 'TIMESTAMP', 'TIME'];
  const extracted = `DAYOFWEEK|DAY|DAYOFYEAR|WEEK|WEEK(MONDAY)|ISOWEEK|MONTH|QUARTER|YEAR|ISOYEAR|DATE|TIME|HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND`;
  const json = 'JSON_VALUE|JSON_QUERY|JSON_VALUE_ARRAY|JSON_QUERY_ARRAY'.split('|');
  return [
    ...kinds.flatMap((t) => elements.map((e) => over(() => `FORMAT_${t}('<${e}>', a)`, [t]))),
    ...kinds.flatMap((t) => extracted.split('|').map((p) => over(() => `EXTRACT(${p} FROM a)`, [t]))),
    ...numberFormats.flatMap((f) =>
      ['INT64', 'FLOAT64', 'NUMERIC'].map((t) => over(() => `FORMAT("${f}", a)`, [t])),
    ),
    ...['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC', 'BOOL'].map((t) =>
      overTexts(`SAFE_CAST(a AS ${t})`, texts.number),
    ),
    ...kinds.map((t) => overTexts(`SAFE_CAST(a AS ${t})`, texts.time)),
    overTexts('SAFE.PARSE_NUMERIC(a)', texts.number),
    overTexts('SAFE.PARSE_BIGNUMERIC(a)', texts.number),
    overTexts('SAFE_CAST(a AS INTERVAL)', texts.interval),
    ...extracted.split('|').map((p) => over(() => `EXTRACT(${p} FROM a)`, ['INTERVAL'])),
    ...ranges(),
    overTexts('SAFE.PARSE_JSON(a)', texts.json),
    ...json.flatMap((f) => paths.map((p) => overTexts(`${f}(a, '${p}')`, texts.json))),
    ...json.flatMap((f) => paths.map((p) => over(() => `${f}(a, '${p}')`, ['JSON']))),
    ...['$.a', '$.a.b', '$.a.b[2].c', '$[1]', '$.new', '$.a.new'].flatMap((p) =>
      [`JSON_REMOVE(a, '${p}')`, `JSON_SET(a, '${p}', 'v')`, `JSON_ARRAY_APPEND(a, '${p}', 1)`].map((e) =>
        over(() => `SAFE.${e}`, ['JSON']),
      ),
    ),
    ...[
      'a.a',
      "a['k']",
      'a[0]',
      'TO_JSON_STRING(a, TRUE)',
      'JSON_TYPE(a)',
      'JSON_STRIP_NULLS(a)',
      'JSON_KEYS(a)',
    ].map((e) => over(() => e, ['JSON'])),
    ...patterns.flatMap((r) =>
      ['REGEXP_CONTAINS', 'REGEXP_EXTRACT', 'REGEXP_EXTRACT_ALL', 'REGEXP_INSTR'].map((f) =>
        overTexts(`${f}(a, '${r}')`, texts.any),
      ),
    ),
    ...patterns.map((r) => overTexts(`REGEXP_REPLACE(a, '${r}', '<\\\\0>')`, texts.any)),
  ];
}
