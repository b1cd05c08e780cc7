import { setTimeout as wait } from 'node:timers/promises';
import type { names } from '../../../contracts/index.ts';
import { messageOf } from '../../../runtime/index.ts';
import { backlogs } from '../../backlog.ts';
import { firstOrder, type Newest, nothingYet, watchNewest } from '../../newest-orders.ts';
import { paint, say } from '../../terminal.ts';
import { figuresBetween, type Seen } from './figures.ts';
import { panelOf } from './panel.ts';
import { Pinned } from './pinned.ts';
import { plainLine } from './plain.ts';

export interface ViewOptions {
  readonly project: string;
  readonly sinks: readonly (keyof typeof names.subscriptions)[];
  /** A terminal in which a person looks on; otherwise a line a second is written, as to a log. */
  readonly onTerminal: boolean;
  seen(): Omit<Seen, 'waiting'>;
}

export interface View {
  /** Words beside the figures: they must not be written into them. */
  say(words: string): void;
  /** Resolves when BigQuery has answered with an order, or is not asked for any. */
  readonly firstOrder: Promise<void>;
  close(): Promise<void>;
}

const everyMillis = 1_000;

/** Shows once a second how a run is going, until it is closed. */
export function openView(options: ViewOptions): View {
  const { project, sinks, onTerminal } = options;
  const pinned = onTerminal ? new Pinned(process.stderr) : undefined;
  const tell = (words: string) => (pinned ? pinned.say(words) : say(words));
  const closing = new AbortController();
  const first = Promise.withResolvers<void>();
  let newest: Newest = nothingYet;
  let before: Seen = { shop: undefined, workers: [], waiting: {} };
  let shownAt = performance.now();

  async function show(): Promise<void> {
    // The emulators end before a last look sometimes.
    const waiting = pinned ? await backlogs(sinks).catch(() => ({})) : {};
    const at = performance.now();
    const now = { ...options.seen(), waiting };
    const figures = figuresBetween(before, now, (at - shownAt) / 1_000);
    before = now;
    shownAt = at;
    if (!pinned) say(plainLine(figures, new Date()));
    else
      pinned.show(
        panelOf(figures, newest, at / 1_000, { columns: process.stderr.columns, rows: process.stderr.rows }),
      );
  }

  async function keepShowing(): Promise<void> {
    while (!closing.signal.aborted) {
      await wait(everyMillis, undefined, { signal: closing.signal }).catch(() => {});
      if (!closing.signal.aborted) await show();
    }
  }

  async function ask(): Promise<void> {
    const isThere = sinks.includes('bigquery') && (await firstOrder(project, closing.signal));
    first.resolve();
    if (isThere) tell(`First order visible in BigQuery after ${(performance.now() / 1_000).toFixed(1)} s.`);
    if (pinned) await watchNewest(project, (answer) => (newest = answer), closing.signal);
  }

  const showing = keepShowing();
  // A look at the run must not end it.
  const asking = ask()
    .catch((error) => tell(paint('yellow', `BigQuery cannot be looked at: ${messageOf(error)}`)))
    .finally(() => first.resolve());
  return {
    say: tell,
    firstOrder: first.promise,
    async close() {
      closing.abort();
      await Promise.all([showing, asking]);
      if (pinned) await show();
      pinned?.release();
    },
  };
}
