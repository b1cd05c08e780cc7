import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointVariables, spareMetadata } from '../../runtime/index.ts';

/** A running start writes down where its emulators are, so that `query` and others in the same folder find them. */
const fileName = 'endpoints.json';

export function writeEndpoints(directory: string, environment: Readonly<Record<string, string>>): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, fileName), JSON.stringify({ pid: process.pid, environment }));
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

function readEndpoints(directory: string): Record<string, string> | undefined {
  try {
    const { pid, environment } = JSON.parse(readFileSync(join(directory, fileName), 'utf8'));
    process.kill(pid, 0);
    return environment;
  } catch {
    // No file, or the process that wrote it is gone: there is no running start.
    return undefined;
  }
}
