/** The face of what replays files: the shop itself does not need it. */
export { BytesRead } from './bytes-read.ts';
export { readOlist } from './olist-input.ts';
export { type OlistReport, writeOlist } from './olist-output.ts';
export { type Replay, replayOlist } from './olist-replay.ts';
export { replayRees46 } from './rees46-replay.ts';
export { Rejects } from './rejects.ts';
export { readPosition, readSpan, type Span, sliced, within, writePosition } from './segment.ts';
