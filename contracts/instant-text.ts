import { daysFromCivil, secondsToUtc } from './sao-paulo-time.ts';
import type { Instant } from './values.ts';

/** 1970-01-01 up to the last microsecond that a double counts exactly, in the year 2255. */
export const latestInstant = Number.MAX_SAFE_INTEGER;

const Z = 90;
const lowerZ = 122;
const plus = 43;
const minus = 45;
const colon = 58;
const point = 46;

export interface ReadInstant {
  readonly instant: Instant;
  readonly zoneAssumed: boolean;
  readonly precisionCut: boolean;
}

/** The form nearly every message has: RFC 3339 in UTC, at most microseconds. NaN: ask `readInstant`. */
export function utcInstant(text: string): number {
  const end = text.length - 1;
  if (end < 19 || end > 26 || text.charCodeAt(end) !== Z) return Number.NaN;
  const micros = wallSeconds(text) * 1e6 + fraction(text, end);
  return micros >= 0 && micros <= latestInstant ? micros : Number.NaN;
}

/** Any RFC 3339 time, or one without a zone, which is a wall-clock time in São Paulo. */
export function readInstant(text: string): ReadInstant | undefined {
  const zone = zoneStart(text);
  const seconds = wallSeconds(text);
  const micros = fraction(text, zone);
  const offset = zone === text.length ? secondsToUtc(seconds) : zoneSeconds(text, zone);
  const instant = (seconds + offset) * 1e6 + micros;
  if (Number.isNaN(instant)) return undefined;
  return {
    instant: instant as Instant,
    zoneAssumed: zone === text.length,
    precisionCut: zone > 26,
  };
}

/** RFC 3339 in UTC, always with microseconds. */
export function instantText(instant: Instant): string {
  const micros = instant % 1e6;
  const seconds = (instant - micros) / 1e6;
  const second = seconds % 86_400;
  const time = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60].map(padded);
  const date = civilFromDays((seconds - second) / 86_400);
  return `${date}T${time.join(':')}.${String(micros).padStart(6, '0')}Z`;
}

/** The date so many days after 1970-01-01; the inverse of `daysFromCivil`, by eras of 400 years. */
function civilFromDays(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const leaps = Math.floor(ofEra / 1_460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${padded(month)}-${padded(day)}`;
}

function padded(value: number): string {
  return String(value).padStart(2, '0');
}

/** Date and time up to the whole second, read as if it were UTC; NaN when the text is none. */
function wallSeconds(text: string): number {
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  const separator = text.charCodeAt(10) | 32;
  const punctuated =
    text.charCodeAt(4) === minus &&
    text.charCodeAt(7) === minus &&
    (separator === 116 || separator === 32) &&
    text.charCodeAt(13) === colon &&
    text.charCodeAt(16) === colon;
  if (!punctuated || !(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)))
    return Number.NaN;
  if (!(hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59))
    return Number.NaN;
  return ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}

/** Microseconds between the whole second and `end`; what is finer is cut. */
function fraction(text: string, end: number): number {
  if (end === 19) return 0;
  if (end < 21 || text.charCodeAt(19) !== point) return Number.NaN;
  let micros = 0;
  let unit = 100_000;
  for (let i = 20; i < end; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    micros += digit * unit;
    unit = unit === 1 ? 0 : unit / 10;
  }
  return micros;
}

/** Where the zone begins; the length of the text when it has none. */
function zoneStart(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  if (last === Z || last === lowerZ) return text.length - 1;
  const sign = text.charCodeAt(text.length - 6);
  return text.length > 24 && (sign === plus || sign === minus) ? text.length - 6 : text.length;
}

function zoneSeconds(text: string, at: number): number {
  if (at === text.length - 1) return 0;
  const hours = two(text, at + 1);
  const minutes = two(text, at + 4);
  const valid =
    hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59 && text.charCodeAt(at + 3) === colon;
  if (!valid) return Number.NaN;
  const seconds = hours * 3600 + minutes * 60;
  return text.charCodeAt(at) === plus ? -seconds : seconds;
}

/** Two decimal digits; far below zero when one of them is none, so that every range check fails. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100_000;
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
