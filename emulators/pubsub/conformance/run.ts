import { chapters } from './chapters.ts';
import type { Scenario } from './scenario.ts';
import { type Server, World } from './world.ts';

export interface Result {
  readonly chapter: string;
  readonly title: string;
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly reason?: string;
}

const longestMs = 30_000;

/** @param atOnce how many scenarios run side by side: waiting for real deadlines one after another takes minutes */
export async function runConformance(
  server: Server,
  atOnce: number,
  onResult: (result: Result) => void = () => {},
): Promise<Result[]> {
  const world = new World(server);
  const all = chapters.flatMap(({ name, scenarios }) => scenarios.map((scenario) => ({ name, scenario })));
  const results: Result[] = new Array(all.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      const one = all[i];
      if (one === undefined) continue;
      const result = { chapter: one.name, ...(await runOne(world, one.scenario)) };
      results[i] = result;
      onResult(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

async function runOne(world: World, { title, run }: Scenario): Promise<Omit<Result, 'chapter'>> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no end after ${longestMs} ms`)), longestMs);
  try {
    await Promise.race([run(world), late]);
    return { title, passed: true };
  } catch (error) {
    return { title, passed: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
