import { readFileSync } from 'node:fs';

export const definition = readFileSync('infra/image/Dockerfile', 'utf8');
const lastStage = definition.slice(definition.lastIndexOf('\nFROM '));

/** The words of every instruction of that name in the stage that is shipped. */
export function instructions(name: string): string[][] {
  return [...lastStage.matchAll(new RegExp(`^${name} (.+)$`, 'gm'))].map(([, words = '']) =>
    words.split(' '),
  );
}
