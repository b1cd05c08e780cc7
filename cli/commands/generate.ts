import type { Command } from 'commander';
import { InputError } from '../../runtime/index.ts';
import { examples, settingFlags, withSettings } from '../help.ts';
import { readConfiguration } from '../settings.ts';

interface Flags extends Record<string, unknown> {
  orders?: string;
  first?: string;
  to: string;
  ledger?: string;
  epoch: string;
  ordersPerDay: string;
  defects: string;
  steady?: boolean;
  json?: boolean;
}

export function addGenerate(program: Command): void {
  const command = program
    .command('generate')
    .description('Make the orders of a believable shop, with defects on purpose and a ledger of them.')
    .option('--orders <n>', 'how many orders; without it, until Ctrl-C')
    .option('--first <n>', 'the number of the first order: a run goes on where another stopped', '0')
    .option('--to <where>', 'pubsub, or - for standard output (one message a line)', '-')
    .option('--ledger <file>', 'append one JSON line per message: what was sent and what must become of it')
    .option('--epoch <date>', 'when the shop opens', '2017-01-02')
    .option('--orders-per-day <n>', 'how busy the shop is in its own time', '2000')
    .option('--defects <which>', 'default or none', 'default')
    .option('--steady', 'publish at --rate; without it as fast as possible')
    .option('--json', 'progress as JSON lines on standard output');
  withSettings(command, ['project', 'seed', 'rate', 'logLevel'])
    .addHelpText(
      'after',
      examples([
        ['orderlake generate --orders 10', 'ten orders to look at'],
        ['orderlake generate --orders 1000 --to pubsub --ledger l.jsonl', 'publish, and keep the truth'],
      ]),
    )
    .action(async (flags: Flags) => {
      const { values } = readConfiguration(settingFlags(flags));
      const { runGenerate } = await import('../run-generate.ts');
      await runGenerate(values, {
        orders: flags.orders === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--orders', flags.orders),
        firstOrder: wholeNumber('--first', flags.first ?? '0'),
        to: flags.to,
        ledger: flags.ledger,
        epoch: flags.epoch,
        ordersPerDay: wholeNumber('--orders-per-day', flags.ordersPerDay),
        defects: flags.defects,
        steady: flags.steady === true,
        json: flags.json === true,
      });
    });
}

export function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InputError(`${flag} cannot be used`, { expected: 'a whole number', got: JSON.stringify(text) });
  }
  return value;
}
