import type { Storage } from '@google-cloud/storage';
import type { Scenario } from './scenario.ts';
import { clientOf, openStage } from './stage.ts';

export interface Result {
  readonly area: string;
  readonly name: string;
  /** Absent where the service does as documented. */
  readonly failure?: string;
}

/** Asks the service at `origin`, each scenario in a bucket of its own, one after the other. */
export async function* runAgainst(origin: string, scenarios: readonly Scenario[]): AsyncGenerator<Result> {
  const client = clientOf(origin);
  for (const { area, name, run } of scenarios) {
    const failure = await failureOf(client, run);
    yield { area, name, ...(failure === undefined ? {} : { failure }) };
  }
}

async function failureOf(client: Storage, run: Scenario['run']): Promise<string | undefined> {
  try {
    const stage = await openStage(client);
    try {
      await run(stage);
    } finally {
      // What a failed scenario leaves half-way may not let itself be removed; that is not what is asked here.
      await stage.close().catch(() => undefined);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : JSON.stringify(error);
  }
}
