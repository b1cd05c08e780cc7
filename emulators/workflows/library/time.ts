import { raised } from '../raised.ts';

/** ISO 8601 with the offset of the zone at that time, as `time.format` answers. */
export function formatTime(seconds: number, zone: string): string {
  const millis = Math.floor(seconds * 1000);
  const parts = partsIn(millis, zone);
  const local = Date.UTC(
    parts('year'),
    parts('month') - 1,
    parts('day'),
    parts('hour'),
    parts('minute'),
    parts('second'),
  );
  const wall = new Date(local + (((millis % 1000) + 1000) % 1000)).toISOString().slice(0, -1);
  const offset = Math.round((local - Math.floor(millis / 1000) * 1000) / 60_000);
  if (zone === 'UTC' || zone === 'GMT') return `${wall}Z`;
  const absolute = Math.abs(offset);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

export function parseTime(text: string): number {
  const millis = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(millis)) throw raised('ValueError', `time.parse: expected ISO 8601, got ${text}`);
  return millis / 1000;
}

function partsIn(millis: number, zone: string): (type: Intl.DateTimeFormatPartTypes) => number {
  const numeric = 'numeric' as const;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch {
    throw raised('ValueError', `time.format: unknown time zone ${zone}`);
  }
  const parts = format.formatToParts(millis);
  return (type) => Number(parts.find((part) => part.type === type)?.value);
}
