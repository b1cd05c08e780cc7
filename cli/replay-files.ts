import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  Rejects,
  readOlist,
  readPosition,
  readSpan,
  replayOlist,
  sliced,
  within,
  writePosition,
} from '../generator/replay.ts';
import { InputError } from '../runtime/index.ts';
import { readingProgress } from './generate-progress.ts';
import {
  clicksOf,
  countedReplay,
  type Publications,
  type ShareOf,
  shareOfReplay,
  type Window,
} from './replay-share.ts';
import { say } from './terminal.ts';

interface ReplayFlags {
  readonly csv: string | undefined;
  readonly clicks: readonly string[];
  readonly rejects: string;
  readonly segment: string | undefined;
  readonly segmentState: string;
}

/** Replays the data set or clickstream files; with --segment the slice that follows the last one. */
export async function replayFiles(
  flags: ReplayFlags,
  window: Window,
  send: (publications: Publications, shareOf: ShareOf) => Promise<number>,
): Promise<void> {
  const { csv, clicks, segment, segmentState } = flags;
  if (csv !== undefined && clicks.length > 0)
    throw new InputError('--csv and --clicks cannot be used together', {
      expected: 'one of them',
      got: 'both',
    });
  const missing = [...(csv === undefined ? [] : [csv]), ...clicks].find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new InputError('there is nothing to replay', {
      expected: 'a file or folder that exists',
      got: missing,
    });
  const rejects = new Rejects(flags.rejects);
  try {
    const span = segment === undefined ? undefined : readSpan(segment);
    const reading = readingProgress();
    const { source, share } =
      csv === undefined
        ? clicksOf(clicks, rejects, reading.show)
        : countedReplay(replayOlist(await readOlist(csv, rejects, reading.show), rejects));
    const publications = within(source, window);
    const shareOf = shareOfReplay(span, window, share, reading.done);
    if (span === undefined) await send(publications, shareOf);
    else {
      const name = (csv === undefined ? clicks : [csv]).map((path) => resolve(path)).join(',');
      const before = readPosition(segmentState, name);
      const sent = await send(sliced(publications, before, span), shareOf);
      writePosition(segmentState, name, before + sent);
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
