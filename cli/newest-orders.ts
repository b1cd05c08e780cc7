import { setTimeout as wait } from 'node:timers/promises';
import { names } from '../contracts/index.ts';
import { TransientError } from '../runtime/index.ts';
import { ask } from './bigquery.ts';

/** What BigQuery answers while orders come in. */
export interface Newest {
  readonly total: number;
  readonly orders: readonly NewestOrder[];
  /** The most frequent reason first. */
  readonly dead: readonly { readonly reason: string; readonly letters: number }[];
  readonly tookMillis: number;
}

export interface NewestOrder {
  readonly order: string;
  readonly placed: string;
  readonly status: string;
  readonly state: string;
  readonly city: string;
  readonly items: number;
  /** What it costs with its freight. */
  readonly total: string;
}

export const nothingYet: Newest = { total: 0, orders: [], dead: [], tookMillis: 0 };

const { raw } = names.datasets;
const question = `
  WITH newest AS (
    SELECT order_id, order_purchase_timestamp, order_status, customer_state, customer_city
    FROM ${raw}.orders ORDER BY order_purchase_timestamp DESC LIMIT 6
  ),
  priced AS (
    SELECT n.order_id, ANY_VALUE(n) AS n, COUNT(i.order_id) AS items, SUM(i.price + i.freight_value) AS total
    FROM newest AS n LEFT JOIN ${raw}.order_items AS i USING (order_id) GROUP BY n.order_id
  )
  SELECT
    (SELECT COUNT(*) FROM ${raw}.orders) AS total,
    ARRAY(
      SELECT AS STRUCT order_id AS \`order\`,
        FORMAT_TIMESTAMP('%F %H:%M', n.order_purchase_timestamp, 'America/Sao_Paulo') AS placed,
        n.order_status AS status, n.customer_state AS state, n.customer_city AS city,
        items, FORMAT('%.2f', IFNULL(total, 0)) AS total
      FROM priced ORDER BY n.order_purchase_timestamp DESC
    ) AS orders,
    ARRAY(
      SELECT AS STRUCT reason, COUNT(*) AS letters
      FROM ${raw}.dead_letters GROUP BY reason ORDER BY letters DESC, reason
    ) AS dead`;

/** A question costs the emulator as much as some hundred messages: it may take a twentieth of the time. */
const shareOfTime = 20;
const askEveryMillis = 1_000;

/** Asks again and again, until the signal. */
export async function watchNewest(
  project: string,
  told: (newest: Newest) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const newest = await askNewest(project).catch(passing);
    if (newest !== undefined) told(newest);
    const pause = Math.max(askEveryMillis, (newest?.tookMillis ?? 0) * shareOfTime);
    await wait(pause, undefined, { signal }).catch(() => {});
  }
}

export async function askNewest(project: string): Promise<Newest> {
  const begun = performance.now();
  const [row] = await ask(project, question);
  return { ...(row as unknown as Omit<Newest, 'tookMillis'>), tookMillis: performance.now() - begun };
}

/** The emulators end while somebody asks: nothing to say of that. Any other error is one. */
function passing(error: unknown): undefined {
  if (!(error instanceof TransientError)) throw error;
}

const untilFirstMillis = 50;

/** Resolves when a query finds an order, unless the signal comes first. */
export async function firstOrder(project: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const found = await ask(project, `SELECT order_id FROM ${raw}.orders LIMIT 1`).catch(passing);
    if (found !== undefined && found.length > 0) return true;
    await wait(untilFirstMillis, undefined, { signal }).catch(() => {});
  }
  return false;
}
