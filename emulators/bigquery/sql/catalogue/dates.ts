import { SqlError } from '../sql-error.ts';
import { timestampOf } from '../typed.ts';
import { type FormattedKind, formatTime } from './date-formats.ts';
import {
  addToDate,
  addToDatetime,
  addToTimestamp,
  badPart,
  dateDifference,
  datetimeDifference,
  extractDate,
  extractPart,
  extractTime,
  micros,
  truncateDate,
  truncateDatetime,
  weekStart,
} from './date-parts.ts';
import { type Bound, type Entry, type Example, fn, literalText, raise, raiseWith, special } from './entry.ts';
import { extractInterval } from './intervals.ts';

/** The wall clock of a zone; UTC without asking the time zone library, which is ten times slower. */
export function localTime(ts: string, zone = "'UTC'"): string {
  return zone === "'UTC'"
    ? `make_timestamp(epoch_us(${ts}))`
    : /^'[A-Z]/.test(zone)
      ? `timezone(${zone}, ${ts})`
      : `bq_wall(${ts}, ${zone})`;
}
export function instant(local: string, zone = "'UTC'"): string {
  return zone === "'UTC'" ? `make_timestamptz(epoch_us(${local}))` : `bq_instant(${local}, ${zone})`;
}
export const intervalOf = (bound: Bound, index: number): { amount: string; part: string } =>
  bound.args[index]?.interval ??
  (() => {
    throw new SqlError('Expected INTERVAL expression', bound.at);
  })();
const formatOf = (bound: Bound): string => literalText(bound, 0);
const nowIn = (bound: Bound, zone?: string): string => localTime(bound.now, zone);

const shiftExamples: Readonly<Record<string, readonly Example[]>> = {
  DATE_ADD: [
    ["DATE_ADD(DATE '2026-01-31', INTERVAL 1 MONTH)", '2026-02-28'],
    ["DATE_ADD(DATE '2026-01-01', INTERVAL 2 WEEK)", '2026-01-15'],
    ["DATE_ADD(DATE '9999-12-31', INTERVAL 1 DAY)", 'error'],
    ["SAFE.DATE_ADD(DATE '9999-12-31', INTERVAL 1 MONTH)", null],
  ],
  DATE_SUB: [["DATE_SUB(DATE '2026-03-01', INTERVAL 1 DAY)", '2026-02-28']],
  DATETIME_ADD: [["DATETIME_ADD(DATETIME '2026-01-31 10:00:00', INTERVAL 1 MONTH)", '2026-02-28T10:00:00']],
  DATETIME_SUB: [["DATETIME_SUB(DATETIME '2026-01-01 00:00:00', INTERVAL 1 SECOND)", '2025-12-31T23:59:59']],
  TIMESTAMP_ADD: [
    ["TIMESTAMP_ADD(TIMESTAMP '2026-01-01 00:00:00+00', INTERVAL 90 MINUTE)", '2026-01-01T01:30:00Z'],
    ["TIMESTAMP_ADD(TIMESTAMP '2026-01-01 00:00:00+00', INTERVAL 1 MONTH)", 'error'],
    ["TIMESTAMP_ADD(TIMESTAMP '9999-12-31 23:59:59+00', INTERVAL 1 DAY)", 'error'],
  ],
  TIMESTAMP_SUB: [
    ["TIMESTAMP_SUB(TIMESTAMP '2026-01-02 00:00:00+00', INTERVAL 1 DAY)", '2026-01-01T00:00:00Z'],
  ],
};

function shift(name: string, kind: 'DATE' | 'DATETIME' | 'TIMESTAMP', sign: '' | '-'): Entry {
  const type = kind;
  return special(
    name,
    [
      [
        `${type}, SPAN`,
        type,
        ([x = ''], bound) => {
          const { amount, part } = intervalOf(bound, 1);
          const n = `(${sign}${amount})`;
          if (kind === 'DATE') return addToDate(x, n, part, bound.at);
          return kind === 'DATETIME'
            ? addToDatetime(x, n, part, bound.at)
            : addToTimestamp(x, n, part, bound.at);
        },
      ],
    ],
    shiftExamples[name] ?? [],
  );
}

