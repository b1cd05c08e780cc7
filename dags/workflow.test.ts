import { describe, expect, test } from 'vitest';
import { compileProject } from '../sql/index.ts';
import { compileWorkflow, type Dag, daily, defineDag, type Json, standardRetry } from './index.ts';

const place = { project: 'a-project', location: 'southamerica-east1' };
const compiled = await compileProject({ project: 'a-project' });

/** Every text of a definition. */
function texts(value: Json): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}

function dagOf(names: readonly string[], change: { name?: string; location?: string } = {}): Dag {
  const task = {
    procedure: 'ops.build',
    scope: 'run',
    after: [],
    retry: standardRetry,
    timeoutSeconds: 60,
  } as const;
  return defineDag<string>({
    name: change.name ?? 'nightly',
    description: 'A DAG.',
    schedule: { cron: '0 23 * * *', timeZone: 'America/Sao_Paulo' },
    plan: { toBuild: 'ops.to_build', withData: 'ops.with_data' },
    tasks: Object.fromEntries(names.map((name) => [name, task])),
  });
}

describe('the daily DAG', () => {
  const dag = daily(compiled);

  test('runs at 23:00 in São Paulo', () => {
    expect(dag.schedule).toEqual({ cron: '0 23 * * *', timeZone: 'America/Sao_Paulo' });
  });

  test('has a task for each model, after the models that it reads', () => {
    expect(Object.keys(dag.tasks).sort()).toEqual(compiled.models.map((model) => model.target.name).sort());
    expect(dag.tasks.kpi_sales_trend).toMatchObject({
      procedure: 'ops.build_kpi_sales_trend',
      after: ['fact_sales'],
      scope: 'run',
    });
    expect(dag.tasks.fact_sales?.scope).toBe('day');
  });

  // Written by `vitest run dags -u`; it is what is deployed, so read the difference.
  test('compiles to the golden definition', async () => {
    const definition = compileWorkflow(dag, place);
    await expect(`${JSON.stringify(definition, null, 2)}\n`).toMatchFileSnapshot(
      'golden/daily.workflow.json',
    );
  });
});

describe('a compiled workflow', () => {
  test('holds no SQL but the call of a procedure', () => {
    for (const text of texts(compileWorkflow(daily(compiled), place))) {
      expect(text).not.toMatch(/\b(SELECT|INSERT|DELETE|MERGE|CREATE)\b/);
    }
  });

  test('names each job after DAG, task, day and run, and labels it', () => {
    const text = JSON.stringify(compileWorkflow(daily(compiled), place));
    expect(text).toContain(JSON.stringify(`\${"daily-fact_sales-" + fact_sales_day + "-" + run}`));
    expect(text).toContain('"labels":{"dag":"daily","task":"fact_sales"}');
  });

  test('has at most ten branches in a parallel step', () => {
    const names = Array.from({ length: 23 }, (_none, index) => `t${index}`);
    const { main = {} } = compileWorkflow(dagOf(names), place);
    const branches = (main.steps as Record<string, { parallel?: { branches: unknown[] } }>[])
      .flatMap((step) => Object.values(step))
      .flatMap((body) => (body.parallel ? [body.parallel.branches.length] : []));
    expect(branches).toEqual([10, 10, 3]);
  });

  test('refuses a text that Workflows and Terraform would evaluate', () => {
    expect(() => compileWorkflow(dagOf(['a']), { ...place, project: `p-\${x}` })).toThrow(
      /text at \/main\/steps\/\d+\/begin\/assign\/0\/project would be evaluated/,
    );
  });

  test('refuses a definition of more than 128 KB', () => {
    const names = Array.from({ length: 400 }, (_none, index) => `a_model_with_a_long_name_${index}`);
    expect(() => compileWorkflow(dagOf(names), place)).toThrow(
      /too large: expected at most 131072 bytes, got \d+/,
    );
  });

  test('has one predicate for each rule of retry, not one for each task', () => {
    const never = { ...standardRetry, when: { codes: [], words: [] } };
    const dag = dagOf(['a', 'b', 'c']);
    const tasks = { ...dag.tasks, c: { ...dag.tasks.c!, retry: never } };
    expect(Object.keys(compileWorkflow({ ...dag, tasks }, place))).toEqual([
      'main',
      'run_job',
      'days_of',
      'retriable_1',
      'retriable_2',
    ]);
  });
});
