import { type Command, InvalidArgumentError } from 'commander';
import { examples } from '../help.ts';
import { watchInterrupts, whenAborted } from '../interrupt.ts';
import { print, printJson, say } from '../terminal.ts';

const known = ['pubsub', 'storage', 'bigquery', 'workflows'] as const;
type Name = (typeof known)[number];

function parseOnly(value: string): Name[] {
  const parts = value.split(',').map((part) => part.trim());
  const wrong = parts.find((part) => !known.includes(part as Name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(`Expected some of ${known.join(', ')}, got ${wrong}.`);
  return known.filter((name) => parts.includes(name));
}

export function addEmulators(program: Command): void {
  program
    .command('emulators')
    .description('Run Pub/Sub, Cloud Storage, BigQuery and Workflows on this machine, until Ctrl-C.')
    .option('--only <names>', `some of ${known.join(', ')}`, parseOnly)
    .option('--data <directory>', 'keep state here; without it everything is in memory')
    .option('--json', 'print one JSON line with the environment variables to set')
    .addHelpText(
      'after',
      examples([
        ['orderlake emulators', 'all of them, on free ports'],
        ['orderlake emulators --only pubsub --json', 'one, for a program to read'],
      ]),
    )
    .action(async (flags: { only?: Name[]; data?: string; json?: boolean }) => {
      const interrupt = watchInterrupts();
      const { startEmulators } = await import('../start-emulators.ts');
      const running = await startEmulators({
        only: flags.only ?? known,
        ...(flags.data === undefined ? {} : { dataDirectory: flags.data }),
      });
      if (flags.json) printJson(running.environment);
      else {
        for (const [name, value] of Object.entries(running.environment)) print(`export ${name}=${value}`);
        say('Running until Ctrl-C.');
      }
      await whenAborted(interrupt.first);
      await running.stop();
      interrupt.release();
    });
}
