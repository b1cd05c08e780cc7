/** What tests that cross rooms take from this room's own. */
export { archiveOf } from './testing/archive.ts';
