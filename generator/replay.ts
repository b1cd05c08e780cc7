/** The face of what replays files: the shop itself does not need it. */
export { readOlist } from './olist-input.ts';
export { type OlistReport, writeOlist } from './olist-output.ts';
export { replayOlist } from './olist-replay.ts';
export { replayRees46 } from './rees46-replay.ts';
export { Rejects } from './rejects.ts';
export { readPosition, readSpan, sliced, within, writePosition } from './segment.ts';
