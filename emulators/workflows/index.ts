import { randomUUID } from 'node:crypto';
import { type Clock, type Emulator, Faults, httpActions, startHttp, systemClock } from '../frame/index.ts';
import { actionsOf } from './actions.ts';
import { Executions } from './executions.ts';
import { Workflows } from './workflows.ts';

export interface WorkflowsOptions {
  /** What BIGQUERY_EMULATOR_HOST says: the base of the BigQuery API that workflows call, with /bigquery/v2. */
  readonly bigqueryHost: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly clock?: Clock;
}

/** Google Workflows on loopback: definitions in JSON, executed by a small interpreter of a subset. */
export async function startWorkflows(options: WorkflowsOptions): Promise<Emulator> {
  const clock = options.clock ?? systemClock;
  const faults = new Faults(clock);
  const workflows = new Workflows(clock);
  const executions = new Executions({ bigqueryHost: options.bigqueryHost, clock, newId: randomUUID });
  const actions = actionsOf(workflows, executions, () => clock.now());
  const server = await startHttp({
    name: 'workflows',
    port: options.port ?? 0,
    handle: httpActions(actions, faults),
    admin: {
      name: 'workflows',
      faults,
      // What sys.log wrote: /_emulator/logs?execution=projects/…
      views: { logs: (parameters) => executions.logs(parameters.get('execution') ?? '') },
    },
  });
  return {
    name: 'workflows',
    environment: { WORKFLOWS_EMULATOR_HOST: `127.0.0.1:${server.port}` },
    faults,
    stop: async () => {
      faults.reset();
      await executions.stop();
      await server.stop();
    },
  };
}
