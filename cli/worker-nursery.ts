import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { keepNurserySmall } from './small-nursery.ts';

/** Both halves of it: a quarter of a second of messages at full rate. */
const largestBytes = 32 * 2 ** 20;

/**
 * How far what is old may grow, in hundredths of what lived on at the last collection, before it is collected again.
 * Half of that are the clients' own code and descriptions; V8 by itself lets it grow further before it looks for the
 * messages among them, with their buffers, that are acknowledged long since: a worker took 390 MB so with a million
 * waiting, and 329 with 250 here. With 70 it is collected twice as often, and CPU per event is a tenth more.
 */
const growthPercent = 110;

/**
 * Buffers count as part of what may grow. By itself V8 begins to collect everything whenever 64 MB of them were made,
 * dead or not, which at full rate is several times a second and cost a quarter of the worker's CPU time.
 */
const withBuffers = '--external-memory-accounted-in-global-limit';

/**
 * Keeps V8's nursery small while the clients are loaded, then lets it grow to where more stops paying. By itself it
 * goes on to 128 MB; a worker costs the same CPU per event with 32, and 70 MB less. Left small, all that waits for its
 * append would grow old in it. Returns what ends the first part.
 */
export function boundNursery(): () => void {
  const letGrow = keepNurserySmall();
  return () => {
    letGrow();
    setFlagsFromString(withBuffers);
    setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
    const observer = new PerformanceObserver(() => {
      const nursery = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
      if (!nursery || nursery.space_size < largestBytes) return;
      keepNurserySmall();
      observer.disconnect();
    });
    observer.observe({ entryTypes: ['gc'] });
  };
}
