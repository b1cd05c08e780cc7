import { Command, InvalidArgumentError, Option } from 'commander';
import type { Figures } from './figures.ts';

// As cli/main.ts: emulated endpoints need no credentials.
process.env.METADATA_SERVER_DETECTION ??= 'none';

interface PipelineFlags {
  readonly events: number;
  readonly rate?: number;
  readonly sinks: string;
  readonly source: string;
  readonly baseline?: string;
  readonly warmup: number;
  readonly backlog?: number;
  readonly json?: boolean;
}

function print(figures: Figures, json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(figures) : JSON.stringify(figures, null, 2)}\n`);
}

type PubSubFlag = 'messages' | 'rate' | 'rateSeconds' | 'backlog';
type BigQueryFlag = 'orders' | 'warmUp' | 'appended' | 'scanned' | 'loaded';

function amount(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError(`Expected a whole number, got ${value}.`);
  return Number(value);
}

const program = new Command('bench').description('Measure; never judge.');
program
  .command('pipeline')
  .description('Orders through everything: shop, emulators, worker, BigQuery and Iceberg, on this machine.')
  .option('--events <n>', 'how many orders', amount, 40_000)
  .option('--rate <perSecond>', 'offer this rate (open loop); without it as fast as possible', amount)
  .option('--warmup <seconds>', 'publish for so long before anything counts', amount, 5)
  .option('--backlog <n>', 'let so many orders wait before a worker starts, and no others', amount)
  .option('--sinks <names>', 'bigquery, iceberg or both', 'bigquery,iceberg')
  .option('--source <kind>', 'client or raw', 'client')
  .addOption(
    new Option('--baseline <name>', "the textbook's program as well, in the same run").choices(['idiomatic']),
  )
  .option('--json', 'exactly one JSON line')
  .action(async (flags: PipelineFlags) => {
    const { json, warmup, backlog, ...options } = flags;
    const { runPipeline } = await import('./pipeline.ts');
    const warm = { ...options, warmupSeconds: warmup, backlog: false };
    const cold = { ...options, warmupSeconds: 0, backlog: true };
    print(await runPipeline(backlog === undefined ? warm : { ...cold, events: backlog }), json === true);
  });
program
  .command('contract')
  .description('Bytes to events and rows to bytes, in times of JSON.parse of the same messages.')
  .option('--orders <n>', 'how many orders', amount, 10_000)
  .option('--json', 'exactly one JSON line')
  .action(async (flags: { orders: number; json?: boolean }) => {
    const { runContract } = await import('./contract.ts');
    print(runContract(flags.orders), flags.json === true);
  });
program
  .command('generator')
  .description('Orders made into bytes, on one core; and how near the rate control comes to its rate.')
  .option('--orders <n>', 'how many orders', amount, 1_000_000)
  .option('--rate <perSecond>', 'messages a second to hold', amount, 5000)
  .option('--rate-seconds <n>', 'for how long', amount, 5)
  .option('--json', 'exactly one JSON line')
  .action(async (flags: { orders: number; rate: number; rateSeconds: number; json?: boolean }) => {
    // Each bench loads its own parts alone: the memory it takes is one of its figures.
    const { runGenerator } = await import('./generator.ts');
    const { json, ...options } = flags;
    print(await runGenerator(options), json === true);
  });
program
  .command('storage')
  .description(
    'Objects of 8 MB and of 1 KB to the storage emulator and back, and eight writers who race to be first.',
  )
  .option('--large <n>', 'how many objects of 8 MB in each round', amount, 100)
  .option('--small <n>', 'how many objects of 1 KB in each round', amount, 5000)
  .option('--memory', 'keep objects in memory instead of on disk')
  .option('--json', 'exactly one JSON line')
  .action(async (flags: { large: number; small: number; memory?: boolean; json?: boolean }) => {
    const { large, small, memory } = flags;
    const options = { large, small, memory: memory === true };
    const { runStorage } = await import('./storage.ts');
    print(await runStorage(options), flags.json === true);
  });
program
  .command('bigquery')
  .description(
    'Upserts, appends and queries through the BigQuery emulator: what a row costs and when it is seen.',
  )
  .option('--orders <n>', 'how many orders are upserted, over three tables', amount, 100_000)
  .option('--warm-up <n>', 'how many come before them and are not counted', amount, 50_000)
  .option('--appended <n>', 'how many rows are appended and then counted', amount, 1_000_000)
  .option('--scanned <n>', 'how many rows a GROUP BY reads while others come in', amount, 5_000_000)
  .option('--loaded <n>', 'how many rows a CSV and a Parquet file bring', amount, 1_000_000)
  .option('--json', 'exactly one JSON line')
  .action(async ({ json, ...options }: Record<BigQueryFlag, number> & { json?: boolean }) => {
    const { runBigQuery } = await import('./bigquery.ts');
    print(await runBigQuery(options), json === true);
  });
program
  .command('pubsub')
  .description(
    'Messages of 1.5 KB through the Pub/Sub emulator: by the client, by raw streams, at a given rate.',
  )
  .option('--messages <n>', 'how many in each round', amount, 300_000)
  .option('--rate <perSecond>', 'messages a second in the open loop', amount, 5000)
  .option('--rate-seconds <n>', 'for how long', amount, 10)
  .option('--backlog <n>', 'how many to let wait before anybody reads them; 0 leaves it out', amount, 0)
  .option('--peer', "Google's emulator too, where it is on this machine")
  .option('--json', 'exactly one JSON line')
  .action(async ({ json, ...options }: Record<PubSubFlag, number> & { peer?: boolean; json?: boolean }) => {
    const { runPubSub } = await import('./pubsub.ts');
    print(await runPubSub({ ...options, peer: options.peer === true }), json === true);
  });
await program.parseAsync(process.argv.slice(2), { from: 'user' });
