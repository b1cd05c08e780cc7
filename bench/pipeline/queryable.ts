import { setTimeout as wait } from 'node:timers/promises';
import { ask } from '../../cli/bigquery.ts';
import { names } from '../../contracts/index.ts';
import { Latencies } from '../../streaming/index.ts';

/** Of the events one in 256: whoever asks for all of them measures his own questions. */
const sample = `SELECT event_id, UNIX_MICROS(published_at) AS published
  FROM ${names.datasets.raw}.order_events
  WHERE occurred_at >= '2000-01-01' AND ENDS_WITH(content_hash, '00')`;
const pauseMillis = 50;

/**
 * From publish until a query sees it: asks again and again for what is there, and notes of each event in the sample
 * when it stood in an answer for the first time. Half the pause and the query itself are part of the figure.
 */
export async function watchQueryable(project: string, signal: AbortSignal): Promise<Latencies> {
  const latencies = new Latencies();
  const seen = new Set<unknown>();
  while (!signal.aborted) {
    const rows = await ask(project, sample);
    const now = Date.now();
    for (const { event_id: id, published } of rows) {
      if (seen.has(id)) continue;
      seen.add(id);
      latencies.record(now - Number(published) / 1_000);
    }
    await wait(pauseMillis);
  }
  return latencies;
}
