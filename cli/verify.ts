import { join } from 'node:path';
import { openLakeTables } from './lake-tables.ts';
import type { Configuration } from './settings.ts';
import {
  type Comparison,
  compareDead,
  compareIds,
  compareKeyed,
  compareOrders,
  holds,
  linesOf,
} from './verify/compare.ts';
import {
  clicksFromBigQuery,
  deadFromBigQuery,
  factsFromBigQuery,
  historyFromBigQuery,
  keyedFromBigQuery,
} from './verify/from-bigquery.ts';
import { factsFromLake } from './verify/from-lake.ts';
import { expectedFromLedger } from './verify/from-ledger.ts';
import { linesOfRepairs } from './verify/from-letters.ts';

export interface Verdict {
  readonly holds: boolean;
  readonly comparisons: readonly Comparison[];
  readonly lines: readonly string[];
}

type Place = Pick<Configuration, 'project' | 'lakeBucket' | 'sinks' | 'dataDirectory'>;

/**
 * ids(BigQuery) = ids(Iceberg) = ids(generated) − ids(ledger: dead), ids(dead letter) = ids(ledger: dead), no id
 * twice; and for each order the event that won, its rows and its money; for each person, product and seller the
 * event that won; for each click its content. A dead letter that was repaired and taken counts as its event.
 */
export async function verifyLedger(place: Place, ledger?: string): Promise<Verdict> {
  const repaired = await linesOfRepairs(place.project);
  const path = ledger ?? join(place.dataDirectory, 'ledger.jsonl');
  const expected = await expectedFromLedger(path, repaired);
  const comparisons: Comparison[] = [];
  if (place.sinks.includes('bigquery')) {
    comparisons.push(
      compareOrders('BigQuery orders', expected, await factsFromBigQuery(place.project)),
      compareIds('BigQuery history', expected.history, await historyFromBigQuery(place.project)),
    );
    for (const table of ['customers', 'products', 'sellers'] as const) {
      const found = await keyedFromBigQuery(place.project, table);
      comparisons.push(compareKeyed(`BigQuery ${table}`, 'event', expected.others[table], found));
    }
    const clicks = await clicksFromBigQuery(place.project);
    comparisons.push(compareKeyed('BigQuery clickstream', 'content', expected.clicks, clicks));
  }
  if (place.sinks.includes('iceberg')) {
    comparisons.push(
      compareOrders('Iceberg orders', expected, await factsFromLake(await openLakeTables(place))),
    );
  }
  comparisons.push(compareDead('dead letters', expected.dead, await deadFromBigQuery(place.project)));
  const all = comparisons.every(holds);
  const besides = repaired.length === 0 ? '' : ` and ${repaired.length} from repaired dead letters`;
  const head = `${expected.messages} messages in the ledger${besides}: ${all ? 'everything is where it must be' : 'NOT as it must be'}`;
  return { holds: all, comparisons, lines: [head, ...comparisons.flatMap(linesOf)] };
}
