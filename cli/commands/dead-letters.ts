import { type Command, InvalidArgumentError } from 'commander';
import type { Letter } from '../dead-letters.ts';
import { examples, settingFlags, withSettings } from '../help.ts';
import { type Configuration, readConfiguration } from '../settings.ts';
import { useEndpointsOfRun } from '../start/endpoints-file.ts';
import { print, printJson, say, tableOf } from '../terminal.ts';

interface Flags {
  readonly json?: boolean;
  readonly reason?: string;
  readonly since?: string;
  readonly limit?: number;
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly rate?: number;
}

export function addDeadLetters(program: Command): void {
  const letters = program
    .command('dead-letters')
    .description('Look at the messages that could not be taken, repair them, and publish them again.')
    .addHelpText(
      'after',
      examples([
        ['orderlake dead-letters stats', 'how many, why, and what became of them'],
        ['orderlake dead-letters edit 4711', 'repair one in your editor'],
        ['orderlake dead-letters replay --reason truncated_json --dry-run', 'what a replay would publish'],
      ]),
    );
  addStats(letters);
  addList(letters);
  addShow(letters);
  addEdit(letters);
  addReplay(letters);
}

function addStats(letters: Command): void {
  leaf(letters, 'stats', 'Count them by reason, step, sink and what became of them.', [
    ['orderlake dead-letters stats --json', 'for a program'],
  ]).action(async (flags: Flags) => {
    const { project } = configured(flags);
    const { countLetters } = await import('../dead-letters.ts');
    const rows = await countLetters(project);
    if (flags.json) printJson(rows);
    else print(tableOf(rows));
  });
}

function addList(letters: Command): void {
  selecting(
    leaf(letters, 'list', 'List them, oldest first.', [
      ['orderlake dead-letters list --reason payment_mismatch --limit 20', 'one kind'],
    ]),
  )
    .option('--limit <n>', 'how many at most', count, 100)
    .action(async (flags: Flags) => {
      const { project } = configured(flags);
      const { findLetters } = await import('../dead-letters.ts');
      const found = await findLetters(project, selectionOf(flags));
      if (flags.json) printJson(found.map(plain));
      else print(tableOf(found.map(brief)));
    });
}

function addShow(letters: Command): void {
  leaf(letters, 'show <message-id>', 'Show one whole, with its body.', [
    ['orderlake dead-letters show 4711', 'why it is dead, and what it says'],
  ]).action(async (messageId: string, flags: Flags) => {
    const { project } = configured(flags);
    const { oneLetter } = await import('../dead-letters.ts');
    const letter = await oneLetter(project, messageId);
    if (flags.json) return printJson(plain(letter));
    const { payload, attributes, ...rest } = letter;
    for (const [name, value] of Object.entries(rest)) print(`${name.padEnd(12)} ${value}`);
    print(`attributes   ${JSON.stringify(attributes)}`);
    print(`\n${bodyOf(payload)}`);
  });
}

function addEdit(letters: Command): void {
  leaf(letters, 'edit <message-id>', 'Repair the body of one; the next replay publishes it so.', [
    ['orderlake dead-letters edit 4711', 'in $EDITOR'],
    ['orderlake dead-letters edit 4711 --from fixed.json', 'from a file'],
  ])
    .option('--from <file>', 'the repaired body; without it your editor opens')
    .action(async (messageId: string, flags: Flags) => {
      const { project } = configured(flags);
      const { oneLetter, repairedPayload, saveRepair } = await import('../dead-letters.ts');
      const letter = await oneLetter(project, messageId);
      const edited = await saveRepair(project, letter, repairedPayload(letter, flags.from));
      if (flags.json) printJson(edited);
      else print(`${edited.changed ? 'Saved' : 'Nothing changed'}; it ${edited.verdict}.`);
    });
}

function addReplay(letters: Command): void {
  selecting(
    leaf(letters, 'replay', 'Publish those that wait once more, repaired where somebody repaired them.', [
      ['orderlake dead-letters replay --dry-run', 'changes nothing'],
      ['orderlake dead-letters replay --since 2026-11-01 --rate 50', 'gently'],
    ]),
  )
    .option('--dry-run', 'only say what would be published')
    .option('--rate <n>', 'messages a second', positive)
    .action(async (flags: Flags) => {
      const { project } = configured(flags);
      const { replayLetters } = await import('../dead-letters.ts');
      const dryRun = flags.dryRun === true;
      const options = { selection: selectionOf(flags), dryRun, rate: flags.rate };
      const { replay, letters: replayed } = await replayLetters(project, options);
      if (flags.json) printJson({ replay: dryRun ? null : replay, letters: replayed.map(brief) });
      else if (dryRun) {
        print(tableOf(replayed.map(brief)));
        say(`${replayed.length} would be published again; nothing was changed.`);
      } else say(`${replayed.length} published again; \`orderlake dead-letters stats\` says how they end.`);
    });
}

function leaf(
  parent: Command,
  words: string,
  description: string,
  shown: Parameters<typeof examples>[0],
): Command {
  const command = parent.command(words).description(description).option('--json', 'as JSON');
  return withSettings(command, ['project', 'dataDirectory']).addHelpText('after', examples(shown));
}

function selecting(command: Command): Command {
  return command
    .option('--reason <code>', 'only those that died of this')
    .option('--since <time>', 'only those published since, as 2026-11-21 or 2026-11-21T10:00:00Z', moment);
}

function configured(flags: Flags): Configuration {
  const { values } = readConfiguration(settingFlags({ ...flags }));
  useEndpointsOfRun(values.dataDirectory, process.env);
  return values;
}

function selectionOf({ reason, since, limit }: Flags) {
  return { reason, since, ...(limit === undefined ? {} : { limit }) };
}

/** Without a zone Date would take the machine's, and it takes a number for a year. */
const momentText = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

function moment(value: string): string {
  if (!momentText.test(value) || Number.isNaN(Date.parse(value)))
    throw new InvalidArgumentError(`Expected a time with its zone or a day, got ${value}.`);
  return new Date(value).toISOString();
}

function count(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError(`Expected a whole number, got ${value}.`);
  return Number(value);
}

function positive(value: string): number {
  const number = Number(value);
  if (!(number > 0)) throw new InvalidArgumentError(`Expected a number above 0, got ${value}.`);
  return number;
}

function brief({ messageId, sink, eventId, reason, path, state, edited, publishedAt }: Letter) {
  return {
    message_id: messageId,
    sink,
    event_id: eventId,
    reason,
    path,
    state,
    edited,
    published_at: publishedAt,
  };
}

function plain(letter: Letter) {
  return { ...letter, payload: bodyOf(letter.payload) };
}

/** As text where it is text; torn bytes are shown as they are. */
function bodyOf(payload: Buffer): string {
  const text = payload.toString('utf8');
  return Buffer.from(text).equals(payload) ? text : `base64:${payload.toString('base64')}`;
}
