import { keepNurserySmall } from '../cli/small-nursery.ts';
import type { Instant } from '../contracts/index.ts';
import { type Destination, deliver } from '../generator/deliver.ts';
import { defaultDefects, type GenerateOptions, generate, type Publication } from '../generator/index.ts';
import { type Figures, round } from './figures.ts';
import { jsonParseMicros } from './json-parse.ts';

export interface GeneratorOptions {
  readonly orders: number;
  /** Messages a second that the rate control is asked to hold. */
  readonly rate: number;
  readonly rateSeconds: number;
}

const epoch = 1_483_326_000_000_000 as Instant;
const shop = { seed: 1, epoch, defects: defaultDefects } as const;

interface Made {
  readonly events: number;
  readonly seconds: number;
  readonly cpuMicros: number;
  readonly bytes: number;
}

/** Bytes of messages, with default defects; nothing is sent and nothing is kept. */
export async function runGenerator({ orders, rate, rateSeconds }: GeneratorOptions): Promise<Figures> {
  // As the command does when it writes into a file.
  keepNurserySmall();
  // The first round compiles; the second is measured.
  made({ ...shop, orders: 50_000 });
  const bare = made({ ...shop, orders });
  // Before the rest adds its own.
  const peakRssMb = Math.round(process.resourceUsage().maxRSS / 1_024);
  const some = Math.min(orders, 100_000);
  const told = made({ ...shop, orders: some }, (publication) => [publication.attributes, publication.ledger]);
  const whole = made({ ...shop, orders: some, streams: ['orders', 'status', 'dimensions'] });
  const clicks = made({
    ...shop,
    orders: Math.ceil(some / 10),
    streams: ['orders', 'status', 'dimensions', 'clicks'],
  });
  const parse = jsonParseMicros(20_000);
  const cpu = bare.cpuMicros / bare.events;
  return {
    bench: 'generator',
    config: { orders, defects: 'default', streams: 'orders' },
    ...speedOf(bare),
    ordersPerSecond: Math.round(orders / bare.seconds),
    // What one core does, whatever else runs on the machine.
    ordersPerCpuSecond: Math.round(orders / (bare.cpuMicros / 1e6)),
    cpuMicrosPerEvent: { total: round(cpu), generator: round(cpu) },
    peakRssMb: { generator: peakRssMb },
    jsonParseMicros: round(parse),
    ratioToJsonParse: round(cpu / parse),
    withLedger: speedOf(told),
    wholeShop: { ...speedOf(whole), ordersPerSecond: Math.round(some / whole.seconds) },
    withClicks: speedOf(clicks),
    rate: await heldRate(rate, rateSeconds),
  };
}

function made(options: GenerateOptions, look?: (publication: Publication) => unknown): Made {
  const before = process.cpuUsage();
  const begun = performance.now();
  let events = 0;
  let bytes = 0;
  for (const publication of generate(options)) {
    events++;
    bytes += publication.bytes.length;
    look?.(publication);
  }
  const { user, system } = process.cpuUsage(before);
  return { events, bytes, seconds: (performance.now() - begun) / 1_000, cpuMicros: user + system };
}

function speedOf({ events, seconds, bytes }: Made) {
  return {
    events,
    seconds: round(seconds),
    eventsPerSecond: Math.round(events / seconds),
    megabytesPerSecond: round(bytes / seconds / 1e6),
  };
}

/** How near the rate control comes to what it was asked for. */
async function heldRate(rate: number, seconds: number): Promise<Record<string, number>> {
  const orders = Math.ceil(rate * seconds);
  const report = await deliver(generate({ ...shop, orders }), nowhere(), { rate });
  return { asked: rate, achieved: round(report.perSecond), overruns: report.overruns };
}

function nowhere(): Destination {
  let arrived = 0;
  return {
    async send(chunk) {
      arrived += chunk.length;
    },
    failed: false,
    get arrived() {
      return arrived;
    },
    get arrivedThrough() {
      return arrived;
    },
    async finish() {},
  };
}
