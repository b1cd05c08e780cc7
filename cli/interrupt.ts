import { Socket } from 'node:net';

export interface Interrupt {
  /** Aborted by the first Ctrl-C or SIGTERM, or when whoever started us is gone. */
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  release(): void;
}

/**
 * A process that another of ours started is told so by this variable. Its descriptor 3 then is a pipe that closes
 * when the other one dies, even by SIGKILL: so nothing is left running behind. Standard input stays the user's.
 */
export const lifelineVariable = 'ORDERLAKE_LIFELINE';

/** How long an orphan may go on: nobody waits for its answer, and what is not durable by then comes again. */
const orphanMillis = 5_000;

export function watchInterrupts(): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  const heard = () => (first.signal.aborted ? second : first).abort();
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  const lifeline = openLifeline(() => {
    // Whoever read our lines is gone; that is known and needs no stack trace.
    process.stdout.on('error', () => {});
    first.abort();
    second.abort();
    setTimeout(() => process.exit(orphanExitCode), orphanMillis).unref();
  });
  return {
    first: first.signal,
    second: second.signal,
    release() {
      process.off('SIGINT', heard);
      process.off('SIGTERM', heard);
      lifeline?.destroy();
    },
  };
}

/** As a shell would say that the terminal hung up. */
const orphanExitCode = 129;

function openLifeline(cut: () => void): Socket | undefined {
  if (process.env[lifelineVariable] !== '1') return undefined;
  delete process.env[lifelineVariable];
  const lifeline = new Socket({ fd: 3, readable: true, writable: false });
  // A reset says the same as an end: the other side is gone.
  lifeline.once('end', cut).once('error', cut);
  return lifeline.resume().unref();
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
