import { Command, Option } from 'commander';
import type { Figures } from './figures.ts';

// As cli/main.ts: emulated endpoints need no credentials.
process.env.METADATA_SERVER_DETECTION ??= 'none';

interface PipelineFlags {
  readonly events: string;
  readonly rate?: string;
  readonly sinks: string;
  readonly source: string;
  readonly baseline?: string;
  readonly json?: boolean;
}

function print(figures: Figures, json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(figures) : JSON.stringify(figures, null, 2)}\n`);
}

type BigQueryFlag = 'orders' | 'warmUp' | 'appended' | 'scanned' | 'loaded';

const program = new Command('bench').description('Measure; never judge.');
program
  .command('pipeline')
  .description('Orders through everything: shop, emulators, worker, BigQuery and Iceberg, on this machine.')
  .option('--events <n>', 'how many orders', '40000')
  .option('--rate <perSecond>', 'offer this rate (open loop); without it as fast as possible')
  .option('--sinks <names>', 'bigquery, iceberg or both', 'bigquery,iceberg')
  .option('--source <kind>', 'client or raw', 'client')
  .addOption(
    new Option('--baseline <name>', "the textbook's program as well, in the same run").choices(['idiomatic']),
  )
  .option('--json', 'exactly one JSON line')
  .action(async (flags: PipelineFlags) => {
    const { events, rate, json, ...rest } = flags;
    const { runPipeline } = await import('./pipeline.ts');
    const figures = await runPipeline({
      ...rest,
      events: Number(events),
      ...(rate === undefined ? {} : { rate: Number(rate) }),
    });
    print(figures, json === true);
  });
program
  .command('contract')
  .description('Bytes to events and rows to bytes, in times of JSON.parse of the same messages.')
  .option('--orders <n>', 'how many orders', '10000')
  .option('--json', 'exactly one JSON line')
  .action(async (flags: { orders: string; json?: boolean }) => {
    const { runContract } = await import('./contract.ts');
    print(runContract(Number(flags.orders)), flags.json === true);
  });
program
  .command('generator')
  .description('Orders made into bytes, on one core; and how near the rate control comes to its rate.')
  .option('--orders <n>', 'how many orders', '1000000')
  .option('--rate <perSecond>', 'messages a second to hold', '5000')
  .option('--rate-seconds <n>', 'for how long', '5')
  .option('--json', 'exactly one JSON line')
  .action(async (flags: { orders: string; rate: string; rateSeconds: string; json?: boolean }) => {
    // Each bench loads its own parts alone: the memory it takes is one of its figures.
    const { runGenerator } = await import('./generator.ts');
    const figures = await runGenerator({
      orders: Number(flags.orders),
      rate: Number(flags.rate),
      rateSeconds: Number(flags.rateSeconds),
    });
    print(figures, flags.json === true);
  });
program
  .command('storage')
  .description(
    'Objects of 8 MB and of 1 KB to the storage emulator and back, and eight writers who race to be first.',
  )
  .option('--large <n>', 'how many objects of 8 MB in each round', '100')
  .option('--small <n>', 'how many objects of 1 KB in each round', '5000')
  .option('--memory', 'keep objects in memory instead of on disk')
  .option('--json', 'exactly one JSON line')
  .action(async (flags: { large: string; small: string; memory?: boolean; json?: boolean }) => {
    const { large, small, memory } = flags;
    const options = { large: Number(large), small: Number(small), memory: memory === true };
    const { runStorage } = await import('./storage.ts');
    print(await runStorage(options), flags.json === true);
  });
program
  .command('bigquery')
  .description(
    'Upserts, appends and queries through the BigQuery emulator: what a row costs and when it is seen.',
  )
  .option('--orders <n>', 'how many orders are upserted, over three tables', '100000')
  .option('--warm-up <n>', 'how many come before them and are not counted', '50000')
  .option('--appended <n>', 'how many rows are appended and then counted', '1000000')
  .option('--scanned <n>', 'how many rows a GROUP BY reads while others come in', '5000000')
  .option('--loaded <n>', 'how many rows a CSV and a Parquet file bring', '1000000')
  .option('--json', 'exactly one JSON line')
  .action(async ({ json, ...flags }: Record<BigQueryFlag, string> & { json?: boolean }) => {
    const options = {
      orders: Number(flags.orders),
      warmUp: Number(flags.warmUp),
      appended: Number(flags.appended),
      scanned: Number(flags.scanned),
      loaded: Number(flags.loaded),
    };
    const { runBigQuery } = await import('./bigquery.ts');
    print(await runBigQuery(options), json === true);
  });
program
  .command('pubsub')
  .description(
    'Messages of 1.5 KB through the Pub/Sub emulator: by the client, by raw streams, at a given rate.',
  )
  .option('--messages <n>', 'how many in each round', '300000')
  .option('--rate <perSecond>', 'messages a second in the open loop', '5000')
  .option('--rate-seconds <n>', 'for how long', '10')
  .option('--backlog <n>', 'how many to let wait before anybody reads them; 0 leaves it out', '0')
  .option('--peer', "Google's emulator too, where it is on this machine")
  .option('--json', 'exactly one JSON line')
  .action(
    async (flags: {
      messages: string;
      rate: string;
      rateSeconds: string;
      backlog: string;
      peer?: boolean;
      json?: boolean;
    }) => {
      const options = {
        messages: Number(flags.messages),
        rate: Number(flags.rate),
        rateSeconds: Number(flags.rateSeconds),
        backlog: Number(flags.backlog),
        peer: flags.peer === true,
      };
      const { runPubSub } = await import('./pubsub.ts');
      print(await runPubSub(options), flags.json === true);
    },
  );
await program.parseAsync(process.argv.slice(2), { from: 'user' });
