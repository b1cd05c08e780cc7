import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { derivedFiles, schemaDirectory } from '../../contracts/index.ts';
import { say } from '../terminal.ts';

const root = new URL('../../', import.meta.url);

/** Writes every file that follows from the contract; one that no longer does is removed. */
export async function generateFiles(): Promise<void> {
  const files = derivedFiles();
  const before = await Promise.all([...files.keys()].map(textOf));
  await rm(new URL(`${schemaDirectory}/`, root), { recursive: true, force: true });
  for (const [path, text] of files) {
    const url = new URL(path, root);
    await mkdir(dirname(url.pathname), { recursive: true });
    await writeFile(url, text);
  }
  const changed = [...files].filter(([, text], i) => text !== before[i]).map(([path]) => path);
  for (const path of changed) say(`changed ${path}`);
  say(`${files.size} files, ${changed.length} of them changed`);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(new URL(path, root), 'utf8').catch(() => undefined);
}
