import type { Publication } from '../generator/index.ts';
import { BytesRead, type Rejects, type Replay, replayRees46, type Span } from '../generator/replay.ts';

export type Publications = Iterable<Publication> | AsyncIterable<Publication>;
/** How far along a message is in the whole, from 0 to 1, where that is known. */
export type ShareOf = (publication: Publication) => number | undefined;

export interface Window {
  readonly from?: number;
  readonly to?: number;
}

/** What is replayed, and how much of it was taken by now. */
interface Source {
  readonly source: Publications;
  readonly share: () => number;
}

/** By bytes: how many rows such a file has nobody knows before its end. */
export function clicksOf(
  paths: readonly string[],
  rejects: Rejects,
  reading: (share: number) => void,
): Source {
  const read = new BytesRead(paths, reading);
  return { source: replayRees46(paths, rejects, read), share: () => read.share };
}

export function countedReplay(replay: Replay): Source {
  let taken = 0;
  function* source() {
    for (const publication of replay) {
      taken++;
      yield publication;
    }
  }
  return { source: source(), share: () => taken / replay.length };
}

/** Of the slice, of the time until the window's end, or of the whole. `begun` is called with the first message. */
export function shareOfReplay(
  span: Span | undefined,
  { from, to }: Window,
  whole: () => number,
  begun: () => void,
): ShareOf {
  let first: number | undefined;
  let seen = 0;
  return ({ at }) => {
    if (first === undefined) begun();
    first ??= at;
    seen++;
    if (span !== undefined && 'messages' in span) return seen / span.messages;
    if (span !== undefined) return (at - first) / span.micros;
    const begin = from ?? first;
    return to === undefined ? whole() : (at - begin) / (to - begin);
  };
}
