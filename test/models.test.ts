import { BigQuery } from '@google-cloud/bigquery';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bigquerySchema, names, tables } from '../contracts/index.ts';
import { compileWorkflow, daily } from '../dags/index.ts';
import { type BigQueryEmulator, startBigQuery } from '../emulators/bigquery/index.ts';
import { type Clock, type Emulator, systemClock } from '../emulators/frame/index.ts';
import { startWorkflows } from '../emulators/workflows/index.ts';
import { compileProject, createProcedure, procedures } from '../sql/index.ts';

/** 23:00 on 9 March in São Paulo, when Scheduler starts the run: yesterday is the 8th. Back-off is not waited for. */
const tonight: Clock = {
  now: () => Date.UTC(2026, 2, 10, 2),
  setTimer: (milliseconds, callback) => systemClock.setTimer(milliseconds / 40, callback),
};
const project = 'a-project';
const location = 'southamerica-east1';
const compiling = compileProject({ project, location });

let bigquery: BigQueryEmulator;
let workflows: Emulator;
let client: BigQuery;

async function open(): Promise<void> {
  bigquery = await startBigQuery();
  const bigqueryHost = bigquery.environment.BIGQUERY_EMULATOR_HOST;
  workflows = await startWorkflows({ bigqueryHost, clock: tonight });
  client = new BigQuery({ projectId: project, location, apiEndpoint: new URL(bigqueryHost).origin });
  for (const dataset of Object.values(names.datasets)) await client.createDataset(dataset, { location });
  for (const table of Object.values(tables)) {
    const history = table.kind === 'append';
    await client.dataset(names.datasets.raw).createTable(table.name, {
      schema: { fields: bigquerySchema(table) },
      // As deployed: a model that reads the whole history by oversight is refused here too.
      ...(history
        ? { timePartitioning: { type: 'DAY', field: table.partitionBy }, requirePartitionFilter: true }
        : {}),
    });
  }
  const compiled = await compiling;
  for (const procedure of procedures(compiled)) await ask(createProcedure(project, procedure));
  const sourceContents = JSON.stringify(compileWorkflow(daily(compiled), { project, location }));
  await workflowsApi('POST', 'workflows?workflowId=daily', { sourceContents });
  await seed();
}

async function close(): Promise<void> {
  await workflows.stop();
  await bigquery.stop();
}

/** Four days of sales, worked out by hand below; o1 is bought at 23:30 in São Paulo, when it is tomorrow in UTC. */
async function seed(): Promise<void> {
  const origin = `'e', 1, TIMESTAMP '2026-03-01 12:00:00+00', '0'`;
  const order = (id: string, status: string, at: string, person: string, city: string): string =>
    `('${id}', 'c-${id}', '${status}', TIMESTAMP '${at}+00', '${person}', '01000', '${city}', 'SP', ${origin})`;
  await ask(`INSERT INTO raw.orders (order_id, customer_id, order_status, order_purchase_timestamp, customer_unique_id,
    customer_zip_code_prefix, customer_city, customer_state, event_id, version, occurred_at, content_hash) VALUES
    ${order('o1', 'delivered', '2026-03-01 02:30:00', 'ana', 'Santos')},
    ${order('o2', 'canceled', '2026-03-01 15:00:00', 'bia', 'Santos')},
    ${order('o3', 'shipped', '2026-03-03 12:00:00', 'ana', 'Campinas')},
    ${order('o4', 'unavailable', '2026-03-03 13:00:00', 'eva', 'Santos')},
    ${order('o5', 'delivered', '2026-03-08 12:00:00', 'ivo', 'Santos')}`);
  const item = (id: string, line: number, product: string, price: string, freight: string): string =>
    `('${id}', ${line}, '${product}', 's1', TIMESTAMP '2026-03-09 12:00:00+00', NUMERIC '${price}', NUMERIC '${freight}', ${origin})`;
  await ask(`INSERT INTO raw.order_items (order_id, order_item_id, product_id, seller_id, shipping_limit_date, price,
    freight_value, event_id, version, occurred_at, content_hash) VALUES
    ${item('o1', 1, 'pA', '100.00', '10.00')},
    ${item('o1', 2, 'pB', '50.00', '5.50')},
    ${item('o2', 1, 'pA', '80.00', '8.00')},
    ${item('o3', 1, 'pB', '50.00', '5.00')},
    ${item('o3', 2, 'pC', '50.00', '0.00')},
    ${item('o5', 1, 'pA', '70.00', '7.00')},
    ${item('o5', 2, 'pD', '25.00', '1.00')},
    ${item('o5', 3, 'pD', '25.00', '1.00')}`);
  const payment = (id: string, value: string): string =>
    `('${id}', 1, 'credit_card', 1, NUMERIC '${value}', ${origin})`;
  // o3 is paid 5.00 short.
  await ask(`INSERT INTO raw.order_payments (order_id, payment_sequential, payment_type, payment_installments,
    payment_value, event_id, version, occurred_at, content_hash) VALUES
    ${payment('o1', '165.50')}, ${payment('o2', '88.00')}, ${payment('o3', '100.00')}, ${payment('o5', '129.00')}`);
  for (const id of ['o1', 'o2', 'o3', 'o4', 'o5']) await receive(id, `TIMESTAMP '2026-03-08 12:00:00+00'`);
}

