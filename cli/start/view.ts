import type { LaneFigures } from '../../streaming/index.ts';
import type { ShopLine } from '../run-generate.ts';
import type { WorkerLine } from '../run-worker.ts';
import { paint, say } from '../terminal.ts';

export interface Seen {
  readonly shop: ShopLine | undefined;
  readonly workers: readonly (WorkerLine | undefined)[];
}

/** One line a second for a person; plain enough for a log file. */
export function plainView() {
  let before: Seen = { shop: undefined, workers: [] };
  return function show(now: Seen): void {
    const published = (now.shop?.published ?? 0) - (before.shop?.published ?? 0);
    const words = [`in ${published}/s`];
    for (const lane of lanesOf(now)) {
      const earlier = lanesOf(before).find((one) => one.lane === lane.lane);
      const done = Math.max(0, lane.acknowledged - (earlier?.acknowledged ?? 0));
      words.push(`${lane.lane} ${done}/s${latencyOf(lane.latencyMs)}`);
    }
    const [primary] = lanesOf(now);
    const dead = deadOf(primary);
    words.push(
      dead > 0 ? paint('yellow', `dead ${dead}`) : 'dead 0',
      `held ${sum(now.workers.map((worker) => worker?.unsettled ?? 0))}`,
    );
    say(`${new Date().toISOString().slice(11, 19)}  ${words.join('  ')}`);
    before = now;
  };
}

function latencyOf({ p50, p99 }: { readonly p50: number | null; readonly p99: number | null }): string {
  return p50 === null || p99 === null ? '' : ` (p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms)`;
}

function lanesOf({ workers }: Seen): readonly LaneFigures[] {
  return workers.flatMap((worker) => worker?.lanes ?? []);
}

/** Every lane counts what is dead; the first one reports it. */
function deadOf(lane: LaneFigures | undefined): number {
  return sum(Object.values(lane?.dead ?? {}));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
