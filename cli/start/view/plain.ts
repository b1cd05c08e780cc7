import { paint } from '../../terminal.ts';
import type { Figures, LaneRates } from './figures.ts';

/** One line a second, plain enough for a log file. */
export function plainLine({ publishedPerSecond, lanes, held }: Figures, at: Date): string {
  // Every lane counts what is dead; the first one reports it.
  const dead = lanes[0]?.dead ?? 0;
  const words = [
    `in ${publishedPerSecond}/s`,
    ...lanes.map(({ lane, outPerSecond, latency }) => `${lane} ${outPerSecond}/s${latencyOf(latency)}`),
    dead > 0 ? paint('yellow', `dead ${dead}`) : 'dead 0',
    `held ${held}`,
  ];
  return `${at.toISOString().slice(11, 19)}  ${words.join('  ')}`;
}

function latencyOf({ p50, p99 }: LaneRates['latency']): string {
  return p50 === null || p99 === null ? '' : ` (p50 ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms)`;
}