/** An event about the order arrives. */
async function receive(order: string, at: string): Promise<void> {
  await ask(`INSERT INTO raw.order_events (event_id, event_type, schema_version, order_id, version, occurred_at,
    content_hash, payload, attributes, message_id, published_at, received_at)
    SELECT 'e', 'order.placed', 1, '${order}', 1, ${at}, '0', '', JSON '{}', 'm', ${at}, ${at}`);
}

const allDays = ['2026-02-28', '2026-03-01', '2026-03-02', '2026-03-03', '2026-03-08'];
const marts = ['fact_sales', 'dim_customers', 'kpi_sales_trend', 'kpi_top_products'];

describe('the daily run', () => {
  let outcome: Outcome;
  beforeAll(async () => {
    await open();
    outcome = await run({ days: allDays });
  });
  afterAll(close);

  test('builds the days that have data and skips the others', () => {
    expect(outcome).toEqual({
      state: 'SUCCEEDED',
      result: {
        status: 'done',
        days: ['2026-02-28', '2026-03-01', '2026-03-03', '2026-03-08'],
        skipped: ['2026-03-02'],
      },
    });
  });

  test('makes fact_sales: each line on the date of purchase in São Paulo, in every status', async () => {
    expect(
      await rows(`SELECT order_date, order_id, order_item_id, product_id, order_status, price, freight_value
        FROM marts.fact_sales ORDER BY order_id, order_item_id`),
    ).toEqual([
      '2026-02-28 o1 1 pA delivered 100 10',
      '2026-02-28 o1 2 pB delivered 50 5.5',
      '2026-03-01 o2 1 pA canceled 80 8',
      '2026-03-03 o3 1 pB shipped 50 5',
      '2026-03-03 o3 2 pC shipped 50 0',
      '2026-03-08 o5 1 pA delivered 70 7',
      '2026-03-08 o5 2 pD delivered 25 1',
      '2026-03-08 o5 3 pD delivered 25 1',
    ]);
  });

  test('makes dim_customers: one row per person, at home where the latest order went', async () => {
    expect(
      await rows(`SELECT customer_unique_id, customer_city, customer_state, first_purchase_date, last_purchase_date,
        orders FROM marts.dim_customers ORDER BY customer_unique_id`),
    ).toEqual([
      'ana campinas SP 2026-02-28 2026-03-03 2',
      'bia santos SP 2026-03-01 2026-03-01 1',
      'eva santos SP 2026-03-03 2026-03-03 1',
      'ivo santos SP 2026-03-08 2026-03-08 1',
    ]);
  });

  test('makes the sales trend: days without sales count as zero, averages go back 7 and 28 days', async () => {
    expect(
      await rows(`SELECT order_date, orders, revenue, gmv, revenue_excluding_canceled, gmv_excluding_canceled,
        revenue_avg_7d, revenue_avg_28d, revenue_excluding_canceled_avg_7d
        FROM marts.kpi_sales_trend ORDER BY order_date`),
    ).toEqual([
      '2026-02-28 1 150 165.5 150 165.5 150 150 150',
      // (150 + 80) / 2; without the canceled order 150 / 2
      '2026-03-01 1 80 88 0 0 115 115 75',
      // 230 / 3; 150 / 3
      '2026-03-02 0 0 0 0 0 76.67 76.67 50',
      // 330 / 4; 250 / 4
      '2026-03-03 1 100 105 100 105 82.5 82.5 62.5',
      '2026-03-04 0 0 0 0 0 66 66 50',
      '2026-03-05 0 0 0 0 0 55 55 41.67',
      '2026-03-06 0 0 0 0 0 47.14 47.14 35.71',
      // the first day has left the window of 7: 180 / 7, 330 / 8, 100 / 7
      '2026-03-07 0 0 0 0 0 25.71 41.25 14.29',
      // 220 / 7, 450 / 9, 220 / 7
      '2026-03-08 1 120 129 120 129 31.43 50 31.43',
    ]);
  });

  test('ranks products by revenue, then units, then product_id', async () => {
    expect(
      await rows(`SELECT period, period_start, revenue_rank, product_id, units, revenue, gmv,
        revenue_excluding_canceled FROM marts.kpi_top_products
        WHERE period != 'day' OR period_start = DATE '2026-03-03'
        ORDER BY period, period_start, revenue_rank`),
    ).toEqual([
      'day 2026-03-03 1 pB 1 50 55 50',
      'day 2026-03-03 2 pC 1 50 50 50',
      'month 2026-02-01 1 pA 1 100 110 100',
      'month 2026-02-01 2 pB 1 50 55.5 50',
      'month 2026-03-01 1 pA 2 150 165 70',
      // three products of 50: two units come first
      'month 2026-03-01 2 pD 2 50 52 50',
      'month 2026-03-01 3 pB 1 50 55 50',
      'month 2026-03-01 4 pC 1 50 50 50',
      'year 2026-01-01 1 pA 3 250 275 170',
      'year 2026-01-01 2 pB 2 100 110.5 100',
      'year 2026-01-01 3 pD 2 50 52 50',
      'year 2026-01-01 4 pC 1 50 50 50',
    ]);
  });

  test('warns of the order that was not paid in full, and publishes all the same', async () => {
    expect(await rows('SELECT model, built_day, assertion, failing_rows FROM ops.warnings')).toEqual([
      'fact_sales 2026-03-03 fact_sales_are_paid 1',
    ]);
  });

  test('twice changes nothing', async () => {
    const before = await published();
    expect(await run({ days: allDays })).toMatchObject({ result: { status: 'done' } });
    expect(await published()).toEqual(before);
  });
});

