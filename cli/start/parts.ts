import { type Child, type Environment, mainFile, startChild } from '../child.ts';
import type { ShopLine } from '../run-generate.ts';
import type { WorkerLine } from '../run-worker.ts';
import type { Configuration } from '../settings.ts';
import { workerWords } from '../worker-words.ts';
import { SupervisedWorker } from './supervised-worker.ts';

type WorkerWords = ReturnType<typeof workerWords>[number];

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

const longestStopMillis = 10_000;

/**
 * The shop and the workers of a local run. The worker of the first sink and the shop start beside the emulators; the
 * other workers would only take the processor from the first order, and begin when they are told to. In a bounded run,
 * of which nobody watches the beginning, all start at once.
 */
export class Parts {
  readonly shop: Child;
  private readonly workers: SupervisedWorker[] = [];
  private readonly options: PartsOptions;
  private readonly others: WorkerWords[];
  private ending = false;

  constructor(options: PartsOptions) {
    this.options = options;
    const { configuration, say, ready } = options;
    const [first, ...others] = workerWords(configuration);
    if (first) this.work(first);
    this.shop = startChild(shopWords(options), ready, mainFile, say);
    this.others = others;
    if (options.once) this.beginOthers();
  }

  beginOthers(): void {
    if (this.ending) return;
    for (const other of this.others.splice(0)) this.work(other);
  }

  get seen(): { shop: ShopLine | undefined; workers: readonly (WorkerLine | undefined)[] } {
    return {
      shop: this.shop.latest as ShopLine | undefined,
      workers: this.workers.map(({ latest }) => latest),
    };
  }

  async stop(): Promise<void> {
    this.ending = true;
    this.shop.kill('SIGTERM');
    // It sends all that its ledger tells of, and goes on trying where nobody answers any more.
    const late = setTimeout(() => this.shop.kill('SIGKILL'), longestStopMillis);
    await Promise.all([this.shop.ended, ...this.workers.map((worker) => worker.stop())]);
    clearTimeout(late);
  }

  private work({ sink, words }: WorkerWords): void {
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
