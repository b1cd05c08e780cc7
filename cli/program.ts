import { Command, CommanderError } from 'commander';
import { OrderlakeError } from '../runtime/index.ts';
import { addConfig } from './commands/config.ts';
import { addContract } from './commands/contract.ts';
import { addDaily } from './commands/daily.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEmulators } from './commands/emulators.ts';
import { addGenerate } from './commands/generate.ts';
import { addInfra } from './commands/infra.ts';
import { addQuery } from './commands/query.ts';
import { addStart } from './commands/start.ts';
import { addVerify } from './commands/verify.ts';
import { addWorker } from './commands/worker.ts';
import { examples } from './help.ts';
import { paint } from './terminal.ts';
import { packageVersion } from './version.ts';

export const exitCodes = {
  0: 'done',
  1: 'a check failed: the tables are not what the ledger says, a daily run failed',
  2: 'wrong input: a flag, a setting, a file',
  3: 'something must be set up first; the message says what',
  4: 'a service did not answer as often as it was asked',
  5: 'another process won, this one was refused',
  70: 'a defect: please report it',
  130: 'ended by Ctrl-C before it was done',
} as const;

function program(): Command {
  const root = new Command('orderlake')
    .description('A real-time order lakehouse for Google Cloud that runs whole on one machine.')
    .showHelpAfterError('(run with --help for what is possible)')
    .version(packageVersion())
    .exitOverride()
    .addHelpText(
      'after',
      examples([
        ['orderlake start', 'the whole pipeline, until Ctrl-C'],
        ['orderlake start --orders 20000 --once', 'a bounded load, the daily job, and a proof'],
        ['orderlake query "SELECT COUNT(*) FROM raw.orders"', 'ask the tables of a running start'],
      ]),
    )
    .addHelpText('after', () => `\nExit codes:\n${lines(exitCodes)}`);
  for (const add of [
    addStart,
    addEmulators,
    addGenerate,
    addWorker,
    addDaily,
    addVerify,
    addDeadLetters,
    addQuery,
    addInfra,
    addContract,
    addConfig,
    addDoctor,
  ]) {
    add(root);
  }
  for (const command of everyCommand(root)) command.exitOverride().showSuggestionAfterError(true);
  return root;
}

function lines(table: Readonly<Record<number, string>>): string {
  return Object.entries(table)
    .map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`)
    .join('\n');
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Runs one command line; resolves with its exit code. */
export async function run(words: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...words], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : 0;
  } catch (error) {
    return ended(error);
  }
}

function ended(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof OrderlakeError) {
    process.stderr.write(`${paint('red', 'error')} ${error.message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return 70;
}
