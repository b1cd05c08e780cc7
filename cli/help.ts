import type { Command } from 'commander';
import { flagName } from '../runtime/index.ts';
import { type SettingName, settings } from './settings.ts';

export function examples(list: readonly (readonly [command: string, meaning: string])[]): string {
  const width = Math.max(...list.map(([command]) => command.length));
  const rows = list.map(([command, meaning]) => `  $ ${command.padEnd(width)}  ${meaning}`);
  return `\nExamples:\n${rows.join('\n')}`;
}

/** Gives a command the flags of some settings; their values are read by `readConfiguration`. */
export function withSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { description, environment, fallback } = settings[name];
    const shown = Array.isArray(fallback) ? fallback.join(',') : String(fallback);
    command.option(`${flagName(name)} <value>`, `${description} (${environment}; default ${shown})`);
  }
  return command;
}

/** The flags that are settings; what else a command takes is its own. */
export function settingFlags(flags: Readonly<Record<string, unknown>>): Record<string, string | undefined> {
  const entries = Object.keys(settings).map((name) => [name, flags[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
