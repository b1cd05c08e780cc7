import { SqlError } from '../sql-error.ts';
import { text } from '../types.ts';

/** A time zone as DuckDB is told it: by name where there is one, since it reads offsets with the sign turned round. */
export function zoneSql(name: string, at?: number): string {
  const invalid = (): never => {
    throw new SqlError(`Invalid time zone: ${name}`, at);
  };
  // The zone database turns the sign round too: Etc/GMT-2 is two hours ahead.
  const [, sign, hours = '', minutes = '00'] = /^(?:UTC)?([+-])(\d{1,2})(?::?([0-5]\d))?$/.exec(name) ?? [];
  if (sign && Number(hours) > 14) invalid();
  if (sign && minutes === '00' && Number(hours) <= 12)
    return text(`Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`);
  // It has none of half hours: those stay offsets, which the macros know.
  if (sign) return text(`${sign}${hours.padStart(2, '0')}:${minutes}`);
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    invalid();
  }
  return /^[A-Z]/.test(name) ? text(name) : invalid();
}

/** The zone of a session where it is not UTC, in which nothing needs to be converted. */
export const sessionZone = (name: string | undefined): string | undefined =>
  name === undefined || /^(Etc\/)?(UTC|GMT)$/i.test(name) ? undefined : zoneSql(name);
