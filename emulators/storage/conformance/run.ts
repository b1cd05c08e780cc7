import type { Scenario } from './scenario.ts';
import { openStage } from './stage.ts';

export interface Result {
  readonly area: string;
  readonly name: string;
  /** Absent where the service does as documented. */
  readonly failure?: string;
}

/** Asks the service at `origin`, each scenario in a bucket of its own, one after the other. */
export async function* runAgainst(origin: string, scenarios: readonly Scenario[]): AsyncGenerator<Result> {
  for (const { area, name, run } of scenarios) {
    const failure = await failureOf(origin, run);
    yield { area, name, ...(failure === undefined ? {} : { failure }) };
  }
}

async function failureOf(origin: string, run: Scenario['run']): Promise<string | undefined> {
  try {
    const stage = await openStage(origin);
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
