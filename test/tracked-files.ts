import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What belongs to the project: files that git tracks or would track, as they are now. */
export function trackedFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path !== '' && existsSync(path));
}
