import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TransientError } from '../runtime/index.ts';
import { Worker, type WorkerLane } from './worker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const clock = {
  now: () => Date.now(),
  sleep: (millis: number, signal?: AbortSignal) =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, millis);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    }),
};

function world({ drainsAfter }: { drainsAfter: number }) {
  const effects: string[] = [];
  const begun = Date.now();
  const note = (effect: string) => void effects.push(`${Date.now() - begun} ${effect}`);
  let gone: (() => void) | undefined;
  const lane: WorkerLane = {
    name: 'bigquery',
    unsettled: 3,
    oldestAt: undefined,
    open: () => note('open'),
    stop: () =>
      new Promise((done) => {
        note('stop');
        const timer = setTimeout(done, drainsAfter);
        gone = () => clearTimeout(timer);
      }),
    hurry: () => note('hurry'),
  };
  const worker = new Worker({
    lanes: [lane],
    figures: () => [],
    turnWindow: () => {},
    close: async () => note('close'),
    clock,
  });
  worker.ended.then(
    () => note('ended'),
    (error) => note(error instanceof TransientError ? `left: ${error.got}` : `crashed: ${error}`),
  );
  return { worker, effects, forget: () => gone?.() };
}

test('a stopped worker drains its lanes, then closes what they share, then ends', async () => {
  const { worker, effects } = world({ drainsAfter: 100 });
  worker.stop();
  await vi.advanceTimersByTimeAsync(100);
  expect(effects).toEqual(['0 open', '0 stop', '100 close', '100 ended']);
  expect(worker.state).toBe('stopped');
});

test('a worker that cannot drain hurries after six seconds and leaves after eight', async () => {
  const { worker, effects, forget } = world({ drainsAfter: 60_000 });
  worker.stop();
  await vi.advanceTimersByTimeAsync(8_000);
  expect(effects).toEqual([
    '0 open',
    '0 stop',
    '6000 hurry',
    '8000 hurry',
    '8000 left: 3 messages still held',
  ]);
  forget();
});

test('a second stop leaves at once', async () => {
  const { worker, effects, forget } = world({ drainsAfter: 60_000 });
  worker.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  worker.stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(effects.slice(2)).toEqual(['1000 hurry', '1000 left: 3 messages still held']);
  await vi.advanceTimersByTimeAsync(7_000);
  forget();
});

test('a crash is told once, and no later stop hides it', async () => {
  const { worker, effects } = world({ drainsAfter: 1 });
  worker.crash(new Error('broken'));
  worker.crash(new Error('again'));
  worker.stop();
  await vi.advanceTimersByTimeAsync(0);
  expect(effects).toEqual(['0 open', '0 crashed: Error: broken']);
});
