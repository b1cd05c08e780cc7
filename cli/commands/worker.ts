import type { Command } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';

export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('Move orders from Pub/Sub to BigQuery and Iceberg, until Ctrl-C.')
    .option('--json', 'print figures as one JSON line a second');
  withSettings(command, [
    'project',
    'lakeBucket',
    'sinks',
    'primarySink',
    'source',
    'writeBatchMillis',
    'lakeCommitMillis',
    'paymentTolerance',
    'healthPort',
    'logLevel',
  ])
    .addHelpText(
      'after',
      examples([
        ['orderlake worker', 'both sinks'],
        ['orderlake worker --sinks bigquery', 'one of them; another process may run the other'],
      ]),
    )
    .action(async (flags: Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { runWorker } = await import('../run-worker.ts');
      await runWorker(values, { json: flags.json === true });
    });
}
