import { linkSync, lstatSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../../../runtime/errors.ts';

/**
 * The objects as a person and a foreign engine want them: `BUCKET/path/of/object`, hard links to the bytes.
 *
 * It is a view, never the truth: nothing reads it back. A name that is no possible path has none (an empty or dot
 * part, a part over 255 bytes, `a` beside `a/b`), and so no name can lead out of the folder.
 */
export class PlainView {
  readonly #root: string;
  readonly #spare: string;

  constructor(root: string, spare: string) {
    this.#root = root;
    this.#spare = spare;
  }

  show(bucket: string, name: string, bytes: string): void {
    const path = this.#pathOf(bucket, name);
    if (path === undefined) return;
    quietly(() => {
      if (linked(bytes, path)) return;
      // Linked under another name first: replacing by rename never leaves readers without the file.
      rmSync(this.#spare, { force: true });
      linkSync(bytes, this.#spare);
      renameSync(this.#spare, path);
    });
  }

  hide(bucket: string, name: string): void {
    const path = this.#pathOf(bucket, name);
    if (path === undefined) return;
    quietly(() => unlinkSync(path));
    const top = join(this.#root, bucket);
    quietly(() => {
      for (let folder = dirname(path); folder !== top; folder = dirname(folder)) rmdirSync(folder);
    });
  }

  /** After a kill between a commit and its view: shows what the record says. */
  repair(bucket: string, name: string, bytes: string): void {
    const path = this.#pathOf(bucket, name);
    if (path === undefined) return;
    const shown = lstatSync(path, { throwIfNoEntry: false });
    if (shown === undefined || shown.ino !== statSync(bytes).ino) this.show(bucket, name, bytes);
  }

  removeBucket(bucket: string): void {
    rmSync(join(this.#root, bucket), { recursive: true, force: true });
  }

  #pathOf(bucket: string, name: string): string | undefined {
    const parts = name.split('/');
    return parts.every(isPlain) ? join(this.#root, bucket, ...parts) : undefined;
  }
}

/** On Windows these are separators, drives, streams or wildcards; elsewhere a backslash only confuses. */
const forbidden = process.platform === 'win32' ? /[\\/:*?"<>|]|[. ]$/ : /\\/;

function isPlain(part: string): boolean {
  if (part === '' || part === '.' || part === '..' || Buffer.byteLength(part) > 255) return false;
  return !forbidden.test(part) && ![...part].some((character) => character < ' ');
}

/** Most objects are new and in a folder that is there: then this is the only step. False where the name is taken. */
function linked(bytes: string, path: string): boolean {
  for (;;) {
    try {
      linkSync(bytes, path);
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') return false;
      // Made only now: asking before every object costs as much as the link. It throws where it cannot be made.
      if (code !== 'ENOENT' || mkdirSync(dirname(path), { recursive: true }) === undefined) throw error;
    }
  }
}

/** The view is a courtesy: `a` beside `a/b`, or a disk without hard links, must not fail the request. */
function quietly(step: () => void): void {
  try {
    step();
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || code === 'ENOSPC' || code === 'EIO') throw error;
  }
}
