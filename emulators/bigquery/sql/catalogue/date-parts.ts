import { notServed, SqlError } from '../sql-error.ts';

const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'];

export const micros: Readonly<Record<string, bigint>> = {
  MICROSECOND: 1n,
  MILLISECOND: 1000n,
  SECOND: 1_000_000n,
  MINUTE: 60_000_000n,
  HOUR: 3_600_000_000n,
  DAY: 86_400_000_000n,
};
const months: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** The day a week begins with, 0 = Sunday; undefined where the part is no week. */
export function weekStart(part: string): number | undefined {
  if (part === 'WEEK') return 0;
  if (part === 'ISOWEEK') return 1;
  const day = /^WEEK\((\w+)\)$/.exec(part)?.[1];
  if (day === undefined) return undefined;
  const start = weekdays.indexOf(day);
  if (start < 0) throw new SqlError(`A valid date part argument for WEEK is required, but found ${day}`);
  return start;
}

export function badPart(part: string, name: string, at: number): SqlError {
  return new SqlError(`${name} does not support the ${part} date part`, at);
}

export function truncateDate(d: string, part: string, at: number): string {
  const week = weekStart(part);
  if (week !== undefined) return `(${d} - CAST((dayofweek(${d}) + ${7 - week}) % 7 AS INTEGER))`;
  if (part === 'DAY') return d;
  if (part in months) return `CAST(date_trunc('${part.toLowerCase()}', ${d}) AS DATE)`;
  if (part === 'ISOYEAR') return `bq_iso_year_start(${d})`;
  throw badPart(part, 'DATE_TRUNC', at);
}

export function truncateDatetime(t: string, part: string, at: number): string {
  if (part === 'DAY' || !(part in micros))
    return `CAST(${truncateDate(`CAST(${t} AS DATE)`, part, at)} AS TIMESTAMP)`;
  return `date_trunc('${part.toLowerCase()}', ${t})`;
}

/** How many boundaries lie between two dates. */
export function dateDifference(a: string, b: string, part: string, at: number): string {
  const week = weekStart(part);
  if (part === 'DAY') return `CAST(${a} - ${b} AS BIGINT)`;
  if (week !== undefined) return `((${truncateDate(a, part, at)} - ${truncateDate(b, part, at)}) // 7)`;
  if (part === 'MONTH') return `bq_month_difference(${a}, ${b})`;
  if (part === 'QUARTER') return `((year(${a}) - year(${b})) * 4 + quarter(${a}) - quarter(${b}))`;
  if (part === 'YEAR') return `(year(${a}) - year(${b}))`;
  if (part === 'ISOYEAR') return `CAST(isoyear(${a}) - isoyear(${b}) AS BIGINT)`;
  throw badPart(part, 'DATE_DIFF', at);
}

export function datetimeDifference(a: string, b: string, part: string, at: number): string {
  const unit = micros[part];
  if (unit === undefined || part === 'DAY')
    return dateDifference(`CAST(${a} AS DATE)`, `CAST(${b} AS DATE)`, part, at);
  const floor = (t: string): string =>
    part === 'MICROSECOND' ? `epoch_us(${t})` : `epoch_us(date_trunc('${part.toLowerCase()}', ${t}))`;
  return `((${floor(a)} - ${floor(b)}) // ${unit})`;
}

export function addToDate(d: string, amount: string, part: string, at: number): string {
  if (part === 'DAY') return `bq_date(${d} + CAST(${amount} AS INTEGER))`;
  if (part === 'WEEK') return `bq_date(${d} + CAST(7 * ${amount} AS INTEGER))`;
  const months_ = months[part];
  if (months_ === undefined) throw badPart(part, 'DATE_ADD', at);
  return `bq_date(CAST(${d} + to_months(CAST(${months_} * ${amount} AS INTEGER)) AS DATE))`;
}

export function addToDatetime(t: string, amount: string, part: string, at: number): string {
  const unit = part === 'WEEK' ? 7n * (micros.DAY ?? 0n) : micros[part];
  if (unit !== undefined) return `make_timestamp(bq_micros(epoch_us(${t}) + ${unit} * ${amount}))`;
  if (months[part] === undefined) throw badPart(part, 'DATETIME_ADD', at);
  return `make_timestamp(bq_micros(epoch_us(${t} + to_months(CAST(${months[part]} * ${amount} AS INTEGER)))))`;
}

/** A timestamp has no calendar: a part larger than a day needs a zone, and the service refuses it too. */
export function addToTimestamp(t: string, amount: string, part: string, at: number): string {
  const unit = micros[part];
  if (unit === undefined) throw badPart(part, 'TIMESTAMP_ADD', at);
  return `make_timestamptz(bq_micros(epoch_us(${t}) + ${unit} * ${amount}))`;
}

const numbers: Readonly<Record<string, string>> = {
  YEAR: 'year',
  QUARTER: 'quarter',
  MONTH: 'month',
  DAY: 'day',
  HOUR: 'hour',
  MINUTE: 'minute',
  SECOND: 'second',
  ISOYEAR: 'isoyear',
  ISOWEEK: 'weekofyear',
  DAYOFYEAR: 'dayofyear',
};

/** EXTRACT from a DATE or DATETIME; a TIMESTAMP is brought to its zone first. */
export function extractPart(t: string, part: string, at: number): string {
  if (part === 'DATE') return `CAST(${t} AS DATE)`;
  if (part === 'TIME') return `CAST(${t} AS TIME)`;
  if (part === 'DATETIME') return t;
  if (part === 'DAYOFWEEK') return `(dayofweek(${t}) + 1)`;
  if (part === 'MILLISECOND') return `(((epoch_us(${t}) % 1000000 + 1000000) % 1000000) // 1000)`;
  if (part === 'MICROSECOND') return `((epoch_us(${t}) % 1000000 + 1000000) % 1000000)`;
  const week = part.startsWith('WEEK') ? weekStart(part) : undefined;
  // Week 0 lasts until the first day that begins a week.
  if (week !== undefined) return `((dayofyear(${t}) + 6 - (dayofweek(${t}) + ${7 - week}) % 7) // 7)`;
  const name = numbers[part];
  if (!name) throw notServed(`EXTRACT(${part} …)`, at);
  return `CAST(${name}(${t}) AS BIGINT)`;
}

/** EXTRACT from a DATE: what it has. */
export function extractDate(d: string, part: string, at: number): string {
  if (/SECOND$|^(MINUTE|HOUR|DATE|TIME|DATETIME)$/.test(part)) throw badPart(part, 'EXTRACT from DATE', at);
  return extractPart(d, part, at);
}

/** EXTRACT from a TIME, which DuckDB puts on a day of its own first. */
export function extractTime(t: string, part: string, at: number): string {
  if (!/^(HOUR|MINUTE|SECOND|MILLISECOND|MICROSECOND)$/.test(part))
    throw badPart(part, 'EXTRACT from TIME', at);
  return extractPart(onADay(t), part, at);
}
export const onADay = (t: string): string => `(DATE '1970-01-01' + ${t})`;
