/** Dates and times as rows bring them; undefined is what the service cannot read either. */
const day = 86_400_000;
const dateForm = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const clockForm = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?$/;
const instantForm =
  /^(\d{4}[-/]\d{1,2}[-/]\d{1,2})(?:[ Tt]+(\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{0,9})?)?))?\s*(Z|z|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][\w/+-]*)?$/;

/** Days since the epoch. */
export function dateDays(value: string): number | undefined {
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
