import { setTimeout as wait } from 'node:timers/promises';
import { TransientError } from '../../runtime/index.ts';
import { backlog } from '../backlog.ts';
import { type Child, type Ended, type Environment, startChild } from '../child.ts';
import { runDaily } from '../daily.ts';
import { applyResources, loadForApplying } from '../infra.ts';
import { type Interrupt, watchInterrupts, whenAborted } from '../interrupt.ts';
import type { Configuration } from '../settings.ts';
import { printJson, say } from '../terminal.ts';
import { verifyLedger } from '../verify.ts';
import { removeEndpoints, writeEndpoints } from './endpoints-file.ts';
import { printKpis } from './kpis.ts';
import { Parts } from './parts.ts';
import { openRunFolder, type RunFolder } from './run-folder.ts';
import { openView, type View } from './view/index.ts';

export interface StartFlags {
  readonly orders: number | undefined;
  readonly once: boolean;
  readonly json: boolean;
  readonly fresh: boolean;
}

/**
 * The local run: emulators and, beside them, the shop and a worker that load → the resources are made, orders flow →
 * (Ctrl-C, or all orders made) → the shop stops, the workers drain → the daily job → KPIs, and with --once the proof.
 * What it keeps in its folder lets the next start go on where it was, even after every process was killed at once.
 * Resolves with the exit code.
 */
export async function runStart(configuration: Configuration, flags: StartFlags): Promise<number> {
  const interrupt = watchInterrupts();
  // Its parts make clients before the emulators are there to be named: they, too, need no metadata server.
  process.env.METADATA_SERVER_DETECTION ??= 'none';
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
  say('orderlake: starting Pub/Sub, Cloud Storage, BigQuery and Workflows on this machine …');
  const emulators = startChild(['emulators', '--json', '--data', folder.emulators], {});
  try {
    await letFlow(emulators, folder, configuration, flags, interrupt);
    return await conclude(configuration, flags, folder.ledger);
  } finally {
    removeEndpoints(configuration.dataDirectory);
    emulators.kill('SIGTERM');
    await emulators.ended;
  }
}

/** From nothing until the last message that the shop tells is written, and the daily run is there as well. */
async function letFlow(
  emulators: Child,
  { ledger, goesOn }: RunFolder,
  configuration: Configuration,
  flags: StartFlags,
  interrupt: Interrupt,
): Promise<void> {
  const { dataDirectory, project, sinks } = configuration;
  const ready = Promise.withResolvers<Environment>();
  let tell = say;
  const parts = new Parts({
    ...{ configuration, ledger, orders: flags.orders, once: flags.once, ready: ready.promise },
    say: (words) => tell(words),
  });
  let view: View | undefined;
  try {
    ready.resolve(await prepared(emulators, configuration));
    const onTerminal = process.stderr.isTTY && process.env.TERM !== 'dumb' && !flags.json;
    view = openView({ project, sinks, onTerminal, seen: () => parts.seen });
    tell = view.say;
    if (goesOn) tell(`Going on where the run in ${dataDirectory} stopped; --fresh would start anew.`);
    if (!flags.once) tell(`Ctrl-C ends the shop, drains, and runs the daily job. The ledger is ${ledger}.`);
    const dailyRun = orShortly(flags.once ? undefined : view.firstOrder).then(() => {
      parts.beginOthers();
      return applyResources(configuration, 'run');
    });
    // If it fails that is told at the end: orders flow without it.
    dailyRun.catch(() => {});
    await Promise.race([untilWritten(parts, tell, configuration, interrupt), untilDead(emulators)]);
    await dailyRun;
  } finally {
    ready.reject(new Error('the start failed'));
    await parts.stop();
    await view?.close();
  }
}

const patienceMillis = 5_000;

/** At once without anything to wait for; not for ever with it. */
async function orShortly(event: Promise<void> | undefined): Promise<void> {
  const enough = new AbortController();
  const patience = wait(patienceMillis, undefined, { signal: enough.signal, ref: false }).catch(() => {});
  await Promise.race([event, ...(event ? [patience] : [])]);
  enough.abort();
}

/** Makes what messages need on their way; resolves with the variables that name the services. */
async function prepared(emulators: Child, configuration: Configuration): Promise<Environment> {
  const [environment] = await Promise.all([emulators.firstLine() as Promise<Environment>, loadForApplying()]);
  Object.assign(process.env, environment);
  writeEndpoints(configuration.dataDirectory, environment);
  const { summary } = await applyResources(configuration, 'stores');
  say(`Ready after ${(performance.now() / 1_000).toFixed(1)} s: ${summary}`);
  return environment;
}

async function untilWritten(
  { shop }: Parts,
  tell: (words: string) => void,
  { sinks }: Configuration,
  { first, second }: Interrupt,
): Promise<void> {
  void whenAborted(first).then(() => shop.kill('SIGTERM'));
  const { code, signal } = await shop.ended;
  // What its ledger told last may never have been sent: to look for it would find it missing.
  if (code !== 0 && !first.aborted) throw died('the shop', { code, signal });
  const { published = 0 } = (shop.latest ?? {}) as { published?: number };
  tell(`The shop published ${published} messages; waiting until the workers have written them …`);
  // What is acknowledged is durable, so an empty backlog says that everything was written.
  while (!second.aborted && (await backlog(sinks)) > 0) await wait(100);
}

/** Never resolves. Without it everybody else would try again and again to reach what is not there. */
async function untilDead(emulators: Child): Promise<void> {
  throw died('the emulators', await emulators.ended);
}

function died(who: string, { code, signal }: Ended): TransientError {
  return new TransientError(`${who} ended before the run was done`, {
    got: signal ?? `exit code ${code}`,
    action: 'Start again with the same flags: the run goes on where it stopped',
  });
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
