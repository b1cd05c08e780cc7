import { notServed } from '../sql-error.ts';
import { formatTime } from './date-formats.ts';
import {
  addToDate,
  badPart,
  dateDifference,
  datetimeDifference,
  micros,
  onADay,
  truncateDatetime,
} from './date-parts.ts';
import { instant, intervalOf, localTime } from './dates.ts';
import { type Bound, type Entry, type Example, literalText, special } from './entry.ts';
import { catalogue } from './notation.ts';

const simple = catalogue(`
UNIX_DATE(DATE) INT64 = CAST($1 - DATE '1970-01-01' AS BIGINT)
  UNIX_DATE(DATE '1970-01-11') => 10
DATE_FROM_UNIX_DATE(INT64) DATE = (DATE '1970-01-01' + CAST($1 AS INTEGER))
  DATE_FROM_UNIX_DATE(10) => "1970-01-11"
UNIX_MICROS(TIMESTAMP) INT64 = epoch_us($1)
  UNIX_MICROS(TIMESTAMP '1970-01-01 00:00:01+00') => 1000000
UNIX_MILLIS(TIMESTAMP) INT64 = bq_floor_divide(epoch_us($1), 1000)
  UNIX_MILLIS(TIMESTAMP '1970-01-01 00:00:01+00') => 1000
UNIX_SECONDS(TIMESTAMP) INT64 = bq_floor_divide(epoch_us($1), 1000000)
  UNIX_SECONDS(TIMESTAMP '1969-12-31 23:59:59.5+00') => -1
TIMESTAMP_MICROS(INT64) TIMESTAMP = make_timestamptz($1)
  TIMESTAMP_MICROS(1000000) => "1970-01-01T00:00:01Z"
TIMESTAMP_MILLIS(INT64) TIMESTAMP = make_timestamptz($1 * 1000)
  TIMESTAMP_MILLIS(1500) => "1970-01-01T00:00:01.5Z"
TIMESTAMP_SECONDS(INT64) TIMESTAMP = make_timestamptz($1 * 1000000)
  TIMESTAMP_SECONDS(1) => "1970-01-01T00:00:01Z"
TIME(INT64, INT64, INT64) TIME = make_time($1, $2, CAST($3 AS DOUBLE))
TIME(DATETIME) TIME = CAST($1 AS TIME)
TIME(TIMESTAMP) TIME = CAST(make_timestamp(epoch_us($1)) AS TIME)
TIME(TIMESTAMP, ZONE) TIME = CAST(bq_wall($1, $2) AS TIME)
TIME(TIME) TIME = $1
  TIME(15, 30, 0) => "15:30:00"
  TIME(TIMESTAMP '2026-01-01 02:30:00+00', 'America/Sao_Paulo') => "23:30:00"
PARSE_DATE(STRING, STRING) DATE = CAST(make_timestamp(bq_read_date($1, $2)) AS DATE)
  PARSE_DATE('%H', '10') => error
  PARSE_DATE('%d/%m/%Y', '31/12/2025') => "2025-12-31"
  PARSE_DATE('%Y%m%d', '20260131') => "2026-01-31"
  PARSE_DATE('%A, %B %e, %Y', 'Thursday, December 25, 2008') => "2008-12-25"
  PARSE_DATE('%m/%d/%y', '12/25/08') => "2008-12-25"
  PARSE_DATE('%Y-%m-%d', '2026-02-30') => error
  PARSE_DATE('%Y-%j', '2026-032') => "2026-02-01"
  SAFE.PARSE_DATE('%Y-%m-%d', 'oops') => null
  PARSE_DATE('%Y-%m-%d', '2026-01-01x') => error
PARSE_DATETIME(STRING, STRING) DATETIME = make_timestamp(bq_read_time($1, $2))
  PARSE_DATETIME('%F %T', '2026-01-01 10:00:00') => "2026-01-01T10:00:00"
  PARSE_DATETIME('%m/%d/%Y %I:%M:%S %p', '8/30/2018 2:23:38 pm') => "2018-08-30T14:23:38"
PARSE_TIME(STRING, STRING) TIME = CAST(make_timestamp(bq_read_time($1, $2)) AS TIME)
  PARSE_TIME('%I:%M:%S', '07:30:00') => "07:30:00"
  PARSE_TIME('%I:%M:%S %p', '2:23:38 pm') => "14:23:38"
`);

/** A zone in the text wins over the argument. */
function parseTimestamp([format = '', s = '', zone]: string[], bound: Bound): string {
  const read = `make_timestamp(bq_read_time(${format}, ${s}))`;
  if (zone === undefined) return instant(read);
  if (typeof bound.args[0]?.literal !== 'object')
    throw notServed('PARSE_TIMESTAMP with a zone and a format that is not a literal', bound.at);
  return instant(read, /%(E?z|Z|s)/.test(literalText(bound, 0)) ? undefined : zone);
}

const dayMicros = micros.DAY ?? 0n;
const timeOf = (value: string): string => `CAST(make_timestamp(bq_within_day(${value})) AS TIME)`;

const moved = (name: string, sign: '' | '-', examples: readonly Example[]): Entry =>
  special(
    name,
    [
      [
        'TIME, SPAN',
        'TIME',
        ([t = ''], bound) => {
          const { amount, part } = intervalOf(bound, 1);
          const unit = micros[part];
          if (unit === undefined || unit === dayMicros) throw badPart(part, name, bound.at);
          return timeOf(`epoch_us(${onADay(t)}) + ${unit} * (${sign}(${amount} % ${dayMicros / unit}))`);
        },
      ],
    ],
    examples,
  );

