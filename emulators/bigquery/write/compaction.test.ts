import { expect, test } from 'vitest';
import { DrivenClock } from '../../frame/index.ts';
import { Compaction } from './compaction.ts';

test('a million rows are compressed once somebody reads their table, after that query', async () => {
  const clock = new DrivenClock();
  let checkpoints = 0;
  const compaction = new Compaction(clock, async () => void checkpoints++);
  compaction.brought('large', 600_000);
  compaction.brought('large', 600_000);
  compaction.brought('small', 10);
  compaction.asked(['small']);
  clock.advance(5_000);
  expect(checkpoints).toBe(0);
  compaction.asked(['small', 'large']);
  compaction.asked(['large']);
  expect(checkpoints).toBe(0);
  clock.advance(1_000);
  await compaction.stop();
  expect(checkpoints).toBe(1);
  compaction.asked(['large']);
  clock.advance(5_000);
  expect(checkpoints).toBe(1);
});

test('where there was no checkpoint, the next query asks again', async () => {
  const clock = new DrivenClock();
  const outcomes = [Promise.reject(new Error('a transaction is open')), Promise.resolve()];
  const compaction = new Compaction(clock, () => outcomes.shift() as Promise<void>);
  compaction.brought('large', 1_000_000);
  for (const left of [1, 0]) {
    compaction.asked(['large']);
    clock.advance(1_000);
    await compaction.stop();
    expect(outcomes).toHaveLength(left);
  }
});
