import { setTimeout as wait } from 'node:timers/promises';
import { type Child, type Environment, mainFile, startChild } from '../child.ts';
import type { ShopLine } from '../run-generate.ts';
import type { WorkerLine } from '../run-worker.ts';
import type { Configuration } from '../settings.ts';
import { workerWords } from '../worker-words.ts';
import { SupervisedWorker } from './supervised-worker.ts';

export interface PartsOptions {
  readonly configuration: Configuration;
  readonly orders: number | undefined;
  readonly once: boolean;
  readonly ledger: string;
  /** Resolves when topics and tables are there: the parts load what they need until then. */
  readonly ready: Promise<Environment>;
  readonly say: (words: string) => void;
}

/** The catalogue takes the first 2,500; with the rest there are some days of sales to look at. */
const historyMessages = 8_000;
const patienceMillis = 5_000;

/**
 * The shop and the workers of a local run. The worker of the first sink and the shop start beside the emulators. What
 * the first order does not need, the other workers among it, would only take the processor from it, and follows when
 * the first worker has told its first figures; a bounded run, of which nobody watches the beginning, starts all at once.
 */
export class Parts {
  readonly shop: Child;
  private readonly workers: SupervisedWorker[] = [];
  private readonly options: PartsOptions;
  private readonly ending = new AbortController();

  constructor(options: PartsOptions) {
    this.options = options;
    const { configuration, say, ready } = options;
    const [first, ...others] = workerWords(configuration);
    if (first) this.work(first);
    this.shop = startChild(shopWords(options), ready, mainFile, say);
    void this.underWay().then(() => {
      if (!this.ending.signal.aborted) for (const other of others) this.work(other);
    });
  }

  /** Resolves when the first worker works, or has taken long. */
  async underWay(): Promise<void> {
    const [first] = this.workers;
    if (this.options.once || !first) return;
    await this.options.ready.catch(() => {});
    const { signal } = this.ending;
    const enough = wait(patienceMillis, undefined, { signal, ref: false }).catch(() => {});
    await Promise.race([first.firstLine().catch(() => enough), enough]);
  }

  get seen(): { shop: ShopLine | undefined; workers: readonly (WorkerLine | undefined)[] } {
    return {
      shop: this.shop.latest as ShopLine | undefined,
      workers: this.workers.map(({ latest }) => latest),
    };
  }

  async stop(): Promise<void> {
    this.ending.abort();
    this.shop.kill('SIGTERM');
    await Promise.all([this.shop.ended, ...this.workers.map((worker) => worker.stop())]);
  }

  private work({ sink, words }: ReturnType<typeof workerWords>[number]): void {
    const { ready, say } = this.options;
    const worker = new SupervisedWorker(words, ready, say);
    this.workers.push(worker);
    say(`Worker ${worker.pid} writes ${sink}.`);
  }
}

function shopWords({ configuration, ledger, orders, once }: PartsOptions): string[] {
  const { project, logLevel, seed, rate, clickShare } = configuration;
  return [
    ...['generate', '--to', 'pubsub', '--json', '--ledger', ledger, '--resume'],
    ...['--seed', String(seed), '--click-share', String(clickShare)],
    ...['--project', project, '--log-level', logLevel],
    ...(orders === undefined ? [] : ['--orders', String(orders)]),
    ...(once ? [] : ['--steady', '--rate', String(rate), '--history', String(historyMessages)]),
  ];
}