/** Within an hour that comes twice only the instant itself says which of them it is in. */
function truncateTimestamp(t: string, part: string, zone: string | undefined, at: number): string {
  const local = localTime(t, zone);
  const start = truncateDatetime(local, part, at);
  return zone === undefined || zone === "'UTC'" || !(part in micros) || part === 'DAY'
    ? instant(start, zone)
    : `make_timestamptz(epoch_us(${t}) - (epoch_us(${local}) - epoch_us(${start})))`;
}

/** Months are counted from one step to the next: the 31st becomes the 28th, and stays it. */
function dateArray(args: string[], bound: Bound): string {
  const [from = '', to = ''] = args;
  const { amount, part } = bound.args[2] ? intervalOf(bound, 2) : { amount: '1', part: 'DAY' };
  // A lambda takes no sub-query: the ends stand outside of it.
  const day = (d: string): string => `CAST(${d} - DATE '1970-01-01' AS BIGINT)`;
  if (part === 'DAY' || part === 'WEEK')
    return `list_transform(bq_series(${day(from)}, ${day(to)}, ${part === 'WEEK' ? `7 * (${amount})` : amount}), lambda bq_i: DATE '1970-01-01' + CAST(bq_i AS INTEGER))`;
  const months = { MONTH: 1, QUARTER: 3, YEAR: 12 }[part];
  if (months === undefined) throw badPart(part, 'GENERATE_DATE_ARRAY', bound.at);
  return `CAST(CAST(bq_month_steps(CAST(${from} AS VARCHAR), CAST(${to} AS VARCHAR), ${months} * ${amount}) AS JSON) AS DATE[])`;
}

function timestampArray(args: string[], bound: Bound): string {
  const [from = '', to = ''] = args;
  const { amount, part } = intervalOf(bound, 2);
  if (!(part in micros)) throw badPart(part, 'GENERATE_TIMESTAMP_ARRAY', bound.at);
  return `list_transform(bq_series(epoch_us(${from}), epoch_us(${to}), ${micros[part]} * ${amount}), lambda bq_i: make_timestamptz(bq_i))`;
}

/** A week ends six days after it begins, whichever day that is. */
function lastDay(d: string, part: string, at: number): string {
  if (part === 'DAY') throw badPart(part, 'LAST_DAY', at);
  if (part === 'MONTH') return `last_day(${d})`;
  if (part === 'YEAR') return `make_date(year(${d}), 12, 31)`;
  const start = truncateDate(d, part, at);
  if (part === 'QUARTER') return `last_day(CAST(${start} + to_months(2) AS DATE))`;
  if (weekStart(part) !== undefined) return `(${start} + 6)`;
  if (part === 'ISOYEAR') return `(bq_iso_year_start(${start} + 371) - 1)`;
  throw badPart(part, 'LAST_DAY', at);
}

const format = (kind: FormattedKind, local: string, bound: Bound, zone = '', offset?: string): string =>
  formatTime(kind, formatOf(bound), local, zone.replaceAll("'", ''), bound.at, offset);