// What fails leaves no trace, and what is skipped none: these share their emulators.
describe('a failing assertion', () => {
  afterAll(close);
  beforeAll(async () => {
    await open();
    await run({ days: allDays });
    await ask(
      `UPDATE raw.order_items SET price = NUMERIC '-1.00' WHERE order_id = 'o3' AND order_item_id = 1`,
    );
  });

  test('fails the run with its name and what was expected; what is published stays as it was', async () => {
    const before = await published();
    const { state, error } = await run({ days: ['2026-03-03'] });
    expect(state).toBe('FAILED');
    expect(error).toContain('assertion stg_order_items_row_1 failed, stg_order_items is not published');
    expect(error).toContain('expected price >= 0 in every row');
    expect(await published()).toEqual(before);
  });

  test('of fact_sales rolls back the day that was written', async () => {
    const before = await published();
    await expect(ask(`CALL ops.build_fact_sales(DATE '2026-03-03')`)).rejects.toThrow(
      /assertion fact_sales_row_2 failed, fact_sales is not published/,
    );
    expect(await published()).toEqual(before);
    // Another day is not held up by it.
    await ask(`CALL ops.build_fact_sales(DATE '2026-03-08')`);
  });
});

describe('a run without days', () => {
  beforeEach(open);
  afterEach(close);

  test('builds every day up to yesterday that was never built, then nothing more', async () => {
    expect(await run({})).toMatchObject({
      result: { days: ['2026-02-28', '2026-03-01', '2026-03-03', '2026-03-08'] },
    });
    expect(await run({ run: 'again' })).toMatchObject({ result: { status: 'skipped' } });
  });

  test('leaves out the days that are not over', async () => {
    await ask(
      `UPDATE raw.orders SET order_purchase_timestamp = TIMESTAMP '2026-03-09 20:00:00+00' WHERE order_id = 'o5'`,
    );
    expect(await run({})).toMatchObject({ result: { days: ['2026-02-28', '2026-03-01', '2026-03-03'] } });
  });

  test('builds the days again that a late change has touched, and only these', async () => {
    await run({});
    await ask(`UPDATE raw.orders SET order_status = 'canceled', version = 2 WHERE order_id = 'o1'`);
    await receive('o1', 'CURRENT_TIMESTAMP()');
    expect(await run({ run: 'late' })).toMatchObject({ result: { days: ['2026-02-28'] } });
    expect(
      await rows(`SELECT order_date, revenue, revenue_excluding_canceled FROM marts.kpi_sales_trend
        WHERE order_date = DATE '2026-02-28'`),
    ).toEqual(['2026-02-28 150 0']);
  });

  test('takes an order whose date was corrected out of its old day', async () => {
    await run({});
    await ask(
      `UPDATE raw.orders SET order_purchase_timestamp = TIMESTAMP '2026-03-02 15:00:00+00' WHERE order_id = 'o2'`,
    );
    await receive('o2', 'CURRENT_TIMESTAMP()');
    expect(await run({ run: 'late' })).toMatchObject({ result: { days: ['2026-03-02'] } });
    expect(await rows(`SELECT order_date FROM marts.fact_sales WHERE order_id = 'o2'`)).toEqual([
      '2026-03-02',
    ]);
  });

  test('started twice by Scheduler does its work once', async () => {
    const [one, two] = await Promise.all([run({}), run({})]);
    expect(one).toMatchObject({ state: 'SUCCEEDED', result: { status: 'done' } });
    expect(two.state).toBe('SUCCEEDED');
    expect(
      await rows('SELECT model, built_day FROM ops.builds GROUP BY model, built_day HAVING COUNT(*) > 1'),
    ).toEqual([]);
  });

  test('taken up again after a failure does only what is left', async () => {
    await ask(`UPDATE raw.order_payments SET payment_value = NUMERIC '-1.00' WHERE order_id = 'o1'`);
    expect(await run({})).toMatchObject({ state: 'FAILED' });
    expect(await rows('SELECT model FROM ops.builds ORDER BY model')).toEqual([
      'stg_order_items',
      'stg_orders',
    ]);
    await ask(`UPDATE raw.order_payments SET payment_value = NUMERIC '165.50' WHERE order_id = 'o1'`);
    expect(await run({})).toMatchObject({ state: 'SUCCEEDED', result: { status: 'done' } });
    expect(await rows('SELECT model FROM ops.builds GROUP BY model HAVING COUNT(*) > 1')).toEqual([
      'fact_sales',
    ]);
  });
});

