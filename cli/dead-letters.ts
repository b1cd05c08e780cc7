export { repairedPayload, saveRepair } from './dead-letters/edit.ts';
export { countLetters, findLetters, type Letter, oneLetter } from './dead-letters/letters.ts';
export { replayLetters } from './dead-letters/replay.ts';
