import { expect, test } from 'vitest';
import { Pinned } from './pinned.ts';

/** As much of a terminal as is asked of it: lines, a cursor, up, and clear below. */
class Screen {
  lines: string[] = [];
  #row = 0;

  write(text: string): void {
    for (const [piece] of text.replaceAll('\u001b[', '§').matchAll(/§\d*[AJ]|\r|\n|[^§\r\n]+/g)) {
      if (/^§\d+A$/.test(piece)) this.#row -= Number(piece.slice(1, -1));
      else if (piece === '§J') this.lines.length = this.#row;
      else if (piece === '\n') this.#row++;
      else if (piece !== '\r') this.lines[this.#row] = piece;
    }
  }
}

test('lines stay at the foot while words go by above them', () => {
  const screen = new Screen();
  const pinned = new Pinned(screen);
  pinned.show(['one', 'two']);
  pinned.say('a worker ended');
  expect(screen.lines).toEqual(['a worker ended', 'one', 'two']);
  pinned.show(['three']);
  pinned.say('another began');
  expect(screen.lines).toEqual(['a worker ended', 'another began', 'three']);
});

test('once released they stay where they were, and what comes next goes below', () => {
  const screen = new Screen();
  const pinned = new Pinned(screen);
  pinned.show(['one']);
  pinned.release();
  pinned.say('done');
  expect(screen.lines).toEqual(['one', 'done']);
});
