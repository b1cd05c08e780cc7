import { messageOf, OrderlakeError, SetupError } from '../../runtime/index.ts';
import { type Answer, advice, answerOf } from './advice.ts';
import type { Entry, Kind } from './report.ts';

/**
 * How one resource comes to be. Creating is tried first, because looking first and creating then lets two
 * starts at the same moment collide.
 */
export interface Making {
  readonly kind: Kind;
  readonly name: string;
  create(): Promise<unknown>;
  /** Compares what is there with the definition. Throws a SetupError where it cannot be changed in place. */
  compare(): Promise<readonly string[]>;
  change(): Promise<unknown>;
}

export async function make(making: Making): Promise<Entry> {
  const { kind, name } = making;
  if (await created(making)) return { kind, name, outcome: 'made', changes: [] };
  const changes = await attempt(making, 'looked at', () => making.compare());
  if (changes.length === 0) return { kind, name, outcome: 'already there', changes };
  await attempt(making, 'changed', () => making.change());
  return { kind, name, outcome: 'changed', changes };
}

async function created(making: Making): Promise<boolean> {
  return attempt(making, 'made', async () => {
    try {
      await making.create();
      return true;
    } catch (error) {
      if (answerOf(error) === ('exists' satisfies Answer)) return false;
      throw error;
    }
  });
}

async function attempt<T>({ kind, name }: Making, verb: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof OrderlakeError) throw error;
    throw new SetupError(`${kind} ${name} could not be ${verb}: ${messageOf(error)}`, {
      action: advice(error, kind),
      cause: error,
    });
  }
}
