import { setTimeout as wait } from 'node:timers/promises';
import { names } from '../contracts/index.ts';
import { SetupError, TransientError } from '../runtime/index.ts';
import { ask } from './bigquery.ts';
import type { Configuration } from './settings.ts';

export interface DailyResult {
  readonly state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly days: readonly string[];
  readonly detail: string;
}

interface Execution {
  readonly name: string;
  readonly state: 'ACTIVE' | DailyResult['state'];
  readonly result?: string;
  readonly error?: { readonly payload?: string; readonly context?: string };
}

const pollMillis = 50;

/** Starts the deployed workflow for the days and waits for its end. */
export async function runDaily(
  configuration: Pick<Configuration, 'project' | 'region'>,
  days?: readonly string[],
): Promise<DailyResult> {
  const chosen = days ?? (await daysWithOrders(configuration.project));
  const host = workflowsHost();
  const { project, region } = configuration;
  const workflow = `${host}/v1/projects/${project}/locations/${region}/workflows/daily`;
  const body = JSON.stringify({ argument: JSON.stringify({ days: chosen }) });
  let execution = await call(`${workflow}/executions`, { method: 'POST', body });
  while (execution.state === 'ACTIVE') {
    await wait(pollMillis);
    execution = await call(`${host}/v1/${execution.name}`, {});
  }
  const detail = execution.error?.payload ?? execution.error?.context ?? execution.result ?? '';
  return { state: execution.state, days: chosen, detail };
}

export async function daysWithOrders(project: string): Promise<string[]> {
  const day = "DATE(order_purchase_timestamp, 'America/Sao_Paulo')";
  const rows = await ask(
    project,
    `SELECT DISTINCT ${day} AS day FROM ${names.datasets.raw}.orders ORDER BY day`,
  );
  return rows.map(({ day }) => String(day));
}

function workflowsHost(): string {
  const value = process.env.WORKFLOWS_EMULATOR_HOST;
  if (!value) {
    throw new SetupError('no local Workflows to run the daily job', {
      expected: 'WORKFLOWS_EMULATOR_HOST, as `orderlake start` or `orderlake emulators` sets it',
      action:
        'In the cloud, Cloud Scheduler starts it; by hand: gcloud workflows run daily --data=\'{"days":["2017-11-24"]}\'',
    });
  }
  return value.startsWith('http') ? value : `http://${value}`;
}

async function call(url: string, init: RequestInit): Promise<Execution> {
  const response = await fetch(url, { ...init, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  if (response.status === 404) {
    throw new SetupError('the workflow `daily` is not there', {
      got: text,
      action: 'Make it: orderlake infra apply',
    });
  }
  if (!response.ok)
    throw new TransientError('Workflows did not take the call', { got: `${response.status} ${text}` });
  return JSON.parse(text) as Execution;
}
