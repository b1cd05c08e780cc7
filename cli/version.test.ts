import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitOf, programVersion } from './version.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'orderlake-version-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function checkout(files: Readonly<Record<string, string>>): URL {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, '.git', name, '..'), { recursive: true });
    writeFileSync(join(folder, '.git', name), text);
  }
  return pathToFileURL(`${folder}/`);
}

test('a build that is told stands behind the version of the package', () => {
  expect(programVersion('2026-11-21.7')).toBe(`${version}+2026-11-21.7`);
  expect(programVersion('a b/ç')).toBe(`${version}+a-b--`);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['on a branch', { HEAD: 'ref: refs/heads/main\n', 'refs/heads/main': `${commit}\n` }],
  [
    'on a branch that lies packed',
    { HEAD: 'ref: refs/heads/main\n', 'packed-refs': `${commit} refs/heads/main\n` },
  ],
  ['on no branch', { HEAD: `${commit}\n` }],
])('a checkout %s is known by its commit', (_where, files) => {
  expect(commitOf(checkout(files))).toBe('0123456789ab');
});

test('what is no checkout has no commit', () => {
  expect(commitOf(pathToFileURL(`${folder}/`))).toBe('');
});
