import { expect, test } from 'vitest';
import { DrivenClock, SteppingClock } from './clock.ts';

test('a clock that is pushed forward runs what is due by then, in the order of its time, and keeps the rest', () => {
  const base = new DrivenClock(0);
  const clock = new SteppingClock(base);
  const ran: string[] = [];
  clock.setTimer(300, () => ran.push('late'));
  clock.setTimer(100, () => {
    ran.push('early');
    cancelled.cancel();
  });
  const cancelled = clock.setTimer(200, () => ran.push('cancelled'));
  clock.advance(250);
  expect(ran).toEqual(['early']);
  expect(clock.now()).toBe(250);
  base.advance(49);
  expect(ran).toEqual(['early']);
  base.advance(1);
  expect(ran).toEqual(['early', 'late']);
  expect(base.timers).toBe(0);
});

test('left alone it passes as the clock it follows', () => {
  const base = new DrivenClock(1_000);
  const clock = new SteppingClock(base);
  let ran = 0;
  clock.setTimer(10, () => {
    ran += 1;
  });
  base.advance(10);
  expect([clock.now(), ran]).toEqual([1_010, 1]);
});
