import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Storage } from '@google-cloud/storage';
import { type Child, startChild } from '../cli/child.ts';
import type { Figures } from './figures.ts';
import { costOf } from './process-cost.ts';
import { RawHttp } from './raw-http.ts';

interface StorageOptions {
  /** How many objects of 8 MB each round sends. */
  readonly large: number;
  /** How many objects of 1 KB each round sends. */
  readonly small: number;
  /** Keep objects in memory instead of on disk. */
  readonly memory: boolean;
}

const largeBytes = 8 * 1024 * 1024;
/** Names are written again and again, so that the disk's cache is not measured but for the first round. */
const largeNames = 8;

interface Stage {
  readonly emulator: Child;
  readonly raw: RawHttp;
  readonly client: Storage;
}

/** The emulator is a process of its own, and so is this one; raw is plain HTTP, client is `@google-cloud/storage`. */
export async function runStorage(options: StorageOptions): Promise<Figures> {
  // The client hangs eleven listeners on every download, one more than Node takes for a leak.
  EventEmitter.defaultMaxListeners = 20;
  const directory = mkdtempSync(join(tmpdir(), 'storage-bench-'));
  const data = options.memory ? [] : ['--data', directory];
  const emulator = startChild(['emulators', '--only', 'storage', '--json', ...data], {});
  try {
    const { STORAGE_EMULATOR_HOST: origin } = (await emulator.firstLine()) as Record<string, string>;
    if (origin === undefined) throw new Error('the emulators did not say where storage is');
    if (!options.memory) touchCache(directory);
    const stage = { emulator, raw: new RawHttp(origin), client: clientAt(origin) };
    await stage.client.createBucket('bench');
    const figures = { ...(await large(stage, options.large)), ...(await small(stage, options.small)) };
    const race = await raceFor(stage);
    stage.raw.close();
    const { peakRssMb } = costOf([emulator.pid]);
    return { bench: 'storage', config: { ...options }, ...figures, race, peakRssMb };
  } finally {
    emulator.kill('SIGTERM');
    await emulator.ended;
    rmSync(directory, { recursive: true });
  }
}

/**
 * A machine that is virtual gets each page of memory from its host when it first writes it: ten times the price of
 * the write. Files written and deleted before leave pages that are there already.
 */
function touchCache(directory: string): void {
  const bytes = Buffer.alloc(largeBytes, 1);
  const files = Array.from({ length: 100 }, (_, i) => join(directory, `touched-${i}`));
  for (const file of files) writeFileSync(file, bytes);
  for (const file of files) unlinkSync(file);
}

function clientAt(origin: string): Storage {
  return new Storage({ projectId: 'bench', apiEndpoint: origin, retryOptions: { autoRetry: false } });
}

async function large({ raw, client, emulator }: Stage, count: number) {
  const bytes = Buffer.alloc(largeBytes);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) >> 3;
  const md5Hash = createHash('md5').update(bytes).digest('base64');
  const bucket = client.bucket('bench');
  const name = (i: number) => `large-${i % largeNames}`;
  const upload = (i: number) => raw.ask('POST', `${uploads}large-${i % largeNames}`, bytes);
  const measure = async (run: (i: number) => Promise<unknown>) => {
    const { perSecond, cpuMicros } = await measured(emulator, count, 4, run);
    return {
      mbPerSecond: Math.round(perSecond * (largeBytes / 1e6)),
      emulatorCpuMs: round(cpuMicros / 1000),
    };
  };
  await measure(upload);
  return {
    upload8Mb: {
      raw: await measure(upload),
      client: await measure((i) => bucket.file(name(i)).save(bytes, { resumable: false })),
      clientSendingMd5: await measure((i) =>
        bucket.file(name(i)).save(bytes, { resumable: false, validation: false, metadata: { md5Hash } }),
      ),
    },
    download8Mb: {
      raw: await measure((i) => raw.ask('GET', `${downloads}${name(i)}?alt=media`)),
      client: await measure((i) => bucket.file(name(i)).download()),
      clientNotChecking: await measure((i) => bucket.file(name(i)).download({ validation: false })),
    },
  };
}

async function small({ raw, client, emulator }: Stage, count: number) {
  const bytes = Buffer.alloc(1000, 1);
  const bucket = client.bucket('bench');
  const measure = async (run: (i: number) => Promise<unknown>, times = count) => {
    const { perSecond, cpuMicros } = await measured(emulator, times, 16, run);
    return { perSecond: Math.round(perSecond), emulatorCpuMicros: Math.round(cpuMicros) };
  };
  await measure((i) => raw.ask('POST', `${uploads}warm%2F${i}`, bytes), Math.ceil(count / 4));
  return {
    write1Kb: {
      raw: await measure((i) => raw.ask('POST', `${uploads}small%2F${i}`, bytes)),
      client: await measure((i) =>
        bucket.file(`client/${i}`).save(bytes, { resumable: false, validation: false }),
      ),
    },
    read1Kb: {
      raw: await measure((i) => raw.ask('GET', `${downloads}small%2F${i}?alt=media`)),
      client: await measure((i) => bucket.file(`client/${i}`).download({ validation: false })),
    },
  };
}

/** Eight writers want to be the first, a hundred times over. */
async function raceFor({
  raw,
}: Stage): Promise<{ rounds: number; withOneWinner: number; losersWith412: number }> {
  const race = { rounds: 100, withOneWinner: 0, losersWith412: 0 };
  for (let round = 0; round < race.rounds; round++) {
    const path = `${uploads}race-${round}&ifGenerationMatch=0`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, writer) => raw.ask('POST', path, Buffer.from(`writer ${writer}`))),
    );
    const of = (status: number) => answers.filter((answer) => answer.status === status).length;
    if (of(200) === 1) race.withOneWinner += 1;
    race.losersWith412 += of(412);
  }
  return race;
}

const uploads = '/upload/storage/v1/b/bench/o?uploadType=media&name=';
const downloads = '/storage/v1/b/bench/o/';

/** Runs it `count` times, so many at once. */
async function measured(
  emulator: Child,
  count: number,
  atOnce: number,
  run: (i: number) => Promise<unknown>,
): Promise<{ perSecond: number; cpuMicros: number }> {
  const before = costOf([emulator.pid]).cpuMicros;
  const begun = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - begun) / 1000;
  return { perSecond: count / seconds, cpuMicros: (costOf([emulator.pid]).cpuMicros - before) / count };
}

const round = (value: number): number => Math.round(value * 10) / 10;
