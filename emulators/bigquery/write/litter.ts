import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Few thousand rows. A sweep takes less than a millisecond, whatever lies in the nursery. */
const bytesBetween = 3_000_000;

/**
 * A request's bytes lie outside V8's heap, once as the socket gave them and once put together, and reading them makes
 * hardly any object inside. So the nursery, whose sweep would free them, does not fill; V8 sees what they take together
 * and marks its whole heap instead, every hundred milliseconds and for half as long on its other threads.
 */
export class Litter {
  #bytes = 0;
  #sweep: (() => void) | undefined;

  constructor(sweep?: () => void) {
    this.#sweep = sweep;
  }

  left(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < bytesBetween) return;
    this.#bytes = 0;
    this.#sweep ??= nurserySweep();
    this.#sweep();
  }
}

/** Node has no call for it; a context made while the flag stands has V8's own. */
function nurserySweep(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  return () => collect({ type: 'minor', execution: 'sync' });
}
