import { names } from '../../contracts/index.ts';
import { ask } from '../bigquery.ts';
import { print, tableOf } from '../terminal.ts';

const { marts } = names.datasets;

/** What the daily job made, for a person. */
export async function printKpis(project: string): Promise<void> {
  const trend = await ask(project, `SELECT * FROM ${marts}.kpi_sales_trend ORDER BY order_date DESC LIMIT 7`);
  const top = await ask(
    project,
    `SELECT * FROM ${marts}.kpi_top_products WHERE period = 'month' ORDER BY period_start DESC, rank LIMIT 5`,
  );
  print(`\nSales, the last days\n${tableOf(trend)}\n\nTop products of the last month\n${tableOf(top)}\n`);
}
