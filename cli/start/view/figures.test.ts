import { expect, test } from 'vitest';
import { figuresBetween, type Seen } from './figures.ts';

function seen(published: number, received: number, acknowledged: number): Seen {
  const lane = {
    ...{ lane: 'bigquery', received, bytes: 0, ok: received, corrected: 0, dropped: 0, committed: 0 },
    ...{
      dead: { invalid_json: 2, too_deep: 1 },
      acknowledged,
      refused: 0,
      retries: 4,
      heldBack: 0,
      heldBackAt: null,
      failing: null,
    },
    ...{ latencyMs: { p50: 10, p99: 20 }, latencyMsOverall: { p50: 10, p99: 20 } },
    ...{ latencyHistogram: { atMost: [], count: 0, sum: 0 }, latencyCounts: [] },
  };
  const worker = { lanes: [lane], unsettled: 5, cpuMicros: 0, rssMb: 0, healthPort: 0 };
  const shop = { published, seconds: 1, perSecond: 1, cpuMicros: 0, done: false };
  return { shop, workers: [worker, undefined], waiting: { bigquery: 9 } };
}

test('what came in two seconds is told for one', () => {
  const figures = figuresBetween(seen(100, 50, 40), seen(500, 250, 140), 2);
  expect(figures).toMatchObject({ published: 500, publishedPerSecond: 200, held: 5 });
  expect(figures.lanes).toEqual([
    {
      ...{ lane: 'bigquery', inPerSecond: 100, outPerSecond: 50, latency: { p50: 10, p99: 20 } },
      ...{ waiting: 9, corrected: 0, dead: 3, retries: 4 },
    },
  ]);
});

test('a worker that was started again counts from zero, which is no rate below it', () => {
  const [lane] = figuresBetween(seen(100, 5_000, 5_000), seen(200, 10, 10), 1).lanes;
  expect(lane).toMatchObject({ inPerSecond: 0, outPerSecond: 0 });
});

test('before anybody said anything there is nothing', () => {
  const nothing: Seen = { shop: undefined, workers: [undefined], waiting: {} };
  expect(figuresBetween(nothing, nothing, 1)).toEqual({
    ...{ published: 0, publishedPerSecond: 0, lanes: [], held: 0 },
  });
});
