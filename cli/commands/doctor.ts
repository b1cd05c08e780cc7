import type { Command } from 'commander';
import type { Finding } from '../../infra/local/index.ts';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';
import { paint, print, printJson } from '../terminal.ts';

export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Look whether everything is there and as it must be, and say what mends it. Changes nothing.',
    )
    .option('--json', 'the findings as one JSON array');
  withSettings(command, ['project', 'projectNumber', 'region', 'lakeBucket', 'dataDirectory'])
    .addHelpText(
      'after',
      examples([
        ['orderlake doctor', 'the emulators of a running start, or what the variables name'],
        [
          'orderlake doctor --project my-project',
          'a project in Google Cloud; exit code 1 when something is wrong',
        ],
      ]),
    )
    .action(async (flags: Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { useEndpointsOfRun } = await import('../start/endpoints-file.ts');
      useEndpointsOfRun(values.dataDirectory, process.env);
      const { examine } = await import('../infra.ts');
      const findings = await examine(values);
      if (flags.json) printJson(findings);
      else print(linesOf(findings).join('\n'));
      if (findings.some(({ state }) => state !== 'fine')) process.exitCode = 1;
    });
}

/** What is fine in one line; of what is not, one line each and then what to do, said once. */
export function linesOf(findings: readonly Finding[]): string[] {
  const fine = findings.filter(({ state }) => state === 'fine');
  const wrong = findings.filter((finding) => finding.state !== 'fine');
  const actions = new Set(wrong.map(({ action }) => action));
  return [
    `${paint('green', 'fine')} ${fine.length} of ${findings.length} resources`,
    ...wrong.map(
      ({ kind, name, state, details }) => `${paint('red', state)} ${kind} ${name}: ${details.join('; ')}`,
    ),
    ...actions,
  ];
}