const own: readonly Entry[] = [
  special(
    'CURRENT_DATE',
    [['ZONE?', 'DATE', ([zone], b) => `CAST(${nowIn(b, zone)} AS DATE)`]],
    [['CURRENT_DATE() = DATE(CURRENT_TIMESTAMP())', true]],
  ),
  special(
    'CURRENT_TIMESTAMP',
    [['', 'TIMESTAMP', (_, b) => b.now]],
    [["CURRENT_TIMESTAMP() > TIMESTAMP '2020-01-01'", true]],
  ),
  special(
    'CURRENT_DATETIME',
    [['ZONE?', 'DATETIME', ([zone], b) => nowIn(b, zone)]],
    [['CURRENT_DATETIME() = DATETIME(CURRENT_TIMESTAMP())', true]],
  ),
  fn(
    'DATE',
    [
      ['TIMESTAMP, ZONE?', 'DATE', (t = '', zone) => `CAST(${localTime(t, zone)} AS DATE)`],
      ['DATETIME', 'DATE', (t) => `CAST(${t} AS DATE)`],
      ['DATE', 'DATE', (d = '') => d],
      ['INT64, INT64, INT64', 'DATE', (y, m, d) => `bq_date(make_date(${y}, ${m}, ${d}))`],
    ],
    [
      ["DATE(TIMESTAMP '2026-01-01 02:30:00+00', 'America/Sao_Paulo')", '2025-12-31'],
      ['DATE(2026, 2, 3)', '2026-02-03'],
      ["DATE('2026-01-05')", '2026-01-05'],
    ],
  ),
  fn(
    'DATETIME',
    [
      ['TIMESTAMP, ZONE?', 'DATETIME', (t = '', zone) => localTime(t, zone)],
      ['DATE', 'DATETIME', (d) => `CAST(${d} AS TIMESTAMP)`],
      ['DATE, TIME', 'DATETIME', (d, t) => `(${d} + ${t})`],
      ['DATETIME', 'DATETIME', (t = '') => t],
      [
        'INT64, INT64, INT64, INT64, INT64, INT64',
        'DATETIME',
        (...p) => `make_timestamp(bq_micros(epoch_us(make_timestamp(${p.join(', ')}))))`,
      ],
    ],
    [["DATETIME(TIMESTAMP '2026-01-01 02:30:00+00', 'America/Sao_Paulo')", '2025-12-31T23:30:00']],
  ),
  special(
    'TIMESTAMP',
    [
      ['STRING', 'TIMESTAMP', ([s = ''], { zone }) => timestampOf(s, zone)],
      ['STRING, ZONE', 'TIMESTAMP', ([s, zone]) => instant(`bq_to_datetime(${s})`, zone)],
      ['DATETIME, ZONE?', 'TIMESTAMP', ([t = '', zone]) => instant(t, zone)],
      ['DATE, ZONE?', 'TIMESTAMP', ([d, zone]) => instant(`CAST(${d} AS TIMESTAMP)`, zone)],
      ['TIMESTAMP', 'TIMESTAMP', ([t = '']) => t],
    ],
    [
      ["TIMESTAMP('2026-01-01')", '2026-01-01T00:00:00Z'],
      ["TIMESTAMP('2026-01-01 10:00:00', 'America/Sao_Paulo')", '2026-01-01T13:00:00Z'],
      ["TIMESTAMP(DATETIME '2026-01-01 00:00:00', 'America/Sao_Paulo')", '2026-01-01T03:00:00Z'],
      ["TIMESTAMP(DATETIME '2026-10-25 01:30:00', 'Europe/London')", '2026-10-25T00:30:00Z'],
      ["TIMESTAMP(DATETIME '2026-03-08 02:30:00', 'America/New_York')", '2026-03-08T07:30:00Z'],
    ],
  ),
  special(
    'DATE_TRUNC',
    [
      ['DATE, PART', 'DATE', ([d = '', p = ''], { at }) => truncateDate(d, p, at)],
      ['DATETIME, PART', 'DATETIME', ([t = '', p = ''], { at }) => truncateDatetime(t, p, at)],
      [
        'TIMESTAMP, PART, ZONE?',
        'TIMESTAMP',
        ([t = '', p = '', zone], { at }) => truncateTimestamp(t, p, zone, at),
      ],
    ],
    [
      ["DATE_TRUNC(DATE '2026-01-07', WEEK)", '2026-01-04'],
      ["DATE_TRUNC(DATE '2026-01-07', WEEK(MONDAY))", '2026-01-05'],
      ["DATE_TRUNC(DATE '2026-01-04', ISOWEEK)", '2025-12-29'],
      ["DATE_TRUNC(DATE '2026-05-07', QUARTER)", '2026-04-01'],
    ],
  ),
  special(
    'DATETIME_TRUNC',
    [['DATETIME, PART', 'DATETIME', ([t = '', p = ''], { at }) => truncateDatetime(t, p, at)]],
    [["DATETIME_TRUNC(DATETIME '2026-01-07 13:14:15', HOUR)", '2026-01-07T13:00:00']],
  ),
  special(
    'TIMESTAMP_TRUNC',
    [
      [
        'TIMESTAMP, PART, ZONE?',
        'TIMESTAMP',
        ([t = '', p = '', zone], { at }) => truncateTimestamp(t, p, zone, at),
      ],
    ],
    [
      [
        "TIMESTAMP_TRUNC(TIMESTAMP '2026-01-01 02:30:00+00', DAY, 'America/Sao_Paulo')",
        '2025-12-31T03:00:00Z',
      ],
    ],
  ),
  special(
    'DATE_DIFF',
    [['DATE, DATE, PART', 'INT64', ([a = '', b = '', p = ''], { at }) => dateDifference(a, b, p, at)]],
    [
      ["DATE_DIFF(DATE '2026-01-04', DATE '2026-01-03', WEEK)", 1],
      ["DATE_DIFF(DATE '2026-02-01', DATE '2026-01-31', MONTH)", 1],
      ["DATE_DIFF(DATE '2026-01-01', DATE '2026-01-10', DAY)", -9],
      ["DATE_DIFF(DATE '2026-01-05', DATE '2026-01-04', ISOWEEK)", 1],
    ],
  ),
  special(
    'DATETIME_DIFF',
    [
      [
        'DATETIME, DATETIME, PART',
        'INT64',
        ([a = '', b = '', p = ''], { at }) => datetimeDifference(a, b, p, at),
      ],
    ],
    [["DATETIME_DIFF(DATETIME '2026-01-02 00:00:00', DATETIME '2026-01-01 23:59:00', DAY)", 1]],
  ),
  special(
    'TIMESTAMP_DIFF',
    [
      [
        'TIMESTAMP, TIMESTAMP, PART',
        'INT64',
        ([a = '', b = '', p = ''], { at }) => {
          const unit = micros[p];
          if (unit === undefined) throw badPart(p, 'TIMESTAMP_DIFF', at);
          return `((epoch_us(${a}) - epoch_us(${b})) // ${unit})`;
        },
      ],
    ],
    [
      ["TIMESTAMP_DIFF(TIMESTAMP '2026-01-01 10:59:00+00', TIMESTAMP '2026-01-01 09:30:00+00', HOUR)", 1],
      ["TIMESTAMP_DIFF(TIMESTAMP '2026-01-01 00:00:00+00', TIMESTAMP '2026-01-01 01:59:00+00', HOUR)", -1],
    ],
  ),
  shift('DATE_ADD', 'DATE', ''),
  shift('DATE_SUB', 'DATE', '-'),
  shift('DATETIME_ADD', 'DATETIME', ''),
  shift('DATETIME_SUB', 'DATETIME', '-'),
  shift('TIMESTAMP_ADD', 'TIMESTAMP', ''),
  shift('TIMESTAMP_SUB', 'TIMESTAMP', '-'),
  special(
    'LAST_DAY',
    [
      ['DATE, PART?', 'DATE', ([d = '', p = 'MONTH'], { at }) => lastDay(d, p, at)],
      ['DATETIME, PART?', 'DATE', ([t = '', p = 'MONTH'], { at }) => lastDay(`CAST(${t} AS DATE)`, p, at)],
    ],
    [
      ["LAST_DAY(DATE '2026-02-10')", '2026-02-28'],
      ["LAST_DAY(DATE '2026-02-10', YEAR)", '2026-12-31'],
    ],
  ),
  special(
    'EXTRACT',
    [
      ['PART, DATE', extracted, ([p = '', d = ''], { at }) => extractDate(d, p, at)],
      ['PART, DATETIME', extracted, ([p = '', d = ''], { at }) => extractPart(d, p, at)],
      ['PART, INTERVAL', 'INT64', ([p = '', i = ''], { at }) => extractInterval(i, p, at)],
      ['PART, TIME', extracted, ([p = '', t = ''], { at }) => extractTime(t, p, at)],
      [
        'PART, TIMESTAMP, ZONE?',
        extracted,
        ([p = '', t = '', zone], { at }) => extractPart(localTime(t, zone), p, at),
      ],
    ],
    [
      ["EXTRACT(DAYOFWEEK FROM DATE '2026-01-04')", 1],
      ["EXTRACT(WEEK FROM DATE '2026-01-03')", 0],
      ["EXTRACT(WEEK FROM DATE '2026-01-04')", 1],
      ["EXTRACT(ISOWEEK FROM DATE '2026-01-04')", 1],
      ["EXTRACT(HOUR FROM TIMESTAMP '2026-01-01 02:30:00+00' AT TIME ZONE 'America/Sao_Paulo')", 23],
      ["EXTRACT(MICROSECOND FROM INTERVAL '-1-2 3 -4:5:6.789123' YEAR TO SECOND)", -789123],
      ["EXTRACT(DAY FROM DATE '2026-03-01' - DATE '2026-01-01')", 59],
      ['EXTRACT(QUARTER FROM INTERVAL 5 MONTH)', 'error'],
      ["EXTRACT(DATE FROM TIMESTAMP '2026-01-01 02:30:00+00')", '2026-01-01'],
    ],
  ),
  special(
    'FORMAT_DATE',
    [['LITERAL, DATE', 'STRING', ([, d = ''], b) => format('DATE', d, b)]],
    [
      ["FORMAT_DATE('%d/%m/%y', DATE '2026-01-07')", '07/01/26'],
      ["FORMAT_DATE('%G-W%V', DATE '2026-01-01')", '2026-W01'],
      ["FORMAT_DATE('%A %e %b', DATE '2026-01-07')", 'Wednesday  7 Jan'],
      ["FORMAT_DATE('%Y-Q%Q', DATE '2026-05-07')", '2026-Q2'],
      ["FORMAT_DATE('%-d.%-m.%_j', DATE '2026-01-07')", '7.1.  7'],
    ],
  ),
  special(
    'FORMAT_DATETIME',
    [['LITERAL, DATETIME', 'STRING', ([, t = ''], b) => format('DATETIME', t, b)]],
    [["FORMAT_DATETIME('%F %T', DATETIME '2026-01-07 01:02:03')", '2026-01-07 01:02:03']],
  ),
  special(
    'FORMAT_TIMESTAMP',
    [
      [
        'LITERAL, TIMESTAMP, ZONE?',
        'STRING',
        ([, t = '', zone = "'UTC'"], b) =>
          format(
            'TIMESTAMP',
            localTime(t, zone),
            b,
            zone,
            `((epoch_us(${localTime(t, zone)}) - epoch_us(${t})) // 60000000)`,
          ),
      ],
    ],
    [
      [
        "FORMAT_TIMESTAMP('%F %H:%M:%E3S', TIMESTAMP '2026-01-01 02:30:00.5+00', 'America/Sao_Paulo')",
        '2025-12-31 23:30:00.500',
      ],
      ["FORMAT_TIMESTAMP('%Ez %z', TIMESTAMP '2026-01-01 02:30:00+00', 'Asia/Kolkata')", '+05:30 +0530'],
      ["FORMAT_TIMESTAMP('%z', TIMESTAMP '2026-01-01 02:30:00+00', 'America/Sao_Paulo')", '-0300'],
    ],
  ),
  special(
    'GENERATE_DATE_ARRAY',
    [['DATE, DATE, SPAN?', 'ARRAY<DATE>', dateArray]],
    [
      [
        "GENERATE_DATE_ARRAY('2026-01-01', '2026-01-20', INTERVAL 1 WEEK)",
        ['2026-01-01', '2026-01-08', '2026-01-15'],
      ],
      ["GENERATE_DATE_ARRAY('2026-02-01', '2026-01-01')", []],
      [
        "GENERATE_DATE_ARRAY('2026-01-15', '2026-03-31', INTERVAL 1 MONTH)",
        ['2026-01-15', '2026-02-15', '2026-03-15'],
      ],
      [
        "GENERATE_DATE_ARRAY('2026-01-31', '2026-04-30', INTERVAL 1 MONTH)",
        ['2026-01-31', '2026-02-28', '2026-03-28', '2026-04-28'],
      ],
      ["GENERATE_DATE_ARRAY('2026-01-31', '2026-04-30', INTERVAL 0 MONTH)", 'error'],
    ],
  ),
  special(
    'GENERATE_TIMESTAMP_ARRAY',
    [['TIMESTAMP, TIMESTAMP, SPAN', 'ARRAY<TIMESTAMP>', timestampArray]],
    [
      [
        "ARRAY_LENGTH(GENERATE_TIMESTAMP_ARRAY(TIMESTAMP '2026-01-01', TIMESTAMP '2026-01-02', INTERVAL 1 HOUR))",
        25,
      ],
    ],
  ),
];

