import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantText, readInstant, utcInstant } from './instant-text.ts';
import { secondsToUtc } from './sao-paulo-time.ts';
import type { Instant } from './values.ts';

describe('a time with a zone', () => {
  it('is read as JavaScript reads it, to the microsecond', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2255-01-01'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 999 }),
        (date, micros) => {
          const text = date.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
          expect(utcInstant(text)).toBe(date.getTime() * 1000 + micros);
          expect(instantText((date.getTime() * 1000 + micros) as Instant)).toBe(text);
          expect(readInstant(text)).toEqual({
            instant: date.getTime() * 1000 + micros,
            zoneAssumed: false,
            precisionCut: false,
          });
        },
      ),
    );
  });

  it('may be given in any zone', () => {
    const utc = readInstant('2024-05-04T13:30:00Z');
    expect(readInstant('2024-05-04T10:30:00-03:00')).toEqual(utc);
    expect(readInstant('2024-05-05 03:15:00.0+13:45')).toEqual(utc);
    expect(readInstant('2024-05-04t13:30:00z')).toEqual(utc);
  });

  it.each([
    '',
    'Z',
    '2024-05-04',
    '2024-13-01T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-05-04T24:00:00Z',
    '2024-05-04T13:30Z',
    '2024-05-04T13:30:00.Z',
    '2024-05-04T13:30:00+3',
    '2024-05-04T13:30:00+24:00',
    '20240504T133000Z',
    '2024-05-04T13:30:0xZ',
    '+024-05-04T13:30:00Z',
  ])('is refused when it is none: %j', (text) => {
    expect(utcInstant(text)).toBeNaN();
    expect(readInstant(text)).toBeUndefined();
  });
});

describe('a wall-clock time in São Paulo', () => {
  const offset = new Intl.DateTimeFormat('en-US', {
    timeZone: 'America/Sao_Paulo',
    timeZoneName: 'longOffset',
  });

  const hoursAt = (utc: number) => Number(offset.format(utc).slice(-6, -3));

  /** Every hour of the days before, at and after a change; of the others one hour, for Intl takes its time. */
  function* hoursOf(from: number, to: number): Generator<number> {
    const day = 86_400_000;
    for (let utc = from; utc < to; utc += day) {
      if (hoursAt(utc - day) === hoursAt(utc + 2 * day)) yield utc;
      else for (let hour = 0; hour < 24; hour++) yield utc + hour * 3_600_000;
    }
  }

  it('has the offset that the tz database gives, every day from 1985-10 to 2026, every hour near a change', () => {
    const wrong: string[] = [];
    let seen = 0;
    for (const utc of hoursOf(Date.UTC(1985, 9, 1), Date.UTC(2027, 0, 1))) {
      seen++;
      const hours = hoursAt(utc);
      const wall = utc / 1000 + hours * 3600;
      const read = wall + secondsToUtc(wall);
      // The last hour of summer occurs twice: the second one is read as the first.
      const repeated = read === utc / 1000 - 3600 && hoursAt(utc - 3_600_000) !== hours;
      if (read !== utc / 1000 && !repeated) wrong.push(new Date(utc).toISOString());
    }
    expect(wrong).toEqual([]);
    // 68 changes, three days of hours around each.
    expect(seen).toBeGreaterThan(15_000 + 68 * 3 * 23);
  });

  it('is read as the first one when it occurs twice, and with the old offset when it never was', () => {
    expect(readInstant('2018-02-17 23:30:00')?.instant).toBe(Date.parse('2018-02-18T01:30:00Z') * 1000);
    expect(readInstant('2018-11-04 00:30:00')?.instant).toBe(Date.parse('2018-11-04T03:30:00Z') * 1000);
  });
});
