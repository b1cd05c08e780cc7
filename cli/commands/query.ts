import { type Command, Option } from 'commander';
import { csvOf } from '../csv.ts';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';
import { print, printJson, tableOf } from '../terminal.ts';

export function addQuery(program: Command): void {
  const command = program
    .command('query <sql>')
    .description('Ask BigQuery (or the embedded one of a running start) and print the rows.')
    .option('--json', 'one JSON array')
    .addOption(new Option('--csv', 'comma-separated values, the names first').conflicts('json'));
  withSettings(command, ['project', 'dataDirectory'])
    .addHelpText(
      'after',
      examples([
        ['orderlake query "SELECT * FROM marts.kpi_top_products LIMIT 5"', 'a KPI'],
        ['orderlake query --json "SELECT COUNT(*) n FROM raw.orders"', 'for a program'],
      ]),
    )
    .action(async (sql: string, flags: Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { useEndpointsOfRun } = await import('../start/endpoints-file.ts');
      useEndpointsOfRun(values.dataDirectory, process.env);
      const { ask } = await import('../bigquery.ts');
      const rows = await ask(values.project, sql);
      if (flags.json) printJson(rows);
      else if (flags.csv) process.stdout.write(csvOf(rows));
      else print(tableOf(rows));
    });
}
