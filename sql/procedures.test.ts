import { describe, expect, test } from 'vitest';
import { compileProject, createProcedure, type Model, procedures } from './index.ts';

const compiled = await compileProject({ project: 'a-project' });
const bodyOf = (name: string): string => procedures(compiled).find((one) => one.name === name)?.body ?? '';
const order = (body: string, ...parts: string[]): number[] => parts.map((part) => body.indexOf(part));
const only = (change: Partial<Model>) => ({
  ...compiled,
  models: compiled.models
    .filter((one) => one.target.name === 'fact_sales')
    .map((one) => ({ ...one, ...change })),
});

describe('the procedure of an incremental model', () => {
  const body = bodyOf('build_fact_sales');

  test('writes and audits in one transaction, and publishes by its commit', () => {
    const at = order(
      body,
      'CREATE TABLE IF NOT EXISTS `a-project.marts.fact_sales`',
      'BEGIN TRANSACTION',
      'DELETE FROM `a-project.marts.fact_sales` WHERE order_date = day',
      'INSERT INTO `a-project.marts.fact_sales`',
      'ASSERT NOT EXISTS',
      'COMMIT TRANSACTION',
    );
    expect(at).not.toContain(-1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(body.lastIndexOf('ASSERT')).toBeLessThan(body.indexOf('COMMIT'));
  });

  test('audits the day that it has written, and no other', () => {
    const audit = body.slice(body.indexOf('ASSERT'), body.indexOf('COMMIT'));
    const reads = audit.match(/FROM `a-project\.marts\.fact_sales`.*/g) ?? [];
    expect(reads.length).toBeGreaterThan(5);
    for (const read of reads) expect(read).toContain('WHERE order_date = day)');
  });

  test('leaves out the declaration of the day that managed Dataform needs', () => {
    expect(body).not.toMatch(/DECLARE day/);
    expect(body).toContain('WHERE orders.order_date = day');
  });

  test('takes a row whose day was corrected out of its old day', () => {
    expect(body).toContain(
      'written.order_id = published.order_id AND written.order_item_id = published.order_item_id',
    );
  });
});

test('a failing assertion says its name and what was expected', () => {
  expect(bodyOf('build_dim_customers')).toContain(
    "AS 'assertion dim_customers_row_1 failed, dim_customers is not published: expected orders >= 1 in every row'",
  );
});

test('a warning is written down and stops nothing', () => {
  const body = bodyOf('build_fact_sales');
  expect(body).toMatch(/INSERT INTO `a-project\.ops\.warnings`[\s\S]*'fact_sales_are_paid'/);
  expect(body).not.toMatch(/ASSERT[^;]*fact_sales_are_paid/);
});

test('money has the scale of the contract in the tables, whatever the query makes of it', () => {
  expect(bodyOf('build_fact_sales')).toContain('price NUMERIC(12, 2)');
});

test('a table is filled anew, never replaced: grants and time travel stay', () => {
  expect(
    procedures(compiled)
      .map((one) => one.body)
      .join(),
  ).not.toMatch(/CREATE OR REPLACE TABLE|DROP TABLE/);
});

test('every procedure takes the day and can be created as a statement', () => {
  for (const procedure of procedures(compiled)) {
    expect(procedure.arguments).toEqual([{ name: 'day', type: 'DATE' }]);
    expect(createProcedure('a-project', procedure)).toMatch(
      /^CREATE OR REPLACE PROCEDURE `a-project\.ops\.\w+`\(day DATE\)\nOPTIONS \(strict_mode = FALSE/,
    );
  }
});

test('a column called like the argument is refused: "day = day" would be every day', () => {
  const columns = [{ name: 'day', type: 'DATE', description: 'The day.' }];
  expect(() => procedures(only({ columns }))).toThrow(/fact_sales has a column called day/);
});

test('a model without a key is refused', () => {
  expect(() => procedures(only({ key: [] }))).toThrow(/fact_sales has no key/);
});
