import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { type Instant, names } from '../contracts/index.ts';
import {
  type DefectRates,
  defaultDefects,
  generate,
  noDefects,
  type Publication,
  readDefectRates,
  type Stream,
  streams,
} from '../generator/index.ts';
import { checkCredentials, pubsubClient, warmClients } from '../runtime/google-clients.ts';
import { InputError, messageOf } from '../runtime/index.ts';
import { generateProgress, type ShopLine } from './generate-progress.ts';
import { watchInterrupts } from './interrupt.ts';
import { replayFiles } from './replay-files.ts';
import type { Publications, ShareOf } from './replay-share.ts';
import type { Configuration } from './settings.ts';
import { keepNurserySmall } from './small-nursery.ts';
import { printJson, say } from './terminal.ts';

export interface GenerateFlags {
  readonly orders: number | undefined;
  readonly firstOrder: number | undefined;
  readonly from: string | undefined;
  readonly until: string | undefined;
  /** pubsub, - or a path. */
  readonly to: string;
  readonly follow: boolean;
  readonly speed: number | undefined;
  readonly ledger: string | undefined;
  readonly resume: boolean;
  readonly epoch: string;
  readonly ordersPerDay: number;
  readonly defects: string;
  readonly streams: string;
  readonly format: string;
  readonly csv: string | undefined;
  readonly clicks: readonly string[];
  readonly rejects: string;
  readonly segment: string | undefined;
  readonly segmentState: string;
  readonly steady: boolean;
  readonly history: number | undefined;
  readonly json: boolean;
}

export type { ShopLine };

export async function runGenerate(configuration: Configuration, flags: GenerateFlags): Promise<void> {
  const interrupt = watchInterrupts();
  try {
    if (flags.format === 'olist-csv') await writeDataSet(configuration, flags, interrupt.first);
    else if (flags.format !== 'events')
      throw new InputError('--format cannot be used', { expected: 'events or olist-csv', got: flags.format });
    else if (flags.csv !== undefined || flags.clicks.length > 0)
      await replayFiles(flags, replayWindowOf(flags), (publications, shareOf) =>
        send(configuration, flags, { publications, shareOf }, interrupt.first),
      );
    else {
      let publications: Iterable<Publication> = shopOf(configuration, flags);
      const known = await interrupt.servicesKnown(async () => {
        await warmClients('pubsub');
        publications = begun(publications, madeMeanwhile);
      });
      if (!known) return;
      await send(configuration, flags, { publications, shareOf: shareOfShop(flags) }, interrupt.first);
    }
  } finally {
    interrupt.release();
  }
}

async function writeDataSet(
  { seed }: Configuration,
  flags: GenerateFlags,
  signal: AbortSignal,
): Promise<void> {
  if (flags.to === '-' || flags.to === 'pubsub')
    throw new InputError('--to cannot be used', { expected: 'a folder for the nine files', got: flags.to });
  if (flags.orders === undefined && flags.until === undefined)
    throw new InputError('the data set needs an end', {
      expected: '--orders or a date as --to',
      got: 'neither',
    });
  const { writeOlist } = await import('../generator/replay.ts');
  const rows = await writeOlist({
    seed,
    folder: flags.to,
    epoch: momentOf('--epoch', flags.epoch),
    ordersPerDay: flags.ordersPerDay,
    ...windowOf(flags),
    orders: flags.orders ?? Number.POSITIVE_INFINITY,
    signal,
  });
  if (flags.json) printJson({ folder: flags.to, rows });
  else
    say(
      `written to ${flags.to}: ${Object.entries(rows)
        .map(([table, count]) => `${count} ${table}`)
        .join(', ')}`,
    );
}

/** What is in the files is replayed: neither how many orders nor how they begin can be asked for. */
function replayWindowOf(flags: GenerateFlags) {
  const asked = {
    '--orders': flags.orders,
    '--first': flags.firstOrder,
    '--follow': flags.follow || undefined,
  };
  for (const [flag, value] of Object.entries(asked))
    if (value !== undefined)
      throw new InputError(`${flag} cannot be used with files`, {
        expected: '--from, --to or --segment',
        got: flag,
      });
  return windowOf(flags);
}

function windowOf(flags: GenerateFlags) {
  return {
    ...(flags.firstOrder === undefined ? {} : { firstOrder: flags.firstOrder }),
    ...(flags.from === undefined ? {} : { from: momentOf('--from', flags.from) }),
    ...(flags.until === undefined ? {} : { to: momentOf('--to', flags.until) }),
  };
}

/** So many that orders are among them: the catalogue and the people come first. */
const madeMeanwhile = 3_000;

