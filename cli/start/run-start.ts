import { setTimeout as wait } from 'node:timers/promises';
import { backlog } from '../backlog.ts';
import { type Child, mainFile, startChild } from '../child.ts';
import { runDaily } from '../daily.ts';
import { applyResources } from '../infra.ts';
import { type Interrupt, watchInterrupts } from '../interrupt.ts';
import type { ShopLine } from '../run-generate.ts';
import type { Configuration } from '../settings.ts';
import { printJson, say } from '../terminal.ts';
import { verifyLedger } from '../verify.ts';
import { workerWords } from '../worker-words.ts';
import { removeEndpoints, writeEndpoints } from './endpoints-file.ts';
import { printKpis } from './kpis.ts';
import { openRunFolder, type RunFolder } from './run-folder.ts';
import { SupervisedWorker } from './supervised-worker.ts';
import { openView, type View } from './view/index.ts';

export interface StartFlags {
  readonly orders: number | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly fresh: boolean;
}

/** The catalogue takes the first 2,500; with the rest there are some days of sales to look at. */
const historyMessages = 8_000;

type Sinks = Configuration['sinks'];

interface Running {
  readonly workers: readonly SupervisedWorker[];
  readonly shop: Child;
  readonly view: View;
}

/**
 * The local run: emulators → resources → workers and shop side by side → (Ctrl-C, or all orders made) → the shop
 * stops, the workers drain → the daily job → KPIs, and with --once the proof. What it keeps in its folder lets the
 * next start go on where it was, even after every process was killed at once. Resolves with the exit code.
 */
export async function runStart(configuration: Configuration, flags: StartFlags): Promise<number> {
  const interrupt = watchInterrupts();
  const { dataDirectory, seed, sinks, clickShare } = configuration;
  const run = { seed, orders: flags.orders ?? null, sinks, clickShare };
  const folder = await openRunFolder(dataDirectory, run, flags.fresh);
  try {
    return await runIn(folder, configuration, flags, interrupt);
  } finally {
    folder.release();
    interrupt.release();
  }
}

async function runIn(
  folder: RunFolder,
  configuration: Configuration,
  flags: StartFlags,
  interrupt: Interrupt,
): Promise<number> {
  const { dataDirectory } = configuration;
  const begun = performance.now();
  say('orderlake: starting Pub/Sub, Cloud Storage, BigQuery and Workflows on this machine …');
  const emulators = startChild(['emulators', '--json', '--data', folder.emulators], {});
  try {
    const environment = (await emulators.firstLine()) as Record<string, string>;
    Object.assign(process.env, environment);
    writeEndpoints(dataDirectory, environment);
    const report = await applyResources(configuration);
    say(`Ready in ${seconds(begun)} s: ${report.summary}`);
    if (folder.goesOn) say(`Going on where the run in ${dataDirectory} stopped; --fresh would start anew.`);
    const running = startParts(configuration, flags, folder.ledger);
    const { view, workers } = running;
    view.say(`Workers ${workers.map(({ pid }) => pid).join(' and ')}, ledger ${folder.ledger}.`);
    if (!flags.once) view.say('Ctrl-C ends the shop, drains, and runs the daily job.');
    await untilDone(running, configuration.sinks, interrupt);
    return await conclude(configuration, flags, folder.ledger);
  } finally {
    removeEndpoints(dataDirectory);
    emulators.kill('SIGTERM');
    await emulators.ended;
  }
}

function startParts(configuration: Configuration, flags: StartFlags, ledger: string): Running {
  const { project, sinks, logLevel, seed, rate, clickShare } = configuration;
  const workers: SupervisedWorker[] = [];
  let shop: Child | undefined;
  const view = openView({
    project,
    sinks,
    onTerminal: process.stderr.isTTY && process.env.TERM !== 'dumb' && !flags.json,
    seen: () => ({
      shop: shop?.latest as ShopLine | undefined,
      workers: workers.map(({ latest }) => latest),
    }),
  });
  for (const { words } of workerWords(configuration)) workers.push(new SupervisedWorker(words, view.say));
  const pace = flags.once ? [] : ['--steady', '--rate', String(rate), '--history', String(historyMessages)];
  const orders = flags.orders === undefined ? [] : ['--orders', String(flags.orders)];
  shop = startChild(
    [
      ...['generate', '--to', 'pubsub', '--json', '--ledger', ledger, '--resume'],
      ...['--seed', String(seed), '--click-share', String(clickShare)],
      ...['--project', project, '--log-level', logLevel],
      ...orders,
      ...pace,
    ],
    {},
    mainFile,
    view.say,
  );
  return { workers, shop, view };
}

async function untilDone(
  { shop, workers, view }: Running,
  sinks: Sinks,
  interrupt: Interrupt,
): Promise<void> {
  try {
    interrupt.first.addEventListener('abort', () => shop.kill('SIGTERM'));
    await shop.ended;
    const { published = 0 } = (shop.latest ?? {}) as Partial<ShopLine>;
    view.say(`The shop published ${published} messages; waiting until the workers have written them …`);
    // What is acknowledged is durable, so an empty backlog says that everything was written.
    while (!interrupt.second.aborted && (await backlog(sinks)) > 0) await wait(100);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await view.close();
  }
}

async function conclude(configuration: Configuration, flags: StartFlags, ledger: string): Promise<number> {
  const daily = await runDaily(configuration);
  say(
    `Daily job over ${daily.days.length} days: ${daily.state}. ${daily.state === 'SUCCEEDED' ? '' : daily.detail}`,
  );
  if (daily.state !== 'SUCCEEDED') return 1;
  if (!flags.json && daily.days.length > 0) await printKpis(configuration.project);
  if (!flags.once) return 0;
  const verdict = await verifyLedger(configuration, ledger);
  if (flags.json) printJson(verdict);
  else for (const line of verdict.lines) say(line);
  return verdict.holds ? 0 : 1;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
