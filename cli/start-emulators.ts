import { join } from 'node:path';
import type { Emulator } from '../emulators/frame/index.ts';
import { InputError } from '../runtime/index.ts';

export type EmulatorName = 'pubsub' | 'storage' | 'bigquery' | 'workflows';

export interface RunningEmulators {
  readonly environment: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface Options {
  readonly only: readonly EmulatorName[];
  readonly dataDirectory?: string;
  /** Of Pub/Sub: what it holds unacknowledged before it refuses more. */
  readonly maxBacklogBytes?: number;
}

/** Starts the emulators that are asked for, side by side; workflows last, since it calls BigQuery. */
export async function startEmulators({ only, dataDirectory, ...limits }: Options): Promise<RunningEmulators> {
  const environment: Record<string, string> = {};
  const folder = (name: EmulatorName) =>
    dataDirectory === undefined ? {} : { dataDirectory: join(dataDirectory, name) };
  // Storage starts beside BigQuery, whose load jobs read gs:// there when they come.
  const storageHost = () => environment.STORAGE_EMULATOR_HOST ?? process.env.STORAGE_EMULATOR_HOST;
  const all: Emulator[] = [];
  const stop = async () => void (await Promise.all(all.map((one) => one.stop())));
  const starting = only
    .filter((name) => name !== 'workflows')
    .map((name) => startOne(name, { ...folder(name), ...limits, storageHost }));
  try {
    // All are waited for, also when one fails: what comes up after it must end too, or the process would stay.
    const outcomes = await Promise.allSettled(starting);
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') all.push(outcome.value);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    for (const one of all) Object.assign(environment, one.environment);
    if (only.includes('workflows')) {
      const { startWorkflows } = await import('../emulators/workflows/index.ts');
      const workflows = await startWorkflows({ bigqueryHost: bigqueryHostOf(environment) });
      all.push(workflows);
      Object.assign(environment, workflows.environment);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { environment, stop };
}

function bigqueryHostOf(started: Readonly<Record<string, string>>): string {
  const host = started.BIGQUERY_EMULATOR_HOST ?? process.env.BIGQUERY_EMULATOR_HOST;
  if (host) return host;
  throw new InputError('Workflows has no BigQuery to call', {
    expected: 'bigquery among --only, or BIGQUERY_EMULATOR_HOST in the environment',
    action: 'Run `orderlake emulators --only bigquery,workflows`',
  });
}

async function startOne(
  name: Exclude<EmulatorName, 'workflows'>,
  {
    storageHost,
    maxBacklogBytes,
    ...options
  }: Omit<Options, 'only'> & { readonly storageHost: () => string | undefined },
): Promise<Emulator> {
  switch (name) {
    case 'pubsub': {
      const bound = maxBacklogBytes === undefined ? {} : { maxBacklogBytes };
      return (await import('../emulators/pubsub/index.ts')).startPubSub({ ...options, ...bound });
    }
    case 'storage':
      return (await import('../emulators/storage/index.ts')).startStorage(options);
    case 'bigquery':
      return (await import('../emulators/bigquery/index.ts')).startBigQuery({ ...options, storageHost });
  }
}
