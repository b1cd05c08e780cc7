import { afterEach, expect, test, vi } from 'vitest';
import { readingProgress, words } from './generate-progress.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const report = { published: 1_000, seconds: 10, perSecond: 100, overruns: 0, share: null };

test.each([
  [null, '1000 messages, 100 a second'],
  [0, '0 %, 1000 messages, 100 a second'],
  [0.25, '25 %, 1000 messages, 100 a second, 0:30 left'],
  [0.001, '0 %, 1000 messages, 100 a second, 2:46:30 left'],
  [1, '100 %, 1000 messages, 100 a second, 0:00 left'],
])('with a share of %s done a person reads %j', (share, line) => {
  expect(words({ ...report, share })).toBe(line);
});

test('reading is told once a second until the first message is on its way, and only on a terminal', () => {
  const shown: string[] = [];
  const terminal = vi
    .spyOn(process.stderr, 'write')
    .mockImplementation((text) => shown.push(String(text)) > 0);
  let now = 0;
  const read = (isTTY: boolean) => {
    const before = process.stderr.isTTY;
    process.stderr.isTTY = isTTY;
    const progress = readingProgress({ now: () => now });
    process.stderr.isTTY = before;
    for (const [at, share] of [
      [500, 0.1],
      [1_000, 0.2],
      [1_400, 0.3],
    ] as const) {
      now += at;
      progress.show(share);
      now -= at;
    }
    progress.done();
    now += 9_000;
    progress.show(0.9);
    now = 0;
  };
  read(true);
  expect(shown).toEqual(['\r\u001b[KReading, 20 %, 0:04 left']);
  terminal.mockClear();
  read(false);
  expect(terminal).not.toHaveBeenCalled();
});
