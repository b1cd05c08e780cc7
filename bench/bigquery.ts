import { managedwriter } from '@google-cloud/bigquery-storage';
import protobuf from 'protobufjs';
import { type Child, startChild } from '../cli/child.ts';
import { loadFiles } from './bigquery-loads.ts';
import { orderRows, type TableRows } from './bigquery-rows.ts';
import { type Figures, round } from './figures.ts';
import { managedWriterClient } from './managed-writer.ts';
import { costOf } from './process-cost.ts';

interface BigQueryOptions {
  /** How many orders are upserted, over three tables. */
  readonly orders: number;
  /** How many come before them, while the process still compiles itself; they are not counted. */
  readonly warmUp: number;
  /** How many rows are appended before they are counted. */
  readonly appended: number;
  /** How many rows the GROUP BY reads. */
  readonly scanned: number;
  /** How many rows are loaded from a file of each format. */
  readonly loaded: number;
}
interface Stage {
  readonly emulator: Child;
  readonly rest: string;
  readonly client: managedwriter.WriterClient;
}

const requestsInFlight = 8;

/** The emulator is a process of its own; rows come by `@google-cloud/bigquery-storage`, queries by plain HTTP. */
export async function runBigQuery(options: BigQueryOptions): Promise<Figures> {
  const begun = performance.now();
  const emulator = startChild(['emulators', '--only', 'bigquery', '--json'], {});
  try {
    const environment = (await emulator.firstLine()) as Record<string, string>;
    const readyMs = performance.now() - begun;
    const idleMb = costOf([emulator.pid]).peakRssMb;
    const stage = stageOf(emulator, environment);
    await query(stage, 'CREATE SCHEMA bench');
    const cdc = await upserts(stage, options);
    const point = await pointQueries(stage);
    const appends = await appendAndCount(stage, options.appended);
    const scan = await scanWhileWriting(stage, options.scanned - options.appended);
    const loads = await loadFiles(stage.rest, options.loaded);
    stage.client.close();
    const { peakRssMb } = costOf([emulator.pid]);
    const startup = { readyMs: round(readyMs), idleMb };
    return {
      bench: 'bigquery',
      config: { ...options },
      ...startup,
      cdc,
      point,
      appends,
      scan,
      loads,
      peakRssMb,
    };
  } finally {
    emulator.kill('SIGTERM');
    await emulator.ended;
  }
}

function stageOf(emulator: Child, environment: Record<string, string>): Stage {
  const { BIGQUERY_EMULATOR_HOST: rest = '' } = environment;
  return { emulator, rest, client: managedWriterClient('bench', environment) };
}

async function upserts(stage: Stage, { orders, warmUp }: BigQueryOptions): Promise<object> {
  const tables = orderRows(warmUp + orders);
  for (const { resource } of tables) await post(stage, 'datasets/bench/tables', resource);
  const send = async (part: readonly TableRows[]): Promise<number> => {
    const begun = performance.now();
    await Promise.all(part.map((t) => sendAll(stage, t.name, t.descriptor, requestsOf(t, 500))));
    const seconds = (performance.now() - begun) / 1000;
    // What was only acknowledged still has to be brought in, and counts.
    for (const { name } of part) await query(stage, `SELECT COUNT(*) FROM bench.${name}`);
    return seconds;
  };
  const split = tables.map((t) => Math.round((t.rows.length * warmUp) / (warmUp + orders)));
  if (warmUp > 0) await send(tables.map((t, i) => ({ ...t, rows: t.rows.slice(0, split[i]) })));
  const measured = tables.map((t, i) => ({ ...t, rows: t.rows.slice(split[i]) }));
  const rows = measured.reduce((sum, t) => sum + t.rows.length, 0);
  const before = costOf([stage.emulator.pid]).cpuMicros;
  const seconds = await send(measured);
  const cpu = costOf([stage.emulator.pid]).cpuMicros - before;
  return {
    rows,
    rowsPerSecond: Math.round(rows / seconds),
    cpuMicrosPerRow: round(cpu / rows),
    cpuMicrosPerOrder: round(cpu / orders),
  };
}

function requestsOf({ rows }: TableRows, size: number): Uint8Array[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, i) =>
    rows.slice(i * size, (i + 1) * size),
  );
}

