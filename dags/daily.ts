import { type CompiledProject, procedureName } from '../sql/index.ts';
import { type Dag, defineDag, type Task } from './dag.ts';
import { standardRetry } from './retry.ts';

/** The models of the project, each after those it reads; at 23:00 in São Paulo, for yesterday and what came late. */
export function daily(compiled: CompiledProject): Dag {
  const { ops } = compiled.datasets;
  const tasks = compiled.models.map((model): [string, Task<string>] => [
    model.target.name,
    {
      procedure: `${ops}.${procedureName(model.target.name)}`,
      scope: model.kind === 'incremental' ? 'day' : 'run',
      after: model.dependencies,
      retry: standardRetry,
      timeoutSeconds: 3600,
    },
  ]);
  return defineDag<string>({
    name: 'daily',
    description: 'Builds the models of each day: write, audit, publish.',
    schedule: { cron: '0 23 * * *', timeZone: 'America/Sao_Paulo' },
    plan: { toBuild: `${ops}.days_to_build`, withData: `${ops}.days_with_data` },
    tasks: Object.fromEntries(tasks),
  });
}
