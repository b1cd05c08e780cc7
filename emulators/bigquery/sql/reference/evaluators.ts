import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = join('.orderlake', 'peers', 'googlesql');
const python = join(folder, 'python', 'bin', 'python');
const library = join(folder, 'node_modules', '@fivetrandevelopers', 'zetasql', 'lib', 'zetasql');
const program = fileURLToPath(new URL('./evaluator.py', import.meta.url));

/** Values as text, a STRUCT as the list of its values. */
export type Value = string | null | readonly Value[];
export interface Answer {
  readonly types: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}
type Reply = Answer | { readonly error: string };

/** Google's reference evaluators of GoogleSQL, two releases. They know no tables here: a statement brings its own. */
export class Evaluators {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #replies: AsyncIterator<string>;

  private constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#replies = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  }

  static async start(): Promise<Evaluators> {
    await install();
    const suffix = `${process.arch.startsWith('arm') ? '_arm' : ''}${process.platform === 'darwin' ? '' : '.so'}`;
    const native = join(library, `remote_server${suffix}`);
    const evaluators = new Evaluators(
      spawn(python, [program, native, join(folder, 'compiled.bin')], { stdio: 'pipe' }),
    );
    await evaluators.answers('SELECT 1');
    return evaluators;
  }

  /** What each that takes the statement answers. */
  async answers(sql: string): Promise<readonly Answer[]> {
    this.#process.stdin.write(`${JSON.stringify(sql)}\n`);
    const reply = await this.#replies.next();
    if (reply.done) throw new Error('The reference evaluator has ended');
    return (JSON.parse(reply.value) as Reply[]).filter((r) => 'rows' in r);
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    this.#process.kill();
    await once(this.#process, 'exit');
  }
}

async function install(): Promise<void> {
  if (!existsSync(library)) {
    const packages = ['@fivetrandevelopers/zetasql@1.13.0'];
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, ...packages]);
  }
  if (!existsSync(python)) await run('python3', ['-m', 'venv', join(folder, 'python')]);
  const there = run(python, ['-c', 'import zetasql, grpc, wasmtime']);
  await there.catch(() => run(python, ['-m', 'pip', 'install', '--quiet', 'zetasql==0.1.5']));
}
