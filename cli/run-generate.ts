import { type Instant, names } from '../contracts/index.ts';
import { defaultDefects, generate, noDefects, type Publication } from '../generator/index.ts';
import { InputError } from '../runtime/index.ts';
import { watchInterrupts } from './interrupt.ts';
import type { Configuration } from './settings.ts';
import { printJson, say } from './terminal.ts';

export interface GenerateFlags {
  readonly orders: number;
  readonly firstOrder: number;
  readonly to: string;
  readonly ledger: string | undefined;
  readonly epoch: string;
  readonly ordersPerDay: number;
  readonly defects: string;
  readonly steady: boolean;
  readonly json: boolean;
}

/** What the shop prints, once a second and at its end, for whoever started it. */
export interface ShopLine {
  readonly published: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly done: boolean;
}

export async function runGenerate(configuration: Configuration, flags: GenerateFlags): Promise<void> {
  const publications = generate({
    seed: configuration.seed,
    orders: flags.orders,
    firstOrder: flags.firstOrder,
    epoch: epochOf(flags.epoch),
    ordersPerDay: flags.ordersPerDay,
    defects: defectsOf(flags.defects),
  });
  const interrupt = watchInterrupts();
  try {
    if (flags.to === 'pubsub') await toPubSub(configuration, flags, publications, interrupt.first);
    else if (flags.to === '-') await toStandardOutput(publications, interrupt.first);
    else throw new InputError('--to cannot be used', { expected: 'pubsub or -', got: flags.to });
  } finally {
    interrupt.release();
  }
}

async function toPubSub(
  { project, rate }: Configuration,
  flags: GenerateFlags,
  publications: Iterable<Publication>,
  signal: AbortSignal,
): Promise<void> {
  const { publish } = await import('../generator/publish.ts');
  const { pubsubClient } = await import('../runtime/google-clients.ts');
  const client = await pubsubClient(project);
  const show = (line: { published: number; seconds: number }, done: boolean) => {
    const { user, system } = process.cpuUsage();
    const perSecond = Math.round(line.published / Math.max(line.seconds, 0.001));
    if (flags.json) printJson({ ...line, perSecond, cpuMicros: user + system, done } satisfies ShopLine);
    else if (process.stderr.isTTY || done) say(`published ${line.published}, ${perSecond} a second`);
  };
  const report = await publish(publications, {
    client,
    topic: names.topic,
    ...(flags.steady ? { rate } : {}),
    ...(flags.ledger === undefined ? {} : { ledger: flags.ledger }),
    signal,
    onProgress: (progress) => show(progress, false),
  });
  show(report, true);
  await client.close();
}

async function toStandardOutput(publications: Iterable<Publication>, signal: AbortSignal): Promise<void> {
  for (const { bytes } of publications) {
    if (signal.aborted) return;
    const roomLeft = process.stdout.write(Buffer.concat([bytes, newline]));
    if (!roomLeft) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
}

const newline = Buffer.from('\n');

function epochOf(text: string): Instant {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00-03:00`) : Number.NaN;
  if (Number.isNaN(millis))
    throw new InputError('--epoch cannot be used', { expected: 'a date as 2017-01-02', got: text });
  return (millis * 1_000) as Instant;
}

function defectsOf(name: string) {
  if (name === 'default') return defaultDefects;
  if (name === 'none') return noDefects;
  throw new InputError('--defects cannot be used', { expected: 'default or none', got: name });
}
