import { type Dag, levels, type Task } from './dag.ts';
import { type Draft, expression, finish, type WorkflowDefinition } from './definition.ts';
import { daysOf, runJob } from './job-steps.ts';
import { type RetryPolicy, standardRetry } from './retry.ts';

export interface WorkflowPlace {
  readonly project: string;
  /** Where the BigQuery datasets are. */
  readonly location: string;
}

/** The service allows no more branches in one parallel step. */
const branchesAtMost = 10;

/**
 * A Google Workflows definition of the DAG. Its input, all optional: `days` (["2026-11-20", …]) builds just
 * these; without it the planning procedure says which days need it, up to yesterday. `run` names the run.
 *
 * A job's id is made of DAG, task, day, run and try. A run without days is named after its date: when Scheduler
 * starts it twice, the second finds the jobs of the first and waits for them, and a run that failed is taken up
 * where it stopped. A run with days is named after its execution, so it always builds.
 */
export function compileWorkflow(dag: Dag, place: WorkflowPlace): WorkflowDefinition {
  const predicates = new Map<string, { readonly name: string; readonly policy: RetryPolicy }>();
  const predicateOf = (policy: RetryPolicy): string => {
    const key = JSON.stringify(policy.when);
    const known = predicates.get(key) ?? { name: `retriable_${predicates.size + 1}`, policy };
    predicates.set(key, known);
    return known.name;
  };
  const retryOf = (policy: RetryPolicy): Draft => ({
    predicate: expression(predicateOf(policy)),
    max_retries: policy.maxRetries,
    backoff: {
      initial_delay: policy.initialDelaySeconds,
      max_delay: policy.maxDelaySeconds,
      multiplier: policy.multiplier,
    },
  });
  const standard = retryOf(standardRetry);
  const work = levels(dag).flatMap((names, index) => level(dag, names, index + 1, retryOf));
  return finish({
    main: { params: ['input'], steps: [...beginning(dag, place), ...work, ...ending(dag)] },
    run_job: runJob(),
    days_of: daysOf(standard),
    ...Object.fromEntries([...predicates.values()].map(({ name, policy }) => [name, predicate(policy)])),
  });
}

function beginning(dag: Dag, place: WorkflowPlace): Draft[] {
  const { timeZone } = dag.schedule;
  const dateOf = (seconds: string): string => `text.substring(time.format(${seconds}, "${timeZone}"), 0, 10)`;
  return [
    {
      accept: {
        switch: [
          { condition: expression('input == null'), steps: [{ no_input: { assign: [{ input: {} }] } }] },
        ],
      },
    },
    {
      begin: {
        assign: [
          { project: place.project },
          { location: place.location },
          { execution: expression('sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")') },
          { today: expression(dateOf('sys.now()')) },
          { yesterday: expression(dateOf('sys.now() - 86400')) },
          { asked: expression('map.get(input, "days")') },
          { run: null },
          { days: [] },
          { skipped: [] },
        ],
      },
    },
    {
      plan: {
        switch: [
          {
            condition: expression('asked == null'),
            steps: [
              { name_after_date: { assign: [{ run: expression('default(map.get(input, "run"), today)') }] } },
              planStep(dag, 'plan_days', dag.plan.toBuild, 'yesterday', 'days'),
            ],
          },
          {
            condition: true,
            steps: [
              {
                name_after_execution: {
                  assign: [{ run: expression('default(map.get(input, "run"), execution)') }],
                },
              },
              givenDays(dag),
            ],
          },
        ],
      },
    },
    {
      short_circuit: {
        switch: [
          {
            condition: expression('len(days) == 0'),
            steps: [
              log('log_skipped', { message: `${dag.name} skipped: no day has data to build`, dag: dag.name }),
              {
                nothing_to_do: {
                  return: { status: 'skipped', days: expression('days'), skipped: expression('skipped') },
                },
              },
            ],
          },
        ],
      },
    },
  ];
}

