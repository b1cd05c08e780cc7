import { assemble } from './assemble.ts';
import { compileRun } from './compile-run.ts';
import type { Resources } from './resources.ts';
import { checkSettings, type Settings } from './settings.ts';

/** Everything orderlake consists of, for one installation. */
export async function defineResources(settings: Settings): Promise<Resources> {
  const checked = checkSettings(settings);
  return assemble(checked, await compileRun(checked));
}
