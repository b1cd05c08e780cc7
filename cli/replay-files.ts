import { resolve } from 'node:path';
import type { Publication } from '../generator/index.ts';
import {
  Rejects,
  readOlist,
  readPosition,
  readSpan,
  replayOlist,
  replayRees46,
  sliced,
  writePosition,
} from '../generator/replay.ts';
import { InputError } from '../runtime/index.ts';
import { say } from './terminal.ts';

interface ReplayFlags {
  readonly csv: string | undefined;
  readonly clicks: readonly string[];
  readonly rejects: string;
  readonly segment: string | undefined;
  readonly segmentState: string;
}

type Publications = Iterable<Publication> | AsyncIterable<Publication>;

/** Replays the data set or clickstream files; with --segment the slice that follows the last one. */
export async function replayFiles(
  flags: ReplayFlags,
  send: (publications: Publications) => Promise<number>,
): Promise<void> {
  const { csv, clicks, segment, segmentState } = flags;
  if (csv !== undefined && clicks.length > 0)
    throw new InputError('--csv and --clicks cannot be used together', {
      expected: 'one of them',
      got: 'both',
    });
  const rejects = new Rejects(flags.rejects);
  try {
    const publications =
      csv === undefined ? replayRees46(clicks, rejects) : replayOlist(await readOlist(csv, rejects), rejects);
    if (segment === undefined) await send(publications);
    else {
      const span = readSpan(segment);
      const source = (csv === undefined ? clicks : [csv]).map((path) => resolve(path)).join(',');
      const before = readPosition(segmentState, source);
      const sent = await send(sliced(publications, before, span));
      writePosition(segmentState, source, before + sent);
      say(
        sent === 0
          ? 'Nothing is left to replay.'
          : `Messages ${before + 1} to ${before + sent}; the next run goes on from there.`,
      );
    }
  } finally {
    rejects.close();
    for (const [fault, count] of Object.entries(rejects.faults))
      say(`${String(count).padStart(8)}  ${fault}`);
    if (rejects.rejected > 0) say(`${rejects.rejected} rows could not be read; see ${flags.rejects}`);
  }
}
