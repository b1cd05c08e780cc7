import { describe, expect, test } from 'vitest';
import { brazilianStates, names, orderStatuses, paymentTypes, tables } from '../contracts/index.ts';
import { compileProject } from './index.ts';
import { quoted } from './project.ts';

const compiled = await compileProject({ project: 'a-project' });
const models = compiled.models.map((model) => [model.target.name, model] as const);

describe.each(models)('%s', (_name, model) => {
  test('says what it is, what a row is and what tells two rows apart', () => {
    expect(model.description).not.toBe('');
    expect(model.grain).toMatch(/^one row per /);
    expect(model.key.length).toBeGreaterThan(0);
  });

  test('describes every column of its query, and no other', () => {
    expect(model.columns.every((column) => column.description !== '')).toBe(true);
    expect(model.columns.map((column) => column.name)).toEqual(selected(model.query));
  });

  test('asserts that its key is unique and never null', () => {
    const expected = model.assertions.filter((one) => one.severity === 'fail').map((one) => one.expected);
    expect(expected).toContain(`one row per (${model.key.join(', ')})`);
    for (const column of model.key) expect(expected).toContain(`${column} IS NOT NULL in every row`);
  });

  test('keeps the house rules of SQL', () => {
    expect(model.query).not.toMatch(/SELECT\s+\*/i);
    expect(model.query).not.toMatch(/\s\/\s/);
    expect(model.query.match(/UNNEST\([^)]*\)\)(?! AS \w)/g)).toBeNull();
  });

  test('is audited by what it may read: each assertion names the model by its target', () => {
    for (const one of model.assertions) expect(one.query).toContain(quoted(model.target));
  });
});

test('the models stand in an order in which they can be built', () => {
  const built = new Set<string>();
  for (const [name, model] of models) {
    for (const dependency of model.dependencies)
      expect(built, `${name} reads ${dependency}`).toContain(dependency);
    built.add(name);
  }
});

test('the sources are the raw tables of the contract', () => {
  expect(compiled.sources.map((source) => source.target.name).sort()).toEqual(Object.keys(tables).sort());
  expect(new Set(compiled.sources.map((source) => source.target.dataset))).toEqual(
    new Set([names.datasets.raw]),
  );
  expect(compiled.datasets).toEqual(names.datasets);
});

test('staging reads only columns that the contract knows', () => {
  for (const [name, model] of models.filter(([, one]) => one.target.dataset === 'staging')) {
    const table = tables[name.slice('stg_'.length) as 'orders' | 'order_items' | 'order_payments'];
    const known = new Set<string>([...table.columns.map((column) => column.name), 'order_date']);
    expect(model.columns.map((column) => column.name).filter((column) => !known.has(column))).toEqual([]);
  }
});

test('the accepted values are those of the contract', () => {
  const rule = (model: string, column: string): string | undefined =>
    models
      .find(([name]) => name === model)?.[1]
      .assertions.find((one) => one.query.includes(`${column} IN (`))?.query;
  const quotedList = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ');
  expect(rule('stg_orders', 'order_status')).toContain(`(${quotedList(orderStatuses)})`);
  expect(rule('fact_sales', 'order_status')).toContain(`(${quotedList(orderStatuses)})`);
  expect(rule('stg_order_payments', 'payment_type')).toContain(`(${quotedList(paymentTypes)})`);
  expect(rule('stg_orders', 'customer_state')).toContain(`(${quotedList(brazilianStates)})`);
});

test('other names of project and datasets reach every target and every query', async () => {
  const datasets = { raw: 'raw_x', staging: 'staging_x', marts: 'marts_x', ops: 'ops_x' };
  const moved = await compileProject({ project: 'other', datasets });
  const text = JSON.stringify(moved);
  expect(text).toContain('`other.raw_x.orders`');
  expect(text).not.toMatch(/`other\.(raw|staging|marts|ops)\./);
  expect(text).not.toContain('orderlake-local');
});

/** The names that the outermost SELECT gives its columns. */
function selected(query: string): string[] {
  const list = /(?:^|\n)SELECT\n([\s\S]*?)\nFROM /.exec(query)?.[1] ?? '';
  return list
    .split(/\n {2}(?=[^\s)])/)
    .map((column) => /([a-z0-9_]+),?$/.exec(column.trim())?.[1] ?? '')
    .filter((column) => column !== '');
}
