import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import {
  currentRelease,
  events,
  eventTypes,
  evolutionSince,
  exampleEvents,
  type Release,
} from '../../contracts/index.ts';
import { print, say } from '../terminal.ts';

const golden = new URL('../../contracts/golden/', import.meta.url);

/**
 * Compares the contract with every release there was. With `release`, a contract that may follow them is kept as the
 * next one, with a message of every event. Resolves with whether it may.
 */
export async function checkContract(release: boolean): Promise<boolean> {
  const current = currentRelease();
  let holds = true;
  for (const released of await releases()) {
    const { violations, legal } = evolutionSince(released, current);
    print(`since ${released.version}: ${legal.length} legal changes, ${violations.length} illegal`);
    for (const change of legal) print(`  ${change}`);
    for (const { rule, where, expected, got, action } of violations)
      print(`  ${rule} at ${where}: expected ${expected}, got ${got}; ${action}`);
    holds &&= violations.length === 0;
  }
  if (holds && release) await keep(current);
  return holds;
}

async function releases(): Promise<Release[]> {
  const directory = new URL('released/', golden);
  const files = (await readdir(directory)).filter((file) => file.endsWith('.json'));
  const read = files.map(async (file) => JSON.parse(await readFile(new URL(file, directory), 'utf8')));
  return Promise.all(read);
}

async function keep(release: Release): Promise<void> {
  const messages = new URL(`messages/${release.version}/`, golden);
  await mkdir(messages, { recursive: true });
  for (const type of eventTypes) {
    const file = new URL(`${type}.v${events[type].schemaVersion}.json`, messages);
    await writeFile(file, `${JSON.stringify(exampleEvents[type], null, 2)}\n`);
  }
  await writeFile(
    new URL(`released/${release.version}.json`, golden),
    `${JSON.stringify(release, null, 2)}\n`,
  );
  say(`kept release ${release.version} in contracts/golden`);
}
