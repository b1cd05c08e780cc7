import { assemble } from './definition/assemble.ts';
import type { Resources } from './definition/index.ts';
import type { Run } from './definition/run.ts';
import { checkSettings, type Settings } from './definition/settings.ts';

/**
 * For tests: an installation whose daily run is one small procedure, so that they do not change with every model.
 * Its texts hold what Terraform would evaluate if it could.
 */
export function exampleResources(settings: Partial<Settings> = {}, run: Run = exampleRun): Resources {
  return assemble(
    checkSettings({
      project: 'orderlake-test',
      location: 'southamerica-east1',
      region: 'southamerica-east1',
      bucketLake: 'orderlake-test-lake',
      ...settings,
    }),
    run,
  );
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: only BigQuery and Workflows may read these
const body = "BEGIN\n  SELECT FORMAT('day ${day} is %t', day);\nEND";
const expression = '${"%{" + args.days[0] + "$${"}';
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: only BigQuery and Workflows may read these

export const exampleRun: Run = {
  routines: [
    {
      dataset: 'ops',
      name: 'build_nothing',
      description: 'Says which day it is',
      arguments: [{ name: 'day', type: 'DATE' }],
      body,
      statement: `CREATE OR REPLACE PROCEDURE ops.build_nothing(day DATE)\n${body}`,
    },
  ],
  workflows: [
    {
      name: 'daily',
      description: 'Calls one procedure, in 100 %{of} cases',
      source: JSON.stringify({ main: { params: ['args'], steps: [{ done: { return: expression } }] } }),
    },
  ],
  schedules: [
    {
      name: 'daily',
      description: 'Every night',
      cron: '0 23 * * *',
      timeZone: 'America/Sao_Paulo',
      workflow: 'daily',
      argument: {},
    },
  ],
};
