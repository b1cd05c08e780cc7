import type { LaneFigures } from '../../../streaming/index.ts';
import type { ShopLine } from '../../run-generate.ts';
import type { WorkerLine } from '../../run-worker.ts';

/** What the parts of a run last said of themselves. */
export interface Seen {
  readonly shop: ShopLine | undefined;
  readonly workers: readonly (WorkerLine | undefined)[];
  /** By sink: how many messages its subscription holds that nobody acknowledged. */
  readonly waiting: Readonly<Record<string, number>>;
}

export interface LaneRates {
  readonly lane: string;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** Milliseconds from publishing to acknowledgement, of the last second. */
  readonly latency: LaneFigures['latencyMs'];
  readonly waiting: number;
  readonly corrected: number;
  readonly dead: number;
  readonly retries: number;
}

export interface Figures {
  readonly published: number;
  readonly publishedPerSecond: number;
  readonly lanes: readonly LaneRates[];
  /** What the workers hold and have not settled yet. */
  readonly held: number;
}

/** What came between two looks at a run. A worker that was started again counts from zero: no rate is below it. */
export function figuresBetween(before: Seen, now: Seen, seconds: number): Figures {
  const rate = (later = 0, earlier = 0) => Math.max(0, Math.round((later - earlier) / seconds));
  const earlier = new Map(lanesOf(before).map((lane) => [lane.lane, lane]));
  return {
    published: now.shop?.published ?? 0,
    publishedPerSecond: rate(now.shop?.published, before.shop?.published),
    lanes: lanesOf(now).map((lane) => {
      const was = earlier.get(lane.lane);
      return {
        lane: lane.lane,
        inPerSecond: rate(lane.received, was?.received),
        outPerSecond: rate(lane.acknowledged, was?.acknowledged),
        latency: lane.latencyMs,
        waiting: now.waiting[lane.lane] ?? 0,
        corrected: lane.corrected,
        dead: sum(Object.values(lane.dead)),
        retries: lane.retries,
      };
    }),
    held: sum(now.workers.map((worker) => worker?.unsettled ?? 0)),
  };
}

function lanesOf({ workers }: Seen): readonly LaneFigures[] {
  return workers.flatMap((worker) => worker?.lanes ?? []);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