const others: Readonly<Record<string, readonly string[]>> = {
  DATE: ['DATETIME', 'TIMESTAMP'],
  DATETIME: ['TIMESTAMP'],
  TIMESTAMP: ['DATETIME'],
};

/** DATE_ADD, FORMAT_DATETIME and their like take what the function of the same name for another type takes. */
export const dates: readonly Entry[] = own.map((entry) => {
  const [, family = ''] = /^(DATE|DATETIME|TIMESTAMP)_(?:ADD|SUB|DIFF|TRUNC)$/.exec(entry.name) ??
    /^FORMAT_(DATE|DATETIME|TIMESTAMP)$/.exec(entry.name) ?? ['', ''];
  const takes = ({ signatures }: Entry, kind: string) =>
    signatures.filter((s) => s.takes.some(({ type }) => type === kind));
  const more = (others[family] ?? []).flatMap((kind) => {
    const sibling = own.find(({ name }) => name === entry.name.replace(family, kind));
    return sibling && takes(entry, kind).length === 0 ? takes(sibling, kind) : [];
  });
  return { ...entry, signatures: [...entry.signatures, ...more] };
});

function extracted({ args }: Bound): { kind: 'DATE' | 'TIME' | 'DATETIME' | 'INT64' } {
  const part = args[0]?.sql ?? '';
  return { kind: part === 'DATE' || part === 'TIME' || part === 'DATETIME' ? part : 'INT64' };
}