async function sendAll(
  stage: Stage,
  table: string,
  protoDescriptor: object,
  requests: Iterable<Uint8Array[]>,
): Promise<void> {
  const connection = await stage.client.createStreamConnection({
    streamId: `projects/bench/datasets/bench/tables/${table}/streams/_default`,
  });
  const writer = new managedwriter.Writer({ connection, protoDescriptor });
  const pending: Promise<{ error?: { message?: string | null } | null }>[] = [];
  const oldest = async (): Promise<void> => {
    const { error } = (await pending.shift()) ?? {};
    if (error) throw new Error(`an append was refused: ${error.message}`);
  };
  for (const serializedRows of requests) {
    pending.push(writer.appendRows({ serializedRows }).getResult());
    if (pending.length >= requestsInFlight) await oldest();
  }
  while (pending.length > 0) await oldest();
  writer.close();
}

const reading = {
  name: 'Row',
  field: [
    { name: 'n', number: 1, type: 3, label: 1 },
    { name: 'kind', number: 2, type: 9, label: 1 },
    { name: 'at', number: 3, type: 3, label: 1 },
    { name: 'value', number: 4, type: 9, label: 1 },
  ],
};

/** The same thousand rows again and again: what is measured is the emulator, not this process. */
function readings(): Uint8Array[] {
  return Array.from({ length: 1000 }, (_, n) =>
    protobuf.Writer.create()
      .uint32(8)
      .int64(n)
      .uint32(18)
      .string(`kind number ${n % 50}`)
      .uint32(24)
      .int64(1_767_225_600_000_000 + n)
      .uint32(34)
      .string(`${n}.25`)
      .finish(),
  );
}

function* repeated(rows: Uint8Array[], times: number): Generator<Uint8Array[]> {
  for (let i = 0; i < times; i++) yield rows;
}

async function appendAndCount(stage: Stage, rows: number): Promise<object> {
  await query(
    stage,
    'CREATE TABLE bench.readings (n INT64, kind STRING, at TIMESTAMP, value NUMERIC(12, 2))',
  );
  const before = costOf([stage.emulator.pid]).cpuMicros;
  const begun = performance.now();
  await sendAll(stage, 'readings', reading, repeated(readings(), rows / 1000));
  const seconds = (performance.now() - begun) / 1000;
  const countMs = await timed(() => query(stage, 'SELECT COUNT(*) FROM bench.readings'));
  const cpu = costOf([stage.emulator.pid]).cpuMicros - before;
  const rowsPerSecond = Math.round(rows / seconds);
  return { rows, rowsPerSecond, cpuMicrosPerRow: round(cpu / rows), countMs: round(countMs) };
}

async function scanWhileWriting(stage: Stage, more: number): Promise<object> {
  await sendAll(stage, 'readings', reading, repeated(readings(), more / 1000));
  await query(stage, 'SELECT COUNT(*) FROM bench.readings');
  let writing = true;
  const writer = (async () => {
    while (writing) {
      const begun = performance.now();
      await sendAll(stage, 'readings', reading, repeated(readings(), 1));
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 100 - (performance.now() - begun))));
    }
  })();
  const times: number[] = [];
  for (let i = 0; i < 20; i++)
    times.push(
      await timed(() =>
        query(stage, 'SELECT kind, COUNT(*), SUM(value) FROM bench.readings GROUP BY kind ORDER BY kind'),
      ),
    );
  writing = false;
  await writer;
  return { groupByMs: percentiles(times) };
}

async function pointQueries(stage: Stage): Promise<object> {
  const key = await query(stage, 'SELECT MAX(order_id) FROM bench.orders');
  const times: number[] = [];
  for (let i = 0; i < 50; i++)
    times.push(
      await timed(() =>
        query(stage, 'SELECT * FROM bench.orders WHERE order_id = @id', {
          parameterMode: 'NAMED',
          queryParameters: [
            { name: 'id', parameterType: { type: 'STRING' }, parameterValue: { value: key } },
          ],
        }),
      ),
    );
  return { roundTripMs: percentiles(times) };
}

/** The first value of the first row. */
async function query(stage: Stage, sql: string, more: object = {}): Promise<unknown> {
  const body = { query: sql, useLegacySql: false, timeoutMs: 120_000, ...more };
  const answer = (await post(stage, 'queries', body)) as { rows?: { f: { v: unknown }[] }[] };
  return answer.rows?.[0]?.f[0]?.v;
}

async function post(stage: Stage, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${stage.rest}/projects/bench/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error?: { message: string } };
  if (answer.error) throw new Error(`${path}: ${answer.error.message}`);
  return answer;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

function percentiles(times: readonly number[]): { p50: number; p99: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): number => round(sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN);
  return { p50: at(0.5), p99: at(0.99) };
}
