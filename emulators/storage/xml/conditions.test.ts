import { expect, test } from 'vitest';
import type { ObjectRecord } from '../records.ts';
import { judgeRead } from './conditions.ts';

const etag = '"abc"';
const record = {
  generation: 7,
  metageneration: 2,
  updated: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
} as ObjectRecord;
const [before, same, after] = [4, 5, 6].map((second) =>
  new Date(Date.UTC(2026, 0, 2, 3, 4, second)).toUTCString(),
) as [string, string, string];

test.each([
  ['without conditions', {}, 'holds'],
  ['with the tag it has', { 'if-match': '"x", "abc"' }, 'holds'],
  ['with any tag', { 'if-match': '*' }, 'holds'],
  ['with another tag', { 'if-match': '"x"' }, 'failed'],
  ['by a reader that has it', { 'if-none-match': etag }, 'not modified'],
  ['by a reader that has another', { 'if-none-match': '"x"' }, 'holds'],
  ['since the second in which it changed', { 'if-modified-since': same }, 'not modified'],
  ['since a second before', { 'if-modified-since': before }, 'holds'],
  ['unless it changed since', { 'if-unmodified-since': before }, 'failed'],
  ['unless it changed since then or later', { 'if-unmodified-since': after }, 'holds'],
  ['with a tag, which outweighs a time', { 'if-none-match': '"x"', 'if-modified-since': same }, 'holds'],
  ['at a time that is none', { 'if-modified-since': 'yesterday' }, 'holds'],
  ['of its generation', { 'x-goog-if-generation-match': '7' }, 'holds'],
  ['of another generation', { 'x-goog-if-generation-match': '6', 'if-none-match': etag }, 'failed'],
  ['of another metageneration', { 'x-goog-if-metageneration-match': '1' }, 'failed'],
] as const)('read %s', (_, headers, verdict) => {
  expect(judgeRead(headers, record, etag)).toBe(verdict);
});

test('a condition that is no number is refused', () => {
  expect(() => judgeRead({ 'x-goog-if-generation-match': 'x' }, record, etag)).toThrow(
    'Invalid unsigned integer',
  );
});
