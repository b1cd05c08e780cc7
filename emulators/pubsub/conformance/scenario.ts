import type { World } from './world.ts';

/** One documented behaviour, tried through Google's own clients. It throws where the server behaves otherwise. */
export interface Scenario {
  readonly title: string;
  /** The server has to reach an HTTP endpoint on this machine. */
  readonly needsLoopback?: boolean;
  run(world: World): Promise<void>;
}

export interface Chapter {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
}

export const scenario = (
  title: string,
  run: (world: World) => Promise<void>,
  options: { needsLoopback?: boolean } = {},
): Scenario => ({ title, run, ...options });