/** Buckets of n days, weeks or months counted from an origin. */
function dateBucket([d = '', , origin = "DATE '1950-01-01'"]: string[], bound: Bound): string {
  const { amount, part } = intervalOf(bound, 1);
  if (part === 'DAY' || part === 'WEEK') {
    const days = part === 'WEEK' ? `(7 * ${amount})` : amount;
    return `(${origin} + CAST(bq_floor_divide(${dateDifference(d, origin, 'DAY', bound.at)}, ${days}) * ${days} AS INTEGER))`;
  }
  if (!/^(MONTH|QUARTER|YEAR)$/.test(part)) throw badPart(part, 'DATE_BUCKET', bound.at);
  if (bound.args[2]) throw notServed('DATE_BUCKET by months with an origin', bound.at);
  const months = { MONTH: 1, QUARTER: 3, YEAR: 12 }[part];
  const size = `(${months} * ${amount})`;
  return addToDate(
    origin,
    `(bq_floor_divide(bq_month_difference(${d}, ${origin}), ${size}) * ${size})`,
    'MONTH',
    bound.at,
  );
}

const timeBucket =
  (kind: 'DATETIME' | 'TIMESTAMP') =>
  ([t = '', , origin = `TIMESTAMP '1950-01-01'`]: string[], bound: Bound): string => {
    const { amount, part } = intervalOf(bound, 1);
    const unit = part === 'WEEK' ? 7n * dayMicros : micros[part];
    if (unit === undefined) throw notServed(`${kind}_BUCKET by ${part}`, bound.at);
    const size = `(${unit} * ${amount})`;
    const from = `epoch_us(${origin})`;
    const made = kind === 'TIMESTAMP' ? 'make_timestamptz' : 'make_timestamp';
    return `${made}(${from} + bq_floor_divide(epoch_us(${t}) - ${from}, ${size}) * ${size})`;
  };

export const times: readonly Entry[] = [
  ...simple,
  special(
    'PARSE_TIMESTAMP',
    [['STRING, STRING, ZONE?', 'TIMESTAMP', parseTimestamp]],
    [
      [
        "PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', '2026-01-01 10:00:00', 'America/Sao_Paulo')",
        '2026-01-01T13:00:00Z',
      ],
      [
        "PARSE_TIMESTAMP('%Y-%m-%dT%H:%M:%E*S%Ez', '2026-01-01T10:00:00.25+02:00')",
        '2026-01-01T08:00:00.25Z',
      ],
      ["PARSE_TIMESTAMP('%s', '1767225600')", '2026-01-01T00:00:00Z'],
      ["PARSE_TIMESTAMP('%c', 'Thu Dec 25 07:30:00 2008')", '2008-12-25T07:30:00Z'],
    ],
  ),
  special(
    'CURRENT_TIME',
    [['ZONE?', 'TIME', ([zone], b) => `CAST(${localTime(b.now, zone)} AS TIME)`]],
    [['CURRENT_TIME() = TIME(CURRENT_TIMESTAMP())', true]],
  ),
  moved('TIME_ADD', '', [["TIME_ADD(TIME '23:30:00', INTERVAL 45 MINUTE)", '00:15:00']]),
  moved('TIME_SUB', '-', [["TIME_SUB(TIME '00:10:00', INTERVAL 1 HOUR)", '23:10:00']]),
  special(
    'TIME_DIFF',
    [
      [
        'TIME, TIME, PART',
        'INT64',
        ([a = '', b = '', p = ''], { at }) => datetimeDifference(onADay(a), onADay(b), p, at),
      ],
    ],
    [["TIME_DIFF(TIME '15:30:00', TIME '14:35:00', MINUTE)", 55]],
  ),
  special(
    'TIME_TRUNC',
    [
      [
        'TIME, PART',
        'TIME',
        ([t = '', p = ''], { at }) => `CAST(${truncateDatetime(onADay(t), p, at)} AS TIME)`,
      ],
    ],
    [["TIME_TRUNC(TIME '15:30:45', HOUR)", '15:00:00']],
  ),
  special(
    'FORMAT_TIME',
    [
      [
        'LITERAL, TIME',
        'STRING',
        ([, t = ''], b) => formatTime('TIME', literalText(b, 0), onADay(t), '', b.at),
      ],
    ],
    [["FORMAT_TIME('%R', TIME '15:30:00')", '15:30']],
  ),
  special(
    'DATE_BUCKET',
    [['DATE, SPAN, DATE?', 'DATE', dateBucket]],
    [
      ["DATE_BUCKET(DATE '1950-01-04', INTERVAL 2 DAY)", '1950-01-03'],
      ["DATE_BUCKET(DATE '1950-01-05', INTERVAL 7 DAY, DATE '2000-12-24')", '1950-01-01'],
      ["DATE_BUCKET(DATE '2026-05-17', INTERVAL 1 MONTH)", '2026-05-01'],
    ],
  ),
  special(
    'TIMESTAMP_BUCKET',
    [['TIMESTAMP, SPAN, TIMESTAMP?', 'TIMESTAMP', timeBucket('TIMESTAMP')]],
    [["TIMESTAMP_BUCKET(TIMESTAMP '1949-12-31 13:00:00+00', INTERVAL 12 HOUR)", '1949-12-31T12:00:00Z']],
  ),
  special(
    'DATETIME_BUCKET',
    [
      ['DATETIME, SPAN, DATETIME?', 'DATETIME', timeBucket('DATETIME')],
      ['DATE, SPAN, DATE?', 'DATE', dateBucket],
    ],
    [["DATETIME_BUCKET(DATETIME '1950-01-02 13:00:00', INTERVAL 12 HOUR)", '1950-01-02T12:00:00']],
  ),
];

export const timeMacros: readonly string[] = [
  `bq_within_day(n) AS ((n % ${dayMicros}) + ${dayMicros}) % ${dayMicros}`,
];
