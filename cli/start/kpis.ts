import { names } from '../../contracts/index.ts';
import { ask } from '../bigquery.ts';
import { print, tableOf } from '../terminal.ts';

const { marts } = names.datasets;

/** What the daily job made, for a person. */
export async function printKpis(project: string): Promise<void> {
  const trend = await ask(
    project,
    `SELECT order_date, orders, revenue, gmv, ROUND(revenue_avg_7d, 2) AS revenue_avg_7d
    FROM ${marts}.kpi_sales_trend ORDER BY order_date DESC LIMIT 7`,
  );
  const top = await ask(
    project,
    `SELECT period_start AS month, revenue_rank, product_id, units, revenue
    FROM ${marts}.kpi_top_products
    WHERE period = 'month' ORDER BY period_start DESC, revenue_rank LIMIT 5`,
  );
  print(`\nSales, the last days\n${tableOf(trend)}\n\nTop products of the newest month\n${tableOf(top)}\n`);
}
