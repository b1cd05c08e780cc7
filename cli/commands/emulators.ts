import { type Command, InvalidArgumentError } from 'commander';
import { collectByGrowth } from '../heap-growth.ts';
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

function parseMegabytes(value: string): number {
  const megabytes = Number(value);
  if (Number.isInteger(megabytes) && megabytes > 0) return megabytes;
  throw new InvalidArgumentError(`Expected a whole number of megabytes from 1, got ${value}.`);
}

interface Flags {
  readonly only?: Name[];
  readonly data?: string;
  readonly backlog?: number;
  readonly json?: boolean;
  readonly export?: boolean;
  readonly detach?: boolean;
  readonly stop?: boolean;
}

export function addEmulators(program: Command): void {
  program
    .command('emulators')
    .description('Run Pub/Sub, Cloud Storage, BigQuery and Workflows on this machine, until Ctrl-C.')
    .option('--only <names>', `some of ${known.join(', ')}`, parseOnly)
    .option('--data <directory>', 'keep state here; without it everything is in memory')
    .option(
      '--backlog <megabytes>',
      'unacknowledged messages Pub/Sub holds before it refuses more (2048)',
      parseMegabytes,
    )
    .option('--json', 'print one JSON line with the environment variables to set')
    .option('--export', 'print nothing but the lines a shell needs to set them')
    .option('--detach', 'go on in the background, until --stop')
    .option('--stop', 'end what --detach began in this folder')
    .addHelpText(
      'after',
      examples([
        ['orderlake emulators', 'all of them, on free ports'],
        ['orderlake emulators --only pubsub --json', 'one, for a program to read'],
        ['eval "$(orderlake emulators --detach --export)"', 'in the background, for this shell'],
        ['orderlake emulators --stop', 'end those'],
      ]),
    )
    .action(async (flags: Flags) => {
      if (flags.stop) return stop();
      if (flags.detach) return detach(flags);
      const interrupt = watchInterrupts();
      collectByGrowth();
      const { startEmulators } = await import('../start-emulators.ts');
      const running = await startEmulators({
        only: flags.only ?? known,
        ...(flags.data === undefined ? {} : { dataDirectory: flags.data }),
        ...(flags.backlog === undefined ? {} : { maxBacklogBytes: flags.backlog * 1024 ** 2 }),
      });
      tell(running.environment, flags);
      if (!flags.json && !flags.export) say('Running until Ctrl-C.');
      await whenAborted(interrupt.first);
      await running.stop();
      interrupt.release();
    });
}

function tell(environment: Readonly<Record<string, string>>, { json }: Flags): void {
  if (json) printJson(environment);
  else for (const [name, value] of Object.entries(environment)) print(`export ${name}=${value}`);
}

/** Where the settings keep what belongs to a folder; no flag moves it, so that `--stop` finds it. */
const directory = '.orderlake';

async function detach(flags: Flags): Promise<void> {
  const { startDetached } = await import('../detached.ts');
  const words = [
    ...(flags.only === undefined ? [] : ['--only', flags.only.join(',')]),
    ...(flags.data === undefined ? [] : ['--data', flags.data]),
    ...(flags.backlog === undefined ? [] : ['--backlog', String(flags.backlog)]),
  ];
  tell(await startDetached(words, directory), flags);
}

async function stop(): Promise<void> {
  const { stopDetached } = await import('../detached.ts');
  say(
    (await stopDetached(directory))
      ? 'The emulators have ended.'
      : 'No emulators run in the background here.',
  );
}
