import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { spareMetadata } from '../runtime/endpoints.ts';
import { isLostReader } from './lost-reader.ts';

export interface Interrupt {
  /** Aborted by the first Ctrl-C or SIGTERM, or when whoever started us, or read what we say, is gone. */
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  /**
   * Resolves when the variables that name the services are in the environment: at once, but for a process that was
   * started before they were known, which does something useful meanwhile. False: it is to end instead.
   */
  servicesKnown(meanwhile: () => Promise<void>): Promise<boolean>;
  release(): void;
}

/**
 * A process that another of ours started is told so by this variable. Its descriptor 3 then is a pipe that closes
 * when the other one dies, even by SIGKILL: so nothing is left running behind. Standard input stays the user's.
 */
export const lifelineVariable = 'ORDERLAKE_LIFELINE';

/** Beside the lifeline's: the environment is not whole yet, its rest comes over the lifeline as a line of JSON. */
export const laterVariable = 'ORDERLAKE_ENVIRONMENT_LATER';

/** How long an orphan may go on: nobody waits for its answer, and what is not durable by then comes again. */
const orphanMillis = 5_000;

export function watchInterrupts(): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  const heard = () => (first.signal.aborted ? second : first).abort();
  const readerLost = (error: unknown) => {
    if (isLostReader(error)) first.abort();
  };
  process.on('SIGINT', heard);
  process.on('SIGTERM', heard);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', readerLost);
  const lifeline = openLifeline(() => {
    // Whoever read our lines is gone; that is known and needs no stack trace.
    process.stdout.on('error', () => {});
    first.abort();
    second.abort();
    setTimeout(() => process.exit(orphanExitCode), orphanMillis).unref();
  });
  const told = toldLater(lifeline);
  return {
    first: first.signal,
    second: second.signal,
    async servicesKnown(meanwhile) {
      if (told === undefined) return true;
      await meanwhile();
      return Promise.race([told, whenAborted(first.signal).then(() => false)]);
    },
    release() {
      process.off('SIGINT', heard);
      process.off('SIGTERM', heard);
      for (const stream of [process.stdout, process.stderr]) stream.off('error', readerLost);
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

function toldLater(lifeline: Socket | undefined): Promise<boolean> | undefined {
  if (lifeline === undefined || process.env[laterVariable] !== '1') return undefined;
  delete process.env[laterVariable];
  const lines = createInterface({ input: lifeline.ref() });
  return new Promise((resolve) =>
    lines.once('line', (line) => {
      Object.assign(process.env, JSON.parse(line));
      spareMetadata(process.env);
      lines.close();
      lifeline.resume().unref();
      resolve(true);
    }),
  );
}

export function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
