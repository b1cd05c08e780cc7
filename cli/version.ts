import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);

/** As the package says. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version;
}

/** What of a text may stand behind the + of a version. */
const notOfABuild = /[^0-9A-Za-z.-]/g;

/** The package's version and, where it is known, what it was built from: what the image says, or the checkout. */
export function programVersion(build: string): string {
  const known = (build || commitOf(root)).replaceAll(notOfABuild, '-');
  return known === '' ? packageVersion() : `${packageVersion()}+${known}`;
}

const shortCommit = 12;

/** The commit that is checked out there, as Git's own files say; empty where there is none. */
export function commitOf(folder: URL): string {
  const git = new URL('.git/', folder);
  const head = firstLine(new URL('HEAD', git));
  const branch = head.startsWith('ref: ') ? head.slice('ref: '.length) : undefined;
  const commit = branch === undefined ? head : firstLine(new URL(branch, git)) || packed(git, branch);
  return commit.slice(0, shortCommit);
}

/** Git gathers the branches that have not moved for long in one file: a line each, commit first. */
function packed(git: URL, branch: string): string {
  const line = textOf(new URL('packed-refs', git))
    .split('\n')
    .find((each) => each.endsWith(` ${branch}`));
  return line?.split(' ')[0] ?? '';
}

function firstLine(file: URL): string {
  return textOf(file).split('\n')[0]?.trim() ?? '';
}

function textOf(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not a checkout, or one that keeps its files elsewhere: then the build is not known.
    return '';
  }
}
