import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { codeOf } from '../runtime/index.ts';
import type { Destination } from './deliver.ts';

const newline = Buffer.from('\n');

/**
 * One message a line, into a file or a pipe. A reader that goes away (`| head`) ends the run without an error, as
 * it would any other program in a pipe.
 */
export function lineOutput(stream: Writable, keepOpen: boolean): Destination {
  let arrived = 0;
  let failure: unknown;
  let wake: (() => void) | undefined;
  stream.on('drain', () => wake?.());
  stream.on('close', () => wake?.());
  stream.on('error', (error) => {
    failure ??= error;
    wake?.();
  });
  return {
    async send(chunk) {
      if (chunk.length === 0) return;
      const pieces = chunk.flatMap(({ bytes }) => [bytes, newline]);
      arrived += chunk.length;
      if (stream.write(Buffer.concat(pieces))) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    get failed() {
      return failure !== undefined;
    },
    get arrived() {
      return arrived;
    },
    get arrivedThrough() {
      return arrived;
    },
    async finish() {
      if (failure === undefined && !keepOpen) {
        stream.end();
        await finished(stream);
      } else if (failure === undefined) {
        await new Promise<void>((resolve, reject) =>
          stream.write('', (error) => (error && !isClosedPipe(error) ? reject(error) : resolve())),
        );
      }
      if (failure !== undefined && !isClosedPipe(failure)) throw failure;
    },
  };
}

function isClosedPipe(error: unknown): boolean {
  return codeOf(error) === 'EPIPE';
}
