import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ChildEmulator {
  readonly process: ChildProcess;
  readonly origin: string;
}

/** The emulator as a process of its own, on this folder: one that can be killed, and whose memory is its own. */
export async function startChild(dataDirectory: string): Promise<ChildEmulator> {
  const face = JSON.stringify(new URL('../index.ts', import.meta.url).href);
  // Three quarters of the start are the compiler's; who is killed must keep its work before.
  const script = `const { enableCompileCache, flushCompileCache } = await import('node:module');
    enableCompileCache();
    const { startStorage } = await import(${face});
    const { environment } = await startStorage({ dataDirectory: ${JSON.stringify(dataDirectory)} });
    flushCompileCache();
    console.log(environment.STORAGE_EMULATOR_HOST);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, origin: line.toString().trim() };
}

export async function kill({ process: child }: ChildEmulator): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
