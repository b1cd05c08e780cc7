import { codeOf } from '../runtime/errors.ts';

/**
 * `orderlake … | head`: whoever read our words has gone. That is no error: what the command does it does to its end, in
 * silence, and its exit code is the same. What goes on without end watches for it (see interrupt.ts) and ends.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (!isLostReader(error)) throw error;
    });
  }
}

export function isLostReader(error: unknown): boolean {
  return codeOf(error) === 'EPIPE';
}
