import { assemble } from './assemble.ts';
import { compileRun } from './compile-run.ts';
import type { Resources } from './resources.ts';
import { checkSettings, type Settings } from './settings.ts';

/** Everything orderlake consists of, for one installation. */
export async function defineResources(settings: Settings): Promise<Resources> {
  const checked = checkSettings(settings);
  return assemble(checked, await compileRun(checked));
}

/** The same without the daily run, whose models take a while to compile: all that messages need on their way. */
export function defineStores(settings: Settings): Resources {
  return assemble(checkSettings(settings), { routines: [], workflows: [], schedules: [] });
}

/** The daily run alone, for where the stores are made already. */
export async function defineRun(settings: Settings): Promise<Resources> {
  const none = { topics: [], subscriptions: [], archives: [], datasets: [], tables: [], buckets: [] };
  return { ...(await defineResources(settings)), ...none };
}
