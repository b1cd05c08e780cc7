import type { IncomingMessage } from 'node:http';
import type { Incoming } from '../incoming.ts';

/**
 * Runs what reads an upload's body. When it is refused on the way, the rest of the body is still read: a client that
 * is cut off while it writes reports a broken connection instead of the answer.
 */
export async function readingAll<T>(request: IncomingMessage, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await drain(request);
    throw error;
  }
}

/** A loop that ends early must leave the connection open for the answer; plain iteration would destroy it. */
export function chunksOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => request.iterator({ destroyOnReturn: false }) };
}

/** Forgets the bytes of an upload that did not come to its end. */
export async function discardingOnFailure<T>(incoming: Incoming, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    await incoming.discard();
    throw error;
  }
}

export async function drain(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  await new Promise<void>((resolve) => {
    request
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
    request.resume();
  });
}
