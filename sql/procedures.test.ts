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

  test('writes, audits, and only then publishes, in one transaction', () => {
    const at = order(
      body,
      'CREATE OR REPLACE TEMP TABLE audited_fact_sales',
      'ASSERT NOT EXISTS',
      'BEGIN TRANSACTION',
      'DELETE FROM `a-project.marts.fact_sales` WHERE order_date = day',
      'INSERT INTO `a-project.marts.fact_sales`',
      'COMMIT TRANSACTION',
    );
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at).not.toContain(-1);
    expect(body.lastIndexOf('ASSERT')).toBeLessThan(body.indexOf('BEGIN TRANSACTION'));
  });

  test('audits what it has written, not what is published', () => {
    const audit = body.slice(
      body.indexOf('ASSERT'),
      body.indexOf('CREATE TABLE IF NOT EXISTS `a-project.marts'),
    );
    expect(audit).toContain('FROM audited_fact_sales');
    expect(audit).not.toContain('`a-project.marts.fact_sales`');
  });

  test('leaves out the declaration of the day that managed Dataform needs', () => {
    expect(body).not.toMatch(/DECLARE day/);
    expect(body).toContain('WHERE orders.order_date = day');
  });

  test('takes a row whose day was corrected out of its old day', () => {
    expect(body).toContain(
      'audited.order_id = published.order_id AND audited.order_item_id = published.order_item_id',
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
