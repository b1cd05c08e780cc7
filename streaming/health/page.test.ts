import { get } from 'node:http';
import { metrics } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test } from 'vitest';
import type { LaneFigures } from '../meter.ts';
import type { Vitals } from './judgement.ts';
import { type HealthPage, serveHealth } from './page.ts';
import { tellTelemetry } from './telemetry.ts';

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

const nobody = { p50: null, p99: null };
const lane: LaneFigures = {
  lane: 'bigquery',
  received: 12,
  bytes: 3_400,
  ok: 8,
  corrected: 1,
  dead: { truncated_json: 2 },
  dropped: 1,
  committed: 9,
  acknowledged: 12,
  refused: 0,
  heldBack: 0,
  heldBackAt: null,
  retries: 3,
  failing: null,
  latencyMs: nobody,
  latencyMsOverall: nobody,
  latencyHistogram: {
    atMost: [
      [10, 4],
      [100, 11],
    ],
    count: 12,
    sum: 640.5,
  },
  latencyCounts: [],
};

let page: HealthPage;
let vitals: Vitals;
afterEach(() => page.close());

async function opened(change: Partial<Vitals> = {}) {
  vitals = { state: 'running', lanes: [lane], unsettled: 0, oldestAt: undefined, now: 1_000_000, ...change };
  page = await serveHealth(0, () => vitals);
}

async function read(path: string, init?: RequestInit) {
  const response = await fetch(`http://127.0.0.1:${page.port}${path}`, init);
  return { status: response.status, text: await response.text() };
}

test('a running worker is live and ready', async () => {
  await opened();
  expect(await read('/live')).toEqual({ status: 200, text: 'ok\n' });
  expect(await read('/ready')).toEqual({ status: 200, text: 'ok\n' });
});

test('a worker whose writes fail for long is live but not ready, and says why', async () => {
  await opened({ lanes: [{ ...lane, failing: { code: 'SETUP', since: 1_000_000 - 42_000 } }] });
  expect((await read('/live')).status).toBe(200);
  expect(await read('/ready')).toEqual({ status: 503, text: 'writes to bigquery fail (SETUP) for 42 s\n' });
});

test('while a dead letter has nowhere to go the worker is not ready, though it does all else', async () => {
  const held = { ...lane, heldBack: 1, heldBackAt: 1_000_000 - 600_000 };
  await opened({ lanes: [held] });
  expect((await read('/live')).status).toBe(200);
  expect(await read('/ready')).toEqual({
    status: 503,
    text: 'dead letters of bigquery are refused by their own table: their messages are held back\n',
  });
  expect((await read('/metrics')).text).toContain('orderlake_held_back_total{lane="bigquery"} 1');
  // It comes again every ten minutes: when it has not, it was taken.
  vitals = { ...vitals, now: vitals.now + 300_001 };
  expect((await read('/ready')).status).toBe(200);
});

test('one failed write is no reason to be taken out', async () => {
  await opened({ lanes: [{ ...lane, failing: { code: 'TRANSIENT', since: 1_000_000 - 500 } }] });
  expect((await read('/ready')).status).toBe(200);
});

test('a draining worker is not ready, a crashed one is not live', async () => {
  await opened({ state: 'draining' });
  expect(await read('/ready')).toEqual({ status: 503, text: 'the worker is draining\n' });
  vitals = { ...vitals, state: 'crashed' };
  expect((await read('/live')).status).toBe(503);
});

test('the metrics are those of Prometheus, per lane', async () => {
  await opened({ unsettled: 7, oldestAt: 1_000_000 - 2_500 });
  const { text } = await read('/metrics');
  const lines = text.split('\n');
  expect(lines).toContain('orderlake_received_total{lane="bigquery"} 12');
  expect(lines).toContain('orderlake_dead_total{lane="bigquery",reason="truncated_json"} 2');
  expect(lines).toContain('orderlake_judged_total{lane="bigquery",outcome="corrected"} 1');
  expect(lines).toContain(
    'orderlake_publish_to_acknowledge_milliseconds_bucket{lane="bigquery",le="100"} 11',
  );
  expect(lines).toContain(
    'orderlake_publish_to_acknowledge_milliseconds_bucket{lane="bigquery",le="+Inf"} 12',
  );
  expect(lines).toContain('orderlake_publish_to_acknowledge_milliseconds_sum{lane="bigquery"} 640.5');
  expect(lines).toContain('orderlake_unsettled 7');
  expect(lines).toContain('orderlake_oldest_unsettled_seconds 2.5');
  expect(lines).toContain('orderlake_ready 1');
  for (const line of lines.slice(0, -1))
    expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z_]+(\{[^}]*\})? [\d.]+)$/);
});

test('a collector of OpenTelemetry is told the same, of each lane', async () => {
  await opened({ lanes: [lane, { ...lane, lane: 'iceberg', received: 5 }], unsettled: 7, oldestAt: 999_000 });
  const reader = new Reader();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  tellTelemetry(() => vitals);
  const { resourceMetrics } = await reader.collect();
  metrics.disable();
  const told = resourceMetrics.scopeMetrics.flatMap(({ metrics: all }) =>
    all.flatMap(({ descriptor: { name }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [name, attributes, value]),
    ),
  );
  expect(told).toContainEqual(['orderlake.received', { lane: 'iceberg' }, 5]);
  expect(told).toContainEqual(['orderlake.dead', { lane: 'bigquery', reason: 'truncated_json' }, 2]);
  expect(told).toContainEqual(['orderlake.judged', { lane: 'bigquery', outcome: 'corrected' }, 1]);
  expect(told).toContainEqual(['orderlake.unsettled', {}, 7]);
  expect(told).toContainEqual(['orderlake.oldest_unsettled', {}, 1]);
  const counted = (await read('/metrics')).text.matchAll(/^# TYPE orderlake_(\w+)_total counter$/gm);
  const names = new Set(told.map(([name]) => name));
  expect([...counted].map(([, name]) => `orderlake.${name}`).filter((name) => !names.has(name))).toEqual([]);
});

test('what is not there says what is, and nothing can be written', async () => {
  await opened();
  expect(await read('/')).toEqual({ status: 404, text: 'There is /live, /ready, /metrics.\n' });
  expect((await read('/live', { method: 'POST' })).status).toBe(405);
});

test('a page of another site, to which a name of this machine was given, is told nothing', async () => {
  await opened();
  const asked = (host: string) =>
    new Promise<number | undefined>((resolve) => {
      get({ port: page.port, path: '/metrics', headers: { host } }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      });
    });
  expect(await asked('rebound.example:80')).toBe(403);
  expect(await asked(`localhost:${page.port}`)).toBe(200);
});

test('a port in use is a set-up error that says what to do', async () => {
  await opened();
  await expect(serveHealth(page.port, () => vitals)).rejects.toThrow(/Choose another --health-port/);
});
