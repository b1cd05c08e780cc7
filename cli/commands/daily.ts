import { type Command, InvalidArgumentError } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';
import { printJson, say } from '../terminal.ts';

function parseDays(value: string): string[] {
  const days = value.split(',').map((day) => day.trim());
  const wrong = days.find((day) => !/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)));
  if (wrong !== undefined) throw new InvalidArgumentError(`Expected days as 2017-11-24, got ${wrong}.`);
  return days;
}

export function addDaily(program: Command): void {
  const command = program
    .command('daily')
    .description(
      'Run the daily job: staging, dimensions, facts and KPIs, each audited before it is published.',
    )
    .option(
      '--days <days>',
      'which days, separated by commas; without it every day that has orders',
      parseDays,
    )
    .option('--json', 'the result as one JSON object');
  withSettings(command, ['project', 'region', 'dataDirectory'])
    .addHelpText(
      'after',
      examples([
        ['orderlake daily', 'all days of a local run'],
        ['orderlake daily --days 2017-11-24', 'one day again; the result is the same'],
      ]),
    )
    .action(async (flags: { days?: string[]; json?: boolean } & Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { useEndpointsOfRun } = await import('../start/endpoints-file.ts');
      useEndpointsOfRun(values.dataDirectory, process.env);
      const { runDaily } = await import('../daily.ts');
      const result = await runDaily(values, flags.days);
      if (flags.json) printJson(result);
      else say(`Daily job: ${result.state}, ${result.days.length} days. ${result.detail}`);
      if (result.state !== 'SUCCEEDED') process.exitCode = 1;
    });
}
