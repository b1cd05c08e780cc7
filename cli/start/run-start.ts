import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { backlog } from '../backlog.ts';
import { type Child, startChild } from '../child.ts';
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
import { SupervisedWorker } from './supervised-worker.ts';
import { plainView } from './view.ts';

export interface StartFlags {
  readonly orders: number | undefined;
  readonly once: boolean;
  readonly json: boolean;
}

type Sinks = Configuration['sinks'];

interface Running {
  readonly workers: readonly SupervisedWorker[];
  readonly shop: Child;
}

/**
 * The local run: emulators → resources → workers and shop side by side → (Ctrl-C, or all orders made) → the shop
 * stops, the workers drain → the daily job → KPIs, and with --once the proof. Resolves with the exit code.
 */
export async function runStart(configuration: Configuration, flags: StartFlags): Promise<number> {
  const interrupt = watchInterrupts();
  const { dataDirectory } = configuration;
  mkdirSync(dataDirectory, { recursive: true });
  const ledger = join(dataDirectory, 'ledger.jsonl');
  rmSync(ledger, { force: true });
  const begun = performance.now();
  say('orderlake: starting Pub/Sub, Cloud Storage, BigQuery and Workflows on this machine …');
  const emulators = startChild(['emulators', '--json'], {});
  try {
    const environment = (await emulators.firstLine()) as Record<string, string>;
    Object.assign(process.env, environment);
    writeEndpoints(dataDirectory, environment);
    const report = await applyResources(configuration);
    say(`Ready in ${seconds(begun)} s: ${report.summary}`);
    const running = startParts(configuration, flags, ledger);
    say(`Workers ${running.workers.map(({ pid }) => pid).join(' and ')}, ledger ${ledger}.`);
    if (!flags.once) say('Ctrl-C ends the shop, drains, and runs the daily job.');
    await untilDone(running, configuration.sinks, interrupt);
    return await conclude(configuration, flags, ledger);
  } finally {
    removeEndpoints(dataDirectory);
    emulators.kill('SIGTERM');
    await emulators.ended;
    interrupt.release();
  }
}

function startParts(configuration: Configuration, flags: StartFlags, ledger: string): Running {
  const workers = workerWords(configuration).map(({ words }) => new SupervisedWorker(words));
  const { project, logLevel, seed, rate } = configuration;
  const pace = flags.once ? [] : ['--steady', '--rate', String(rate)];
  const orders = flags.orders === undefined ? [] : ['--orders', String(flags.orders)];
  const shop = startChild(
    [
      ...['generate', '--to', 'pubsub', '--json', '--ledger', ledger],
      ...['--seed', String(seed), '--project', project, '--log-level', logLevel],
      ...orders,
      ...pace,
    ],
    {},
  );
  return { workers, shop };
}

async function untilDone({ shop, workers }: Running, sinks: Sinks, interrupt: Interrupt): Promise<void> {
  const show = plainView();
  const view = setInterval(
    () => show({ shop: shop.latest as ShopLine | undefined, workers: workers.map(({ latest }) => latest) }),
    1_000,
  );
  try {
    interrupt.first.addEventListener('abort', () => shop.kill('SIGTERM'));
    await shop.ended;
    const { published = 0 } = (shop.latest ?? {}) as Partial<ShopLine>;
    say(`The shop published ${published} messages; waiting until the workers have written them …`);
    // What is acknowledged is durable, so an empty backlog says that everything was written.
    while (!interrupt.second.aborted && (await backlog(sinks)) > 0) await wait(100);
  } finally {
    clearInterval(view);
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

async function conclude(configuration: Configuration, flags: StartFlags, ledger: string): Promise<number> {
  const daily = await runDaily(configuration);
  say(
    `Daily job over ${daily.days.length} days: ${daily.state}. ${daily.state === 'SUCCEEDED' ? '' : daily.detail}`,
  );
  if (daily.state !== 'SUCCEEDED') return 1;
  if (!flags.json) await printKpis(configuration.project);
  if (!flags.once) return 0;
  const verdict = await verifyLedger(configuration, ledger);
  if (flags.json) printJson(verdict);
  else for (const line of verdict.lines) say(line);
  return verdict.holds ? 0 : 1;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
