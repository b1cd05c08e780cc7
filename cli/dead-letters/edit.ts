import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, defaultRules, type Instant } from '../../contracts/index.ts';
import { InputError, messageOf, SetupError } from '../../runtime/index.ts';
import { addRepairs, type Letter } from './letters.ts';

export interface Edited {
  readonly changed: boolean;
  /** What the contract would say of it now. */
  readonly verdict: string;
}

/** The repaired body, from a file or from the editor of whoever asks. */
export function repairedPayload(letter: Letter, file: string | undefined): Buffer {
  if (file === undefined) return editedByHand(letter.payload);
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InputError(`${file} cannot be read`, { got: messageOf(error), cause: error });
  }
}

function editedByHand(payload: Buffer): Buffer {
  const editor = process.env.VISUAL || process.env.EDITOR;
  if (!editor) {
    throw new SetupError('there is no editor', {
      expected: 'EDITOR in the environment',
      action: 'Set it, or hand over the repaired body with --from FILE',
    });
  }
  const directory = mkdtempSync(join(tmpdir(), 'orderlake-letter-'));
  const path = join(directory, 'payload.json');
  try {
    writeFileSync(path, payload, { mode: 0o600 });
    const { status } = spawnSync(`${editor} "$ORDERLAKE_LETTER"`, {
      shell: true,
      stdio: 'inherit',
      env: { ...process.env, ORDERLAKE_LETTER: path },
    });
    if (status !== 0)
      throw new InputError('the editor ended without success', { got: `exit code ${status}` });
    return readFileSync(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export async function saveRepair(project: string, letter: Letter, payload: Buffer): Promise<Edited> {
  const verdict = verdictOf(letter, payload);
  if (payload.equals(letter.payload)) return { changed: false, verdict };
  await addRepairs(
    project,
    `VALUES (@messageId, @sink, 'edited', FROM_BASE64(@payload), NULL, CURRENT_TIMESTAMP())`,
    { messageId: letter.messageId, sink: letter.sink, payload: payload.toString('base64') },
  );
  return { changed: true, verdict };
}

function verdictOf({ messageId, attributes }: Letter, bytes: Buffer): string {
  const now = (Date.now() * 1_000) as Instant;
  const outcome = decode({ bytes, attributes, messageId, publishedAt: now, receivedAt: now }, defaultRules);
  if (outcome.kind !== 'dead') return `would be taken (${outcome.kind})`;
  const { reason, path, expected, got } = outcome.death;
  return `would still be dead: ${reason} at ${path || '/'}: expected ${expected}, got ${got}`;
}
