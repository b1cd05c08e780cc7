import { type Attributes, metrics } from '@opentelemetry/api';
import type { Instant } from '../contracts/index.ts';
import type { Clock, OrderlakeError } from '../runtime/index.ts';
import { Latencies } from './latency.ts';
import type { Result } from './result.ts';

/** What one lane did since it opened, as plain numbers: for the terminal, the bench and a health page. */
export interface LaneFigures {
  readonly lane: string;
  readonly received: number;
  readonly bytes: number;
  readonly ok: number;
  readonly corrected: number;
  readonly dead: Readonly<Record<string, number>>;
  readonly dropped: number;
  readonly committed: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly retries: number;
  /** Publish to acknowledgement of the messages since the last reading. */
  readonly latencyMs: Quantiles;
  /** The same since the lane opened. */
  readonly latencyMsOverall: Quantiles;
}

export interface Quantiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface LaneMeter {
  received(bytes: number): void;
  judged(result: Result<unknown>): void;
  committed(events: number): void;
  acknowledged(publishedAt: Instant): void;
  retried(code: string, waitMillis: number): void;
  gaveUp(error: OrderlakeError, events: number): void;
  figures(): LaneFigures;
}

/** Counts in plain numbers and in OpenTelemetry's instruments alike; whoever wants export installs an SDK. */
export function laneMeter(lane: string, clock: Clock): LaneMeter {
  const instruments = instrumentsOf();
  const attributes: Attributes = { lane };
  const recent = new Latencies();
  const overall = new Latencies();
  const count = { received: 0, bytes: 0, ok: 0, corrected: 0, dropped: 0, committed: 0, acknowledged: 0 };
  const trouble = { retries: 0, refused: 0 };
  const dead: Record<string, number> = {};
  return {
    received(bytes) {
      count.received++;
      count.bytes += bytes;
      instruments.received.add(1, attributes);
    },
    judged(result) {
      if (result.kind === 'dead') {
        dead[result.death.reason] = (dead[result.death.reason] ?? 0) + 1;
        instruments.dead.add(1, { lane, reason: result.death.reason });
      } else if (result.kind === 'drop') count.dropped++;
      else count[result.kind]++;
    },
    committed(events) {
      count.committed += events;
      instruments.committed.add(events, attributes);
    },
    acknowledged(publishedAt) {
      const millis = Math.max(0, clock.now() - publishedAt / 1_000);
      count.acknowledged++;
      recent.record(millis);
      overall.record(millis);
      instruments.latency.record(millis, attributes);
    },
    retried(code) {
      trouble.retries++;
      instruments.retries.add(1, { lane, code });
    },
    gaveUp(_error, events) {
      trouble.refused += events;
    },
    figures() {
      const latencyMs = quantilesOf(recent);
      recent.clear();
      const latencyMsOverall = quantilesOf(overall);
      return { lane, ...count, ...trouble, dead: { ...dead }, latencyMs, latencyMsOverall };
    },
  };
}

function quantilesOf(latencies: Latencies): Quantiles {
  return { p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
}

function instrumentsOf() {
  const meter = metrics.getMeter('orderlake.streaming');
  return {
    received: meter.createCounter('orderlake.received', { unit: '{message}' }),
    dead: meter.createCounter('orderlake.dead', { unit: '{message}' }),
    committed: meter.createCounter('orderlake.committed', { unit: '{event}' }),
    retries: meter.createCounter('orderlake.retries', { unit: '{retry}' }),
    latency: meter.createHistogram('orderlake.publish_to_acknowledge', { unit: 'ms' }),
  };
}
