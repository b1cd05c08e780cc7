import { setFlagsFromString } from 'node:v8';

/**
 * How far what is old may grow, in hundredths of what lived on at the last collection, before it is collected again.
 * Half of that are the program's own code and descriptions; V8 by itself lets it grow further before it looks for the
 * messages among them, with their buffers, that are done with long since: a worker took 390 MB so with a million
 * waiting, and 329 with 250 here; 320 with 110, 299 with 90. With 70 it is collected twice as often, and CPU per event is
 * a tenth more.
 */
const growthPercent = 90;

/**
 * Buffers count as part of what may grow. By itself V8 begins to collect everything whenever 64 MB of them were made,
 * dead or not, which at full rate is several times a second and cost a quarter of a worker's CPU time.
 */
const withBuffers = '--external-memory-accounted-in-global-limit';

/** For a process through which messages stream: its whole heap is collected when that has grown, and only then. */
export function collectByGrowth(): void {
  setFlagsFromString(withBuffers);
  setFlagsFromString(`--heap-growing-percent=${growthPercent}`);
}
