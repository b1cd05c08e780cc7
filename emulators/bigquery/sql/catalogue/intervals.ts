import { intervalLimits, intervalParts } from '../native/intervals.ts';
import { SqlError } from '../sql-error.ts';
import { duck, type Entry, type Modifiers, raise, raiseWith, special } from './entry.ts';
import { catalogue } from './notation.ts';

/** `INTERVAL n PART` of whole numbers. */
export function intervalSql(amount: string, part: string, at: number): string {
  const [field, unit] = intervalParts[part] ?? [];
  if (!field) throw new SqlError(`Invalid interval datetime field ${part}`, at);
  const n = unit === 1n ? amount : `${unit} * ${amount}`;
  return `bq_interval(${field === 'months' ? n : 0}, ${field === 'days' ? n : 0}, ${field === 'micros' ? n : 0})`;
}

const extracts: Readonly<Record<string, string>> = {
  YEAR: 'bq_interval_months($) // 12',
  MONTH: 'bq_interval_months($) % 12',
  DAY: "datepart('day', $)",
  HOUR: 'bq_interval_micros($) // 3600000000',
  MINUTE: 'bq_interval_micros($) // 60000000 % 60',
  SECOND: 'bq_interval_micros($) // 1000000 % 60',
  MILLISECOND: 'bq_interval_micros($) % 1000000 // 1000',
  MICROSECOND: 'bq_interval_micros($) % 1000000',
};
export function extractInterval(i: string, part: string, at: number): string {
  const how = extracts[part];
  if (!how) throw new SqlError(`Unsupported date part ${part} in EXTRACT FROM INTERVAL`, at);
  return `(${how.replace('$', i)})`;
}

export function sumOfIntervals([x = '']: string[], m: Modifiers): string {
  const each = [`bq_interval_months(${x})`, `datepart('day', ${x})`, `bq_interval_micros(${x})`];
  return `bq_interval(${each.map((field) => `CAST(${duck('sum', [field], m)} AS BIGINT)`).join(', ')})`;
}
export const averageOfIntervals = (args: string[], m: Modifiers): string =>
  `bq_interval_changed('divide', ${sumOfIntervals(args, m)}, ${duck('count', args, m)})`;

/** DuckDB compares a month less a day as more than 29 days. */
export const intervalSize = (i: string): string => `bq_interval_size(${i})`;

export const intervals: readonly Entry[] = [
  ...catalogue(`
JUSTIFY_DAYS(INTERVAL) INTERVAL = bq_interval_changed('days', $1, '')
  JUSTIFY_DAYS(INTERVAL 35 DAY) => "0-1 5 0:0:0"
  JUSTIFY_DAYS(INTERVAL '1-2 -40' YEAR TO DAY) => "1-0 20 0:0:0"
JUSTIFY_HOURS(INTERVAL) INTERVAL = bq_interval_changed('hours', $1, '')
  JUSTIFY_HOURS(INTERVAL 35 HOUR) => "0-0 1 11:0:0"
  JUSTIFY_HOURS(INTERVAL '-1 23' DAY TO HOUR) => "0-0 0 -1:0:0"
JUSTIFY_INTERVAL(INTERVAL) INTERVAL = bq_interval_changed('all', $1, '')
  JUSTIFY_INTERVAL(INTERVAL '29 49:00:00' DAY TO SECOND) => "0-1 1 1:0:0"
  JUSTIFY_INTERVAL(INTERVAL '1-2 -40 25:0:0' YEAR TO SECOND) => "1-0 21 1:0:0"
`),
  special(
    'MAKE_INTERVAL',
    [
      [
        'INT64?, INT64?, INT64?, INT64?, INT64?, INT64?',
        'INTERVAL',
        ([year = '0', month = '0', day = '0', hour = '0', minute = '0', second = '0']) =>
          `bq_interval(${year} * 12 + ${month}, ${day}, (${hour} * 3600 + ${minute} * 60 + ${second}) * 1000000)`,
      ],
    ],
    [
      ['MAKE_INTERVAL(1, 6, 15)', '1-6 15 0:0:0'],
      ['MAKE_INTERVAL(hour => 10, second => 20)', '0-0 0 10:0:20'],
      ['MAKE_INTERVAL(1, minute => 5, day => 2)', '1-0 2 0:5:0'],
      ['MAKE_INTERVAL(20000)', 'error'],
    ],
  ),
];

export const intervalMacros: readonly string[] = [
  `bq_interval_field(name, n, most) AS CASE WHEN n NOT BETWEEN -most AND most THEN ${raiseWith("'Interval field ' || name || ' ''' || n || ''' is out of range -' || most || ' to ' || most", 'BIGINT')} ELSE n END`,
  `bq_interval(m, d, u) AS to_months(CAST(bq_interval_field('months', m, ${intervalLimits.months}) AS INTEGER)) + to_days(CAST(bq_interval_field('days', d, ${intervalLimits.days}) AS INTEGER)) + to_microseconds(bq_interval_field('microseconds', u, ${intervalLimits.micros}))`,
  "bq_interval_months(i) AS (datepart('year', i) * 12 + datepart('month', i))",
  "bq_interval_micros(i) AS (datepart('hour', i) * 3600000000 + datepart('minute', i) * 60000000 + datepart('microsecond', i))",
  "bq_interval_hours(i) AS (datepart('day', i) * 86400000000 + bq_interval_micros(i))",
  'bq_interval_size(i) AS (bq_interval_months(i) * 2592000000000 + bq_interval_hours(i))',
  // Arithmetic in the text of intervals: as macros, what stands in them would be repeated at every step.
  'bq_interval_changed(how, i, other) AS CAST(bq_change_interval(how, CAST(i AS VARCHAR), CAST(other AS VARCHAR)) AS INTERVAL)',
  'bq_interval_text(i) AS bq_interval_words(CAST(i AS VARCHAR))',
  'bq_to_interval(s) AS CAST(bq_interval_for_duck(s) AS INTERVAL)',
  'bq_datetime_moved(t, i) AS make_timestamp(bq_micros(epoch_us(t + i)))',
  `bq_timestamp_moved(t, i) AS CASE WHEN bq_interval_months(i) != 0 THEN ${raise('TIMESTAMP +/- INTERVAL is not supported for intervals with non-zero MONTH or YEAR part.', 'TIMESTAMPTZ')} ELSE make_timestamptz(bq_micros(epoch_us(t) + bq_interval_hours(i))) END`,
  'bq_days_and_time(u) AS bq_interval(0, u // 86400000000, u % 86400000000)',
];
