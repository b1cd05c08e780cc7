import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileProject } from './index.ts';

describe('a project that cannot be built as Dataform would is refused by name', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'project-'));
    for (const part of ['workflow_settings.yaml', 'includes', 'definitions']) {
      cpSync(join(import.meta.dirname, part), join(directory, part), { recursive: true });
    }
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const compileWith = (config: string, query = `SELECT order_id FROM \${ref("orders")}`) => {
    writeFileSync(join(directory, 'definitions/extra.sqlx'), `config { ${config} }\n${query}\n`);
    return compileProject({ project: 'a-project', directory });
  };

  test('the copy itself compiles', async () => {
    expect((await compileProject({ project: 'a-project', directory })).models.length).toBeGreaterThan(6);
  });

  test.each([
    [
      'an incremental table that appends',
      'type: "incremental"',
      /extra: an incremental table that appends or merges is not supported/,
    ],
    [
      'a MERGE',
      'type: "incremental", uniqueKey: ["order_id"]',
      /extra: an incremental table that appends or merges/,
    ],
    [
      'a table whose schema follows the query',
      'type: "incremental", incrementalStrategy: "INSERT_OVERWRITE", onSchemaChange: "SYNCHRONIZE", bigquery: { partitionBy: "order_date" }',
      /extra: onSchemaChange SYNCHRONIZE is not supported/,
    ],
    [
      'a materialized view',
      'type: "view", materialized: true',
      /extra: a materialized view is not supported/,
    ],
    [
      'a column without a type',
      'type: "table", columns: { shoe_size: "?" }',
      /column shoe_size of extra has no type.*column_types/,
    ],
    ['a check of no model', 'type: "assertion"', /check extra is about no model/],
    [
      'a check that neither fails nor warns',
      'type: "assertion", metadata: about.check({ of: "fact_sales", severity: "perhaps" })',
      /check extra has no severity.*got perhaps/,
    ],
    ['a reference to nothing', 'type: "view", dependencies: ["nowhere"]', /nowhere/],
  ])('%s', async (_what, config, message) => {
    await expect(compileWith(config)).rejects.toThrow(message);
  });

  test('a file outside of the project', async () => {
    const query = 'js { require("../../etc/passwd"); }\nSELECT 1';
    await expect(compileWith('type: "view"', query)).rejects.toThrow(/may only read its own files/);
  });
});

test('two projects compiled at once do not mix', async () => {
  const [one, two] = await Promise.all([
    compileProject({ project: 'one' }),
    compileProject({ project: 'two' }),
  ]);
  expect(JSON.stringify(one)).not.toContain('`two.');
  expect(one.models.length).toBe(two.models.length);
});
