export interface Interrupt {
  /** Aborted by the first Ctrl-C or SIGTERM, or when whoever started us is gone. */
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  release(): void;
}

/**
 * A process that another of ours started is told so by this variable. Its standard input then is a pipe that
 * closes when the other one dies, even by SIGKILL: so nothing is left running behind.
 */
export const attachedVariable = 'ORDERLAKE_ATTACHED';

export function watchInterrupts(): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  const heard = () => (first.signal.aborted ? second : first).abort();
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  const attached = process.env[attachedVariable] === '1';
  if (attached) process.stdin.once('close', heard).once('end', heard).resume();
  return {
    first: first.signal,
    second: second.signal,
    release() {
      process.off('SIGINT', heard);
      process.off('SIGTERM', heard);
      if (attached) process.stdin.destroy();
    },
  };
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
