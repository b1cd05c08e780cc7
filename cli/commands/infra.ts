import type { Command } from 'commander';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';
import { print, printJson, say } from '../terminal.ts';

export function addInfra(program: Command): void {
  const infra = program
    .command('infra')
    .description(
      'Everything that must exist: topics, subscriptions, datasets, tables, buckets, the workflow.',
    )
    .addHelpText(
      'after',
      examples([
        ['orderlake infra synth', 'write Terraform JSON to cdktf.out for `cdktf deploy`'],
        ['orderlake infra apply', 'make it on the endpoints of the environment'],
      ]),
    );
  const synth = infra
    .command('synth')
    .description('Synthesise the CDKTF stack.')
    .option(
      '--out <directory>',
      'where to (cdktf sets CDKTF_OUTDIR)',
      process.env.CDKTF_OUTDIR ?? 'cdktf.out',
    );
  withSettings(synth, ['project', 'projectNumber', 'region', 'lakeBucket'])
    .addHelpText('after', examples([['orderlake infra synth --project my-project', 'then: cdktf deploy']]))
    .action(async (flags: Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { synthStack } = await import('../infra.ts');
      say(`Synthesised ${await synthStack(values, String(flags.out))}`);
    });
  const apply = infra
    .command('apply')
    .description('Make what is missing on the endpoints of the environment, with the Google clients.')
    .option('--json', 'the report as one JSON object');
  withSettings(apply, ['project', 'projectNumber', 'region', 'lakeBucket'])
    .addHelpText('after', examples([['orderlake infra apply', 'a second time it finds all there']]))
    .action(async (flags: Record<string, unknown>) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { applyResources } = await import('../infra.ts');
      const report = await applyResources(values);
      if (flags.json) printJson(report);
      else print(report.lines.join('\n'));
    });
}
