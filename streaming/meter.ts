import { type Attributes, metrics } from '@opentelemetry/api';
import type { Instant } from '../contracts/index.ts';
import type { Clock, OrderlakeError } from '../runtime/index.ts';
import { type BucketCount, Latencies } from './latency.ts';
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
  /** Given back because the table of dead letters refuses their letters; each counts again when it comes again. */
  readonly heldBack: number;
  /** When that was last so, in milliseconds since the epoch. */
  readonly heldBackAt: number | null;
  /** Set while writes to a sink fail and are tried again, until one to the same succeeds: the longest of these. */
  readonly failing: Failing | null;
  /** Publish to acknowledgement of the messages since the window was last turned. */
  readonly latencyMs: Quantiles;
  /** The same since the lane opened. */
  readonly latencyMsOverall: Quantiles;
  readonly latencyHistogram: Histogram;
  /** The same as exactly as it is kept, so that whoever reads it twice knows what came between. */
  readonly latencyCounts: readonly BucketCount[];
}

export interface Failing {
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** As Prometheus counts: each bound with the number of records up to it. */
export interface Histogram {
  readonly atMost: readonly (readonly [millis: number, count: number])[];
  readonly count: number;
  readonly sum: number;
}

const histogramBounds = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];

export interface Quantiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface LaneMeter {
  received(bytes: number): void;
  judged(result: Result<unknown>): void;
  committed(events: number): void;
  acknowledged(publishedAt: Instant): void;
  /** `into`: the name of the sink, for a lane writes to two: its own, and the dead letters. */
  retried(code: string, waitMillis: number, into: string): void;
  wrote(into: string): void;
  gaveUp(error: OrderlakeError, events: number): void;
  heldBack(): void;
  /** Reading changes nothing, so that a page and a terminal do not take from each other. */
  figures(): LaneFigures;
  /** Begins a new window for `latencyMs`. */
  turnWindow(): void;
}

/** Counts in plain numbers, which are read when somebody asks; only a latency tells OpenTelemetry at once. */
export function laneMeter(lane: string, clock: Clock): LaneMeter {
  const attributes: Attributes = { lane };
  const latencies = metrics
    .getMeter('orderlake.streaming')
    .createHistogram('orderlake.publish_to_acknowledge', { unit: 'ms' });
  const recent = new Latencies();
  const overall = new Latencies();
  const count = { received: 0, bytes: 0, ok: 0, corrected: 0, dropped: 0, committed: 0, acknowledged: 0 };
  const trouble = { retries: 0, refused: 0, heldBack: 0 };
  let heldBackAt: number | null = null;
  /** By sink, the oldest first. */
  const failing = new Map<string, Failing>();
  const dead: Record<string, number> = {};
  return {
    received(bytes) {
      count.received++;
      count.bytes += bytes;
    },
    judged(result) {
      if (result.kind === 'dead') {
        dead[result.death.reason] = (dead[result.death.reason] ?? 0) + 1;
      } else if (result.kind === 'drop') count.dropped++;
      else count[result.kind]++;
    },
    committed(events) {
      count.committed += events;
    },
    acknowledged(publishedAt) {
      const millis = Math.max(0, clock.now() - publishedAt / 1_000);
      count.acknowledged++;
      recent.record(millis);
      overall.record(millis);
      latencies.record(millis, attributes);
    },
    wrote: (into) => void failing.delete(into),
    retried(code, _waitMillis, into) {
      trouble.retries++;
      if (!failing.has(into)) failing.set(into, { code, since: clock.now() });
    },
    gaveUp(_error, events) {
      trouble.refused += events;
    },
    heldBack() {
      trouble.heldBack++;
      heldBackAt = clock.now();
    },
    figures() {
      const latencyMs = quantilesOf(recent);
      const latencyMsOverall = quantilesOf(overall);
      const latencyHistogram = histogramOf(overall);
      const [longest = null] = failing.values();
      const troubles = { ...trouble, heldBackAt, failing: longest };
      return {
        lane,
        ...count,
        ...troubles,
        dead: { ...dead },
        latencyMs,
        latencyMsOverall,
        latencyHistogram,
        latencyCounts: overall.counts,
      };
    },
    turnWindow: () => recent.clear(),
  };
}

function quantilesOf(latencies: Latencies): Quantiles {
  return { p50: latencies.quantile(0.5), p99: latencies.quantile(0.99) };
}

function histogramOf(latencies: Latencies): Histogram {
  return {
    atMost: histogramBounds.map((bound) => [bound, latencies.atMost(bound)] as const),
    count: latencies.count,
    sum: latencies.sum,
  };
}
