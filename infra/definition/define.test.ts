import { beforeAll, expect, test } from 'vitest';
import { defineResources, type Resources } from './index.ts';

let resources: Resources;
beforeAll(async () => {
  resources = await defineResources({
    project: 'orderlake-test',
    location: 'southamerica-east1',
    region: 'southamerica-east1',
    bucketLake: 'orderlake-test-lake',
  });
});

test('the daily run starts at eleven in the evening where the shop is', () => {
  expect(resources.schedules).toMatchObject([
    { workflow: 'daily', cron: '0 23 * * *', timeZone: 'America/Sao_Paulo', argument: {} },
  ]);
  expect(resources.workflows.map(({ name }) => name)).toEqual(['daily']);
});

test('every procedure that the workflow calls exists', () => {
  const there = new Set(resources.routines.map(({ dataset, name }) => `${dataset}.${name}`));
  const called = resources.workflows.flatMap(({ source }) =>
    [...source.matchAll(/\bops\.\w+/g)].map(([name]) => name),
  );
  expect(called.length).toBeGreaterThan(0);
  expect(called.filter((name) => !there.has(name))).toEqual([]);
});

test('every procedure lives in a dataset that exists, without strict mode', () => {
  const datasets = new Set(resources.datasets.map(({ name }) => name));
  for (const { dataset, name, statement, body } of resources.routines) {
    expect(datasets).toContain(dataset);
    expect(statement).toContain(`\`orderlake-test.${dataset}.${name}\``);
    expect(statement).toContain('strict_mode = FALSE');
    expect(statement).toContain(body);
  }
});

test('all of it is plain data', () => {
  expect(JSON.parse(JSON.stringify(resources))).toEqual(resources);
});