function givenDays(dag: Dag): Draft {
  return {
    check_days: {
      for: {
        value: 'day',
        in: expression('asked'),
        steps: [
          planStep(dag, 'look_for_data', dag.plan.withData, 'day', 'found'),
          {
            keep_or_skip: {
              switch: [
                {
                  condition: expression('len(found) > 0'),
                  steps: [{ keep: { assign: [{ days: expression('list.concat(days, day)') }] } }],
                },
                {
                  condition: true,
                  steps: [{ skip: { assign: [{ skipped: expression('list.concat(skipped, day)') }] } }],
                },
              ],
            },
          },
        ],
      },
    },
  };
}

function planStep(dag: Dag, name: string, procedure: string, day: string, result: string): Draft {
  return {
    [name]: {
      call: 'days_of',
      args: {
        project: expression('project'),
        location: expression('location'),
        // Planning reads; an answer of an earlier execution would be an old one.
        job_name: expression(`"${dag.name}-plan-" + ${day} + "-" + execution`),
        procedure,
        day: expression(day),
        timeout: 600,
        labels: { dag: dag.name, task: 'plan' },
      },
      result,
    },
  };
}

function level(
  dag: Dag,
  names: readonly string[],
  number: number,
  retryOf: (policy: RetryPolicy) => Draft,
): Draft[] {
  const steps = (name: string): Draft[] => {
    const task = dag.tasks[name];
    return task ? taskSteps(dag, name, task, retryOf(task.retry)) : [];
  };
  const groups: (readonly string[])[] = [];
  for (let from = 0; from < names.length; from += branchesAtMost) {
    groups.push(names.slice(from, from + branchesAtMost));
  }
  return groups.flatMap((group, index): Draft[] => {
    const [first] = group;
    if (group.length === 1 && first !== undefined) return steps(first);
    const branches = group.map((name) => ({ [name]: { steps: steps(name) } }));
    return [{ [`level_${number}${index === 0 ? '' : `_${index + 1}`}`]: { parallel: { branches } } }];
  });
}

function taskSteps(dag: Dag, name: string, task: Task<string>, retry: Draft): Draft[] {
  if (task.scope === 'run') return [build(dag, name, task, retry, 'days[len(days) - 1]')];
  const day = `${name}_day`;
  const steps = [build(dag, name, task, retry, day)];
  return [{ [`${name}_days`]: { for: { value: day, in: expression('days'), steps } } }];
}

function build(dag: Dag, name: string, task: Task<string>, retry: Draft, day: string): Draft {
  return {
    [name]: {
      try: {
        call: 'run_job',
        args: {
          project: expression('project'),
          location: expression('location'),
          job_name: expression(`"${dag.name}-${name}-" + ${day} + "-" + run`),
          procedure: task.procedure,
          day: expression(day),
          timeout: task.timeoutSeconds,
          labels: { dag: dag.name, task: name },
        },
      },
      retry,
    },
  };
}

function ending(dag: Dag): Draft[] {
  return [
    log('log_done', { message: `${dag.name} done`, dag: dag.name, days: expression('days') }),
    { done: { return: { status: 'done', days: expression('days'), skipped: expression('skipped') } } },
  ];
}

function log(name: string, json: Draft): Draft {
  return { [name]: { call: 'sys.log', args: { severity: 'INFO', json } } };
}

function predicate({ when }: RetryPolicy): Draft {
  return {
    params: ['e'],
    steps: [
      { list: { assign: [{ codes: when.codes }, { words: when.words.join('|') }] } },
      {
        decide: {
          switch: [
            { condition: expression('default(map.get(e, "code"), 0) in codes'), return: true },
            {
              condition: expression('words != "" and text.match_regex(json.encode_to_string(e), words)'),
              return: true,
            },
          ],
        },
      },
      { otherwise: { return: false } },
    ],
  };
}
