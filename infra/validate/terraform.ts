import { spawn } from 'node:child_process';

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs terraform in a folder, seeing no more of this machine's settings than its path and home. */
export async function terraform(
  directory: string,
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ran> {
  const child = spawn('terraform', args, {
    cwd: directory,
    // A configuration file of this machine may name mirrors and overrides, or a file that is not there.
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      TF_IN_AUTOMATION: '1',
      CHECKPOINT_DISABLE: '1',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? -1));
  });
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}

export async function terraformIsThere(): Promise<boolean> {
  try {
    return (await terraform('/', {}, 'version')).code === 0;
  } catch {
    return false;
  }
}
