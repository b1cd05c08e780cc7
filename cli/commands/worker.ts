import type { Command } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';

export function addWorker(program: Command): void {
  const command = program
    .command('worker')
    .description('Move orders from Pub/Sub to BigQuery and Iceberg, until Ctrl-C.')
    .option('--from <where>', 'read a file of messages, or gs://bucket/prefix, instead of Pub/Sub, and end')
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
        ['orderlake worker --from raw.jsonl.gz', 'replay what `orderlake generate --to` or an archive wrote'],
        [
          'orderlake worker --from gs://my-lake-archive/2017-11-24',
          'every file below a prefix, as the archive subscription writes them',
        ],
      ]),
    )
    .action(async (flags: Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { runWorker } = await import('../run-worker.ts');
      const from = typeof flags.from === 'string' ? flags.from : undefined;
      await runWorker(values, { json: flags.json === true, from });
    });
}