describe('a run with days', () => {
  beforeAll(open);
  afterAll(close);

  test('without data for any day is skipped, not failed, and builds nothing', async () => {
    expect(await run({ days: ['2026-03-02'] })).toEqual({
      state: 'SUCCEEDED',
      result: { status: 'skipped', days: [], skipped: ['2026-03-02'] },
    });
    expect(await rows('SELECT COUNT(*) FROM ops.builds')).toEqual(['0']);
  });

  test('whose answers are lost finds its jobs and runs none of them twice', async () => {
    bigquery.faults.next('bigquery.jobs.insert', 3, { kind: 'fail', code: 'UNAVAILABLE', landed: true });
    expect(await run({ days: ['2026-03-08'] })).toMatchObject({ state: 'SUCCEEDED' });
    expect(bigquery.faults.planned).toEqual([]);
    expect(await rows('SELECT model FROM ops.builds GROUP BY model HAVING COUNT(*) > 1')).toEqual([]);
  });
});

interface Outcome {
  readonly state: string;
  readonly result?: { readonly status: string; readonly days: string[]; readonly skipped: string[] };
  readonly error?: string;
}

async function run(argument: object): Promise<Outcome> {
  const body = { argument: JSON.stringify(argument) };
  let execution = await workflowsApi('POST', 'workflows/daily/executions', body);
  const { name } = execution;
  while (execution.state === 'ACTIVE') {
    await new Promise((resolve) => setTimeout(resolve, 25));
    execution = await workflowsApi('GET', String(name).slice(String(name).indexOf('workflows/')));
  }
  return {
    state: String(execution.state),
    ...(typeof execution.result === 'string' ? { result: JSON.parse(execution.result) } : {}),
    ...(execution.error ? { error: JSON.stringify(execution.error) } : {}),
  };
}

async function workflowsApi(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const origin = `http://${workflows.environment.WORKFLOWS_EMULATOR_HOST}`;
  const response = await fetch(`${origin}/v1/projects/${project}/locations/${location}/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

async function ask(query: string): Promise<Record<string, unknown>[]> {
  const [found] = await client.query({ query, location });
  return found;
}

/** Each row as one line of text. */
async function rows(query: string): Promise<string[]> {
  const text = (value: unknown): string =>
    typeof value === 'object' && value !== null && 'value' in value ? String(value.value) : String(value);
  return (await ask(query)).map((row) => Object.values(row).map(text).join(' '));
}

async function published(): Promise<Record<string, string[]>> {
  const tables = marts.map(
    async (name) => [name, (await rows(`SELECT * FROM marts.${name}`)).sort()] as const,
  );
  return Object.fromEntries(await Promise.all(tables));
}
