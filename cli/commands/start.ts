import type { Command } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';
import { wholeNumber } from './generate.ts';

export function addStart(program: Command): void {
  const command = program
    .command('start')
    .description(
      'Run everything on this machine: emulators, resources, a shop, the worker; then the daily job.',
    )
    .option('--orders <n>', 'stop the shop after so many orders')
    .option('--once', 'as fast as possible, then the daily job and `verify`; exit 0 or 1')
    .option('--fresh', 'clear what the last run in this folder left, and start anew')
    .option('--json', 'print the result as one JSON line');
  withSettings(command, [
    'rate',
    'seed',
    'clickShare',
    'sinks',
    'lakeCommitMillis',
    'dataDirectory',
    'logLevel',
  ])
    .addHelpText(
      'after',
      examples([
        ['npm start', '200 messages a second, until Ctrl-C'],
        ['npm start -- --orders 20000 --once', 'a bounded load with its proof'],
      ]),
    )
    .action(
      async (
        flags: { orders?: string; once?: boolean; json?: boolean; fresh?: boolean } & Record<string, unknown>,
      ) => {
        const { values } = readConfiguration(settingFlags(flags));
        const orders = flags.orders === undefined ? undefined : wholeNumber('--orders', flags.orders);
        const { runStart } = await import('../start/run-start.ts');
        const { once = false, json = false, fresh = false } = flags;
        process.exitCode = await runStart(values, { orders, once, json, fresh });
      },
    );
}
