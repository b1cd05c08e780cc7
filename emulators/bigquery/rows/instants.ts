/** Dates and times as rows bring them; undefined is what the service cannot read either. */
const day = 86_400_000;
const dateForm = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const clockForm = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?$/;
const instantForm =
  /^(\d{4}[-/]\d{1,2}[-/]\d{1,2})(?:[ Tt]+(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{0,9})?)?))?\s*(Z|z|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][\w/+-]*)?$/;

/** The number in these places, NaN where not all of them are digits. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `YYYY-MM-DD` at the head of a text without a pattern and a Date: a file has millions of them. */
function plainDays(text: string): number {
  const [y, m, d] = [digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)];
  const dashes = text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45;
  const leap = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  if (!(dashes && y >= 1 && d >= 1 && d <= (monthDays[m - 1] ?? 0) && (m !== 2 || d < 29 || leap)))
    return Number.NaN;
  // Years begin in March here, so that the leap day is the last of one.
  const year = m > 2 ? y : y - 1;
  const dayOfYear = Math.floor((153 * (m > 2 ? m - 3 : m + 9) + 2) / 5) + d - 1;
  return (
    365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear - 719_468
  );
}

const zonesOfNone = new Set(['', 'Z', ' UTC', '+00', '+00:00']);

/** `YYYY-MM-DD HH:MM:SS`, with up to six digits of a fraction and a zone that shifts nothing; NaN for all else. */
function plainMicros(text: string): number {
  if (text.length < 19 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  if (text.charCodeAt(10) !== 32 && text.charCodeAt(10) !== 84) return Number.NaN;
  const [h, m, s] = [digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2)];
  if (!(h < 24 && m < 60 && s < 60)) return Number.NaN;
  let at = 19;
  let fraction = 0;
  if (text.charCodeAt(at) === 46) {
    let unit = 1_000_000;
    for (at = 20; unit > 1; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (!(digit >= 0 && digit <= 9)) break;
      unit /= 10;
      fraction += digit * unit;
    }
  }
  if (at < text.length && !zonesOfNone.has(text.slice(at))) return Number.NaN;
  return (plainDays(text) * 86_400 + h * 3600 + m * 60 + s) * 1_000_000 + fraction;
}

/** Days since the epoch. */
export function dateDays(value: string): number | undefined {
  if (value.length === 10) {
    const days = plainDays(value);
    if (!Number.isNaN(days)) return days;
  }
  const [, y, m, d] = (dateForm.exec(value.trim()) ?? []).map(Number);
  if (y === undefined || m === undefined || d === undefined || y < 1) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(y, m - 1, d);
  return at.getUTCMonth() === m - 1 && at.getUTCDate() === d ? at.getTime() / day : undefined;
}

/** Microseconds since midnight. */
export function clockMicros(value: string): bigint | undefined {
  const [, h, m, s = '0', fraction = ''] = clockForm.exec(value.trim()) ?? [];
  if (h === undefined || Number(h) > 23 || Number(m) > 59 || Number(s) > 59) return undefined;
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s);
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}

/** A civil date and time, no zone allowed. */
export function datetimeMicros(value: string): bigint | undefined {
  const [, date = '', clock = '0:0', zone] = instantForm.exec(value.trim()) ?? [];
  const days = dateDays(date);
  const micros = clockMicros(clock);
  if (days === undefined || micros === undefined || zone !== undefined) return undefined;
  return BigInt(days) * 86_400_000_000n + micros;
}

/** Without a zone the text is in `zone`, UTC unless a load job says otherwise. */
export function timestampMicros(value: string, zone = 'UTC'): bigint | undefined {
  if (zone === 'UTC') {
    const micros = plainMicros(value);
    if (Number.isSafeInteger(micros)) return BigInt(micros);
  }
  const [, date = '', clock = '0:0', own] = instantForm.exec(value.trim()) ?? [];
  const days = dateDays(date);
  const micros = clockMicros(clock);
  if (days === undefined || micros === undefined) return undefined;
  const civil = BigInt(days) * 86_400_000_000n + micros;
  const offset = offsetMinutes(own ?? zone, Number(civil / 1000n));
  return offset === undefined ? undefined : civil - BigInt(offset) * 60_000_000n;
}

function offsetMinutes(zone: string, civilMillis: number): number | undefined {
  if (/^(Z|UTC|GMT)$/i.test(zone)) return 0;
  const [, sign, hours, minutes = '0'] = /^([+-])(\d{1,2})(?::?(\d{2}))?$/.exec(zone) ?? [];
  if (sign !== undefined) {
    const total = Number(hours) * 60 + Number(minutes);
    return total > 14 * 60 ? undefined : sign === '-' ? -total : total;
  }
  const first = offsetAt(zone, civilMillis);
  // The offset holds at the instant, not at the civil time: asked again where the first answer leads.
  return first === undefined ? undefined : offsetAt(zone, civilMillis - first * 60_000);
}

function offsetAt(zone: string, millis: number): number | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(millis);
    const of = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
    const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    return Math.round((local - Math.floor(millis / 1000) * 1000) / 60_000);
  } catch {
    return undefined;
  }
}