const clockText = '[Tt ]([01]?\\d|2[0-3]):[0-5]?\\d:[0-5]?\\d(\\.\\d{1,6})?';
/** DuckDB knows a year 0. */
const dateText = '(000[1-9]|00[1-9]\\d|0[1-9]\\d\\d|[1-9]\\d\\d\\d)-\\d{1,2}-\\d{1,2}';
/** DuckDB reads T and Z as capitals only, and an offset with two digits of hours. */
const readable = `CASE WHEN regexp_matches(s, '^[0-9-]+t|[0-9]z$') THEN upper(s) WHEN regexp_matches(s, ':[0-9.]+ ?[+-]\\d(:\\d\\d)?$') THEN regexp_replace(s, '([+-])(\\d(?::\\d\\d)?)$', '\\10\\2') ELSE s END`;
const checked = (pattern: string, type: string, what: string, before = ''): string =>
  `CASE WHEN ${before}s IS NULL OR regexp_full_match(s, '${pattern}') THEN CAST(${readable} AS ${type}) ELSE ${raiseWith(`'Invalid ${what}: ' || s`, type)} END`;
const leap = (what: string, made: string, type = ''): string =>
  `contains(s, ':60') THEN ${made}(bq_read_leap('${what}', s))${type} WHEN `;

export const dateMacros: readonly string[] = [
  "bq_is_offset(z) AS (z LIKE '+%' OR z LIKE '-%')",
  // An offset is none of DuckDB's zones.
  "bq_offset_micros(z) AS CASE WHEN bq_is_offset(z) THEN CASE WHEN z LIKE '-%' THEN -60000000 ELSE 60000000 END * (CAST(regexp_extract(z, '\\d+') AS BIGINT) * 60 + coalesce(TRY_CAST(regexp_extract(z, ':(\\d+)', 1) AS BIGINT), 0)) ELSE 0 END",
  "bq_named_zone(z) AS CASE WHEN bq_is_offset(z) THEN 'UTC' ELSE z END",
  'bq_wall(t, z) AS CASE WHEN bq_is_offset(z) THEN make_timestamp(epoch_us(t) + bq_offset_micros(z)) ELSE timezone(bq_named_zone(z), t) END',
  'bq_instant(l, z) AS CASE WHEN bq_is_offset(z) THEN make_timestamptz(epoch_us(l) - bq_offset_micros(z)) ELSE bq_zoned_instant(l, bq_named_zone(z)) END',
  // An hour that the clock goes through twice is the first of the two; DuckDB takes the second.
  'bq_zoned_instant(l, z) AS CASE WHEN timezone(z, timezone(z, l) - INTERVAL 1 HOUR) = l THEN timezone(z, l) - INTERVAL 1 HOUR ELSE timezone(z, l) END',
  `bq_date(d) AS CASE WHEN d > DATE '9999-12-31' OR d < DATE '0001-01-01' THEN ${raise('Adding to a date causes overflow', 'DATE')} ELSE d END`,
  `bq_micros(n) AS CASE WHEN n > 253402300799999999 OR n < -62135596800000000 THEN ${raise('Adding to a timestamp causes overflow', 'BIGINT')} ELSE n END`,
  `bq_zone(z) AS CASE WHEN regexp_full_match(z, '(UTC)?[+-](\\d|0\\d|1[0-4])(:?[0-5]\\d)?') THEN regexp_replace(z, '^(UTC)?([+-]\\d\\d?):?(\\d\\d)?$', '\\2:\\3') WHEN regexp_full_match(z, '[A-Z].*') AND NOT regexp_matches(z, '^(UTC|GMT)[+-]') THEN z WHEN z IS NOT NULL THEN ${raiseWith("'Invalid time zone: ' || z", 'VARCHAR')} END`,
  'bq_month_difference(a, b) AS ((year(a) - year(b)) * 12 + month(a) - month(b))',
  "bq_iso_year_start(d) AS CAST(date_trunc('week', make_date(CAST(isoyear(d) AS BIGINT), 1, 4)) AS DATE)",
  'bq_floor_divide(a, b) AS (a // b - CASE WHEN a % b < 0 THEN 1 ELSE 0 END)',
  `bq_to_date(s) AS ${checked(dateText, 'DATE', 'date')}`,
  `bq_to_datetime(s) AS ${checked(`${dateText}(${clockText})?`, 'TIMESTAMP', 'datetime string', leap('datetime string', 'make_timestamp'))}`,
  `bq_to_time(s) AS ${checked(clockText.slice(5), 'TIME', 'time string', leap('time string', 'make_timestamp', '::TIME'))}`,
  "bq_timestamp_in(s, z) AS CASE WHEN regexp_matches(s, ':.*([Zz]|[+-][0-9:]+|UTC|/.*)$') THEN bq_to_timestamp(s) ELSE list_transform([make_timestamp(epoch_us(bq_to_timestamp(s)))], lambda bq_l: bq_instant(bq_l, z))[1] END",
  `bq_to_timestamp(s) AS CASE WHEN epoch_us(bq_any_timestamp(s)) BETWEEN -62135596800000000 AND 253402300799999999 THEN bq_any_timestamp(s) WHEN s IS NOT NULL THEN ${raiseWith("'Invalid timestamp: ' || s", 'TIMESTAMPTZ')} END`,
  "bq_any_timestamp(s) AS CASE WHEN regexp_matches(s, ':.*/[A-Za-z]') AND NOT contains(s, ':60.') THEN list_transform([bq_to_datetime(regexp_replace(s, ' [A-Z].*$', ''))], lambda bq_l: bq_instant(bq_l, regexp_extract(s, ' ([A-Z].*)$', 1)))[1] ELSE bq_plain_timestamp(s) END",
  `bq_plain_timestamp(s) AS ${checked(`${dateText}(${clockText}( ?([Zz]|[+-](0?\\d|1[0-4])(:?\\d{2})?)| UTC)?)?`, 'TIMESTAMPTZ', 'timestamp', leap('timestamp', 'make_timestamptz'))}`,
];
