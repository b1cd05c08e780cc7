import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { collectByGrowth } from './heap-growth.ts';
import { keepNurserySmall } from './small-nursery.ts';

/** Both halves of it: a quarter of a second of messages at full rate. */
const largestBytes = 32 * 2 ** 20;

/**
 * Keeps V8's nursery small while the clients are loaded, then lets it grow to where more stops paying. By itself it
 * goes on to 128 MB; a worker costs the same CPU per event with 32, and 70 MB less. Left small, all that waits for its
 * append would grow old in it. Returns what ends the first part.
 */
export function boundNursery(): () => void {
  const letGrow = keepNurserySmall();
  return () => {
    letGrow();
    collectByGrowth();
    const observer = new PerformanceObserver(() => {
      const nursery = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
      if (!nursery || nursery.space_size < largestBytes) return;
      keepNurserySmall();
      observer.disconnect();
    });
    observer.observe({ entryTypes: ['gc'] });
  };
}
