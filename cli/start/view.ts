import type { ShopLine } from '../run-generate.ts';
import type { WorkerLine } from '../run-worker.ts';
import { paint, say } from '../terminal.ts';

export interface Seen {
  readonly shop: ShopLine | undefined;
  readonly worker: WorkerLine | undefined;
}

/** One line a second for a person; plain enough for a log file. */
export function plainView() {
  let before: Seen = { shop: undefined, worker: undefined };
  return function show(now: Seen): void {
    const published = (now.shop?.published ?? 0) - (before.shop?.published ?? 0);
    const words = [`in ${published}/s`];
    for (const lane of now.worker?.lanes ?? []) {
      const earlier = before.worker?.lanes.find((one) => one.lane === lane.lane);
      const done = Math.max(0, lane.acknowledged - (earlier?.acknowledged ?? 0));
      words.push(`${lane.lane} ${done}/s${latencyOf(lane.latencyMs)}`);
    }
    const dead = deadOf(now.worker);
    words.push(dead > 0 ? paint('yellow', `dead ${dead}`) : 'dead 0', `held ${now.worker?.unsettled ?? 0}`);
    say(`${new Date().toISOString().slice(11, 19)}  ${words.join('  ')}`);
    before = now;
  };
}

function latencyOf({ p50, p99 }: { readonly p50: number | null; readonly p99: number | null }): string {
  return p50 === null || p99 === null ? '' : ` (p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms)`;
}

/** Dead letters are reported by the first lane alone; the others only count them. */
function deadOf(worker: WorkerLine | undefined): number {
  return Object.values(worker?.lanes[0]?.dead ?? {}).reduce((sum, count) => sum + count, 0);
}
