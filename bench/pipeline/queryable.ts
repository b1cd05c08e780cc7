import { setTimeout as wait } from 'node:timers/promises';
import { ask } from '../../cli/bigquery.ts';
import { names } from '../../contracts/index.ts';
import { Latencies } from '../../streaming/index.ts';

const overlapMillis = 5_000;

/** Of the events one in 256: whoever asks for all of them, or for all days again, measures his own questions. */
const sampleSince = (millis: number) => `SELECT event_id, UNIX_MICROS(published_at) AS published
  FROM ${names.datasets.raw}.order_events
  WHERE occurred_at >= '2000-01-01' AND published_at >= TIMESTAMP_MILLIS(${Math.floor(millis)})
    AND ENDS_WITH(content_hash, '00')`;
const pauseMillis = 50;

export interface QueryableWatch {
  /** From now on what is published counts. */
  count(): void;
  readonly latencies: Promise<Latencies>;
}

/**
 * From publish until a query sees it: asks again and again for what is there, and notes of each event in the sample
 * when it stood in an answer for the first time. Half the pause and the query itself are part of the figure.
 */
export function watchQueryable(project: string, signal: AbortSignal): QueryableWatch {
  let countsFrom = Number.POSITIVE_INFINITY;
  const latencies = new Latencies();
  const seen = new Set<unknown>();
  let newest = 0;
  const look = async (since: number) => {
    const rows = await ask(project, sampleSince(since));
    const now = Date.now();
    for (const { event_id: id, published } of rows) {
      if (seen.has(id)) continue;
      seen.add(id);
      const publishedAt = Number(published) / 1_000;
      newest = Math.max(newest, publishedAt);
      if (publishedAt >= countsFrom) latencies.record(now - publishedAt);
    }
  };
  const watch = async () => {
    while (!signal.aborted) {
      await look(Math.max(0, newest - overlapMillis));
      await wait(pauseMillis);
    }
    // One that came later than the overlap counts too, with at least what it took.
    await look(0);
    return latencies;
  };
  return {
    count() {
      countsFrom = Date.now();
    },
    latencies: watch(),
  };
}
