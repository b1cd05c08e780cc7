import type { Encoding } from 'hyparquet';
import type { ColumnValues } from './column-values.ts';

const sampleSize = 1000;
/** As the writer's own measure: with more distinct values than this a dictionary is never smaller. */
const mostDistinct = 0.9;
const atOnce = 4096;

/**
 * A column of text as the writer takes it fastest. Left to itself it begins a dictionary for every column and encodes
 * value by value, a quarter of the time that a file takes; ids, of which most columns are, repeat nothing and are
 * ASCII, so they are encoded thousands at a time and cut into views.
 */
export function textColumn(values: ColumnValues): { data: ColumnValues; encoding?: Encoding } {
  if (!isDistinct(values)) return { data: values };
  const data: ColumnValues = new Array(values.length);
  for (let start = 0; start < values.length; start += atOnce) encodeInto(data, values, start);
  return { data, encoding: 'PLAIN' };
}

function isDistinct(values: ColumnValues): boolean {
  const step = Math.max(1, values.length / sampleSize);
  const seen = new Set<unknown>();
  let sampled = 0;
  for (let at = 0; at < values.length; at += step) {
    const value = values[Math.floor(at)];
    if (value === null) continue;
    seen.add(value);
    sampled += 1;
  }
  return seen.size > mostDistinct * sampled;
}

function encodeInto(data: ColumnValues, values: ColumnValues, start: number): void {
  const end = Math.min(start + atOnce, values.length);
  const joined = values.slice(start, end).join('');
  const bytes = Buffer.from(joined);
  // Beyond ASCII a character is more than a byte, and two halves of one might have met where two values were joined.
  const isAscii = bytes.length === joined.length;
  let offset = 0;
  for (let index = start; index < end; index++) {
    const value = values[index] ?? null;
    if (isAscii && typeof value === 'string') {
      data[index] = bytes.subarray(offset, offset + value.length);
      offset += value.length;
    } else data[index] = value;
  }
}
