import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  endpointVariables,
  isRunning,
  markOf,
  type ProcessMark,
  spareMetadata,
} from '../../runtime/index.ts';

/** A running start writes down where its emulators are, so that `query` and others in the same folder find them. */
const fileName = 'endpoints.json';

interface Endpoints extends ProcessMark {
  readonly environment: Readonly<Record<string, string>>;
}

export function writeEndpoints(directory: string, environment: Readonly<Record<string, string>>): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, fileName),
    JSON.stringify({ ...markOf(process.pid), environment } satisfies Endpoints),
  );
}

export function removeEndpoints(directory: string): void {
  rmSync(join(directory, fileName), { force: true });
}

/** What the environment already says wins: whoever set it means another place. */
export function useEndpointsOfRun(directory: string, environment: NodeJS.ProcessEnv): void {
  if (endpointVariables.some((name) => environment[name])) return;
  const found = readEndpoints(directory);
  if (found) Object.assign(environment, found);
  spareMetadata(environment);
}

function readEndpoints(directory: string): Endpoints['environment'] | undefined {
  try {
    const run = JSON.parse(readFileSync(join(directory, fileName), 'utf8')) as Endpoints;
    return isRunning(run) ? run.environment : undefined;
  } catch {
    // No file, or one that was cut short: there is no running start.
    return undefined;
  }
}
