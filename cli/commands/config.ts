import type { Command } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration, type SettingName, settings } from '../settings.ts';
import { print, printJson, tableOf } from '../terminal.ts';

export function addConfig(program: Command): void {
  const command = program
    .command('config')
    .description('Print every setting, its value and where the value came from.')
    .option('--json', 'as one JSON object');
  withSettings(command, Object.keys(settings) as SettingName[])
    .addHelpText(
      'after',
      examples([
        ['orderlake config', 'what is in force here'],
        ['ORDERLAKE_RATE=50 orderlake config --json', 'for a program'],
      ]),
    )
    .action((flags: Record<string, unknown>) => {
      const { values, origins } = readConfiguration(settingFlags(flags));
      const rows = Object.keys(settings).map((key) => {
        const name = key as SettingName;
        return { setting: name, value: values[name], from: origins[name].from };
      });
      if (flags.json) printJson(Object.fromEntries(rows.map(({ setting, ...rest }) => [setting, rest])));
      else print(tableOf(rows.map((row) => ({ ...row, value: String(row.value) }))));
    });
}
