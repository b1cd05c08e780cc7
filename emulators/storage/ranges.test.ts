import { describe, expect, test } from 'vitest';
import { parseContentRange } from './content-range.ts';
import { parseRange } from './ranges.ts';

describe('Range', () => {
  test.each([
    ['bytes=0-4', { start: 0, end: 5 }],
    ['bytes=3-', { start: 3, end: 10 }],
    ['bytes=-4', { start: 6, end: 10 }],
    ['bytes=-40', { start: 0, end: 10 }],
    ['bytes=8-100', { start: 8, end: 10 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-3', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['lines=1-2', 'whole'],
    [undefined, 'whole'],
  ] as const)('%s of ten bytes', (header, expected) => {
    expect(parseRange(header, 10)).toEqual(expected);
  });
});

describe('Content-Range', () => {
  test.each([
    ['bytes */*', { kind: 'status', total: undefined }],
    ['bytes */10', { kind: 'status', total: 10 }],
    ['bytes 0-4/*', { kind: 'bytes', first: 0, last: 4, total: undefined }],
    ['bytes 5-9/10', { kind: 'bytes', first: 5, last: 9, total: 10 }],
    ['bytes 5-*/10', { kind: 'bytes', first: 5, last: undefined, total: 10 }],
    ['bytes 0-*/*', { kind: 'bytes', first: 0, last: undefined, total: undefined }],
    ['bytes 0--1/0', { kind: 'bytes', first: 0, last: -1, total: 0 }],
    [undefined, { kind: 'bytes', first: 0, last: undefined, total: undefined }],
  ] as const)('%s', (header, expected) => {
    expect(parseContentRange(header)).toEqual(expected);
  });

  test.each(['bytes 5-2/10', 'bytes 0-10/10', 'bytes a-b/c', '0-4/5'])('%s is malformed', (header) => {
    expect(() => parseContentRange(header)).toThrow('Failed to parse Content-Range header');
  });
});
