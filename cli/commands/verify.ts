import type { Command } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';
import { print, printJson } from '../terminal.ts';

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description(
      'Compare BigQuery, Iceberg and the dead letters with the ledger: exact sets, money to the cent.',
    )
    .option('--ledger <file>', 'the ledger; without it that of the local run')
    .option('--json', 'the differences as one JSON object');
  withSettings(command, ['project', 'lakeBucket', 'sinks', 'dataDirectory'])
    .addHelpText(
      'after',
      examples([
        ['orderlake verify', 'exit code 0: everything is where it must be'],
        ['orderlake verify --ledger l.jsonl --json', 'for a program'],
      ]),
    )
    .action(async (flags: { ledger?: string; json?: boolean } & Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { useEndpointsOfRun } = await import('../start/endpoints-file.ts');
      useEndpointsOfRun(values.dataDirectory, process.env);
      const { verifyLedger } = await import('../verify.ts');
      const verdict = await verifyLedger(values, flags.ledger);
      if (flags.json) printJson(verdict);
      else print(verdict.lines.join('\n'));
      if (!verdict.holds) process.exitCode = 1;
    });
}
