import type { Command } from 'commander';
import { InputError } from '../../runtime/index.ts';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';

interface Flags extends Record<string, unknown> {
  orders?: string;
  first?: string;
  from?: string;
  to: readonly string[];
  follow?: boolean;
  speed?: string;
  ledger?: string;
  resume?: boolean;
  epoch: string;
  ordersPerDay: string;
  defects: string;
  streams: string;
  format: string;
  csv?: string;
  clicks?: string[];
  rejects?: string;
  segment?: string;
  segmentState?: string;
  steady?: boolean;
  history?: string;
  json?: boolean;
}

export function addGenerate(program: Command): void {
  const command = program
    .command('generate')
    .description('Make the events of a believable shop, with defects on purpose and a ledger of them.')
    .option(
      '--orders <n>',
      'how many orders, with all that happens to them; without it, until --to or Ctrl-C',
    )
    .option('--first <n>', 'the number of the first order: a run goes on where another stopped')
    .option('--from <date>', 'only what is sent from this moment on (São Paulo time without a zone)')
    .option(
      '--to <where or date>',
      'pubsub, a file, or - for standard output (one message a line); a date ends the time. May be given twice',
      (value: string, before: readonly string[]) => [...before, value],
      [] as readonly string[],
    )
    .option('--follow', 'without end, at --rate or --speed')
    .option('--speed <n>', "so many seconds of the shop's time in one second")
    .option('--ledger <file>', 'one JSON line per message: what was sent and what must become of it')
    .option('--resume', 'go on where the ledger of a run with the same flags stops')
    .option('--epoch <date>', 'when the shop opens', '2017-01-02')
    .option('--orders-per-day <n>', 'how busy the shop is when it opens, in its own time', '2000')
    .option('--defects <which>', 'default, none, or a JSON file of rates by name', 'default')
    .option('--streams <names>', 'of orders, status, dimensions, clicks', 'orders,status,dimensions,clicks')
    .option(
      '--format <format>',
      'events, or olist-csv: the nine files of the data set, into the folder --to',
      'events',
    )
    .option('--csv <folder>', "replay the original data set (plain or .gz) instead of the shop's orders")
    .option('--clicks <files...>', 'replay REES46 clickstream files (plain or .gz)')
    .option('--rejects <file>', 'where rows go that cannot be read, with their line numbers', 'rejects.jsonl')
    .option(
      '--segment <span>',
      'replay one slice, such as 1d, 6h or 5000 (rows), and remember where it stopped',
    )
    .option('--segment-state <file>', 'where that is remembered', '.orderlake/segment.json')
    .option('--steady', 'publish at --rate; without it as fast as possible')
    .option('--history <n>', 'send so many messages at once before the pace begins')
    .option('--json', 'progress as JSON lines on standard output');
  withSettings(command, ['project', 'seed', 'rate', 'clickShare', 'logLevel'])
    .addHelpText(
      'after',
      examples([
        ['orderlake generate --orders 10 --streams orders', 'ten orders to look at'],
        ['orderlake generate --orders 1000 --to pubsub --ledger l.jsonl', 'publish, and keep the truth'],
        [
          'orderlake generate --from 2017-11-20 --to 2017-12-01 --to black.jsonl',
          'a week and a half of history',
        ],
        ['orderlake generate --from 2017-06-01 --follow --speed 3600 --to pubsub', 'an hour in a second'],
        ['orderlake generate --orders 5000 --format olist-csv --to olist', 'the data set, faults included'],
        ['orderlake generate --csv olist --segment 1d --to pubsub', 'the next day of the data set'],
      ]),
    )
    .action(async (flags: Flags) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { runGenerate } = await import('../run-generate.ts');
      const { where, until } = destinationsOf(flags.to);
      const number = (flag: string, text: string | undefined) =>
        text === undefined ? undefined : wholeNumber(flag, text);
      await runGenerate(values, {
        orders: number('--orders', flags.orders),
        firstOrder: number('--first', flags.first),
        from: flags.from,
        until,
        to: where,
        follow: flags.follow === true,
        speed: flags.speed === undefined ? undefined : positive('--speed', flags.speed),
        ledger: flags.ledger,
        resume: flags.resume === true,
        epoch: flags.epoch,
        ordersPerDay: wholeNumber('--orders-per-day', flags.ordersPerDay),
        defects: flags.defects,
        streams: flags.streams,
        format: flags.format,
        csv: flags.csv,
        clicks: flags.clicks ?? [],
        rejects: flags.rejects ?? 'rejects.jsonl',
        segment: flags.segment,
        segmentState: flags.segmentState ?? '.orderlake/segment.json',
        steady: flags.steady === true || (flags.follow === true && flags.speed === undefined),
        history: number('--history', flags.history),
        json: flags.json === true,
      });
    });
}

const looksLikeDate = /^\d{4}-\d{2}-\d{2}(T|$)/;

/** One word for two things, as people say it: from a day to a day, and to a file. */
function destinationsOf(words: readonly string[]): { where: string; until: string | undefined } {
  const dates = words.filter((word) => looksLikeDate.test(word));
  const places = words.filter((word) => !looksLikeDate.test(word));
  if (dates.length > 1 || places.length > 1)
    throw new InputError('--to cannot be used', {
      expected: 'one date and one place',
      got: words.join(' and '),
    });
  return { where: places[0] ?? '-', until: dates[0] };
}

export function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InputError(`${flag} cannot be used`, { expected: 'a whole number', got: JSON.stringify(text) });
  }
  return value;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InputError(`${flag} cannot be used`, {
      expected: 'a number above 0',
      got: JSON.stringify(text),
    });
  return value;
}