/** The first of them made now, the others when they are asked for. */
function begun(publications: Iterable<Publication>, count: number): Iterable<Publication> {
  const rest = Iterator.from(publications);
  const made: Publication[] = [];
  for (let next = rest.next(); next.done !== true; next = rest.next()) {
    made.push(next.value);
    if (made.length === count) break;
  }
  return (function* () {
    yield* made;
    yield* rest;
  })();
}

function shopOf({ seed, clickShare }: Configuration, flags: GenerateFlags): Iterable<Publication> {
  const { orders, ordersPerDay } = flags;
  if (flags.follow && (orders !== undefined || flags.until !== undefined))
    throw new InputError('--follow cannot be used', {
      expected: 'no end',
      got: orders === undefined ? `--to ${flags.until}` : `--orders ${orders}`,
    });
  return generate({
    seed,
    ...(orders === undefined ? {} : { orders }),
    ...windowOf(flags),
    epoch: momentOf('--epoch', flags.epoch),
    ordersPerDay,
    defects: defectsOf(flags.defects),
    streams: streamsOf(flags.streams),
    clickShare,
  });
}

async function send(
  { project, rate }: Configuration,
  flags: GenerateFlags,
  { publications, shareOf }: { readonly publications: Publications; readonly shareOf: ShareOf },
  signal: AbortSignal,
): Promise<number> {
  if (flags.resume && (flags.ledger === undefined || flags.to !== 'pubsub'))
    throw new InputError('--resume cannot be used', { expected: '--to pubsub and a --ledger to go on from' });
  // A topic keeps what it was told before; a file and a pipe begin anew, and their ledger with them.
  if (flags.ledger !== undefined && flags.to !== 'pubsub' && flags.segment === undefined)
    writeFileSync(flags.ledger, '');
  const progress = generateProgress(flags);
  const options = {
    rate: flags.steady ? rate : undefined,
    speed: flags.speed,
    history: flags.history,
    ledger: flags.ledger,
    resume: flags.resume,
    signal,
    shareOf,
    onProgress: progress.show,
  };
  if (flags.to === 'pubsub') {
    const { publish } = await import('../generator/publish.ts');
    const client = await pubsubClient(project);
    await checkCredentials(client, process.env);
    const report = await publish(publications, { client, topic: names.topic, ...options });
    progress.done(report);
    await client.close();
    return report.published;
  }
  const { deliver } = await import('../generator/deliver.ts');
  const { lineOutput } = await import('../generator/line-output.ts');
  const letNurseryGrow = keepNurserySmall();
  const piped = flags.to === '-';
  const output = lineOutput(piped ? process.stdout : createWriteStream(flags.to), piped);
  const report = await deliver(publications, output, options).finally(letNurseryGrow);
  progress.done(report);
  if (!piped) say(`written to ${flags.to}`);
  return report.published;
}

/** How far a run is: by the orders where their number is given, by the time where its end is. */
function shareOfShop({ orders, from, until, epoch }: GenerateFlags): ShareOf {
  if (orders !== undefined && orders > 0) {
    let placed = 0;
    return ({ eventType }) => (eventType === 'order.placed' ? Math.min(1, ++placed / orders) : undefined);
  }
  if (until === undefined) return () => undefined;
  const begin = momentOf('--from', from ?? epoch);
  const end = momentOf('--to', until);
  return ({ at }) => (at - begin) / (end - begin);
}

/** A day, or a moment with a zone. A day begins at its midnight in São Paulo, whatever the season. */
function momentOf(flag: string, text: string): Instant {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? Date.parse(`${text}T00:00:00-03:00`)
    : /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (Number.isNaN(millis))
    throw new InputError(`${flag} cannot be used`, {
      expected: 'a date as 2017-01-02, or a moment as 2017-01-02T10:00:00Z',
      got: text,
    });
  return (millis * 1_000) as Instant;
}

function defectsOf(name: string): DefectRates {
  if (name === 'default') return defaultDefects;
  if (name === 'none') return noDefects;
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(name, 'utf8'));
  } catch (error) {
    throw new InputError('--defects cannot be used', {
      expected: 'default, none, or a file with a JSON object of rates by name',
      got: `${name} (${messageOf(error)})`,
      cause: error,
    });
  }
  return readDefectRates(content);
}

function streamsOf(text: string): readonly Stream[] {
  const words = text.split(',').map((word) => word.trim());
  const chosen = streams.filter((stream) => words.includes(stream));
  if (chosen.length !== words.length)
    throw new InputError('--streams cannot be used', {
      expected: `a list of ${streams.join(', ')}`,
      got: text,
    });
  return chosen;
}
