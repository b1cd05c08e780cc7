import { basename } from 'node:path';
import { headed } from '../../../runtime/index.ts';
import type { MessageFile } from './files.ts';
import type { Kept } from './kept.ts';
import { LineCutter } from './line-cutter.ts';

/** The contract takes bodies of up to 10 MB: of what is longer, a little more than that proves it. */
const longestLine = 10_500_000;
const none = {};
/** What an Avro file begins with, and no JSON does. */
const avroMagic = [0x4f, 0x62, 0x6a, 0x01];

/** The messages of a file, as many at once as came out of one piece of it. */
export async function* messagesIn(file: MessageFile): AsyncGenerator<readonly Kept[]> {
  const { head, whole } = await headed(file.pieces(), avroMagic.length);
  if (avroMagic.every((byte, place) => head[place] === byte)) {
    const { archivedIn } = await import('./archive.ts');
    yield* archivedIn(file.name, whole);
  } else yield* linesIn(basename(file.name), whole);
}

async function* linesIn(name: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Kept[]> {
  const cutter = new LineCutter(longestLine);
  let line = 0;
  const kept = (bytes: Uint8Array): Kept => ({
    bytes,
    messageId: `${name}:${++line}`,
    attributes: none,
    publishedAt: undefined,
  });
  for await (const piece of pieces) yield Array.from(cutter.lines(piece), kept);
  const rest = cutter.rest();
  if (rest) yield [kept(rest)];
}
