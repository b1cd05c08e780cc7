import { randomUUID } from 'node:crypto';
import { names } from '../../contracts/index.ts';
import { pubsubClient } from '../../runtime/google-clients.ts';
import { type Clock, messageOf, systemClock, TransientError } from '../../runtime/index.ts';
import { addRepairs, findLetters, type Letter, type Selection } from './letters.ts';

export interface ReplayOptions {
  readonly selection: Selection;
  readonly dryRun: boolean;
  /** Messages a second; without it as fast as they are taken. */
  readonly rate: number | undefined;
  readonly clock?: Clock;
}

export interface Replayed {
  /** Names this replay in the attributes of its messages and in what is noted of it. */
  readonly replay: string;
  readonly letters: readonly Letter[];
}

const chunkSize = 100;
/** Pub/Sub takes a hundred attributes; ours are two. */
const mostAttributes = 98;

/**
 * Publishes letters that wait once more, repaired where somebody repaired them. Each chunk is published, then noted:
 * a crash in between publishes a chunk twice, which the tables do not mind, and never loses one.
 */
export async function replayLetters(project: string, options: ReplayOptions): Promise<Replayed> {
  const { selection, dryRun, rate, clock = systemClock } = options;
  const letters = onePerMessage(await findLetters(project, { ...selection, states: ['waiting'] }));
  const replay = randomUUID();
  if (dryRun || letters.length === 0) return { replay, letters };
  const client = await pubsubClient(project);
  const topic = client.topic(names.topic);
  const begun = clock.now();
  try {
    for (let from = 0; from < letters.length; from += chunkSize) {
      const chunk = letters.slice(from, from + chunkSize);
      await Promise.all(chunk.map((letter) => topic.publishMessage(messageOfLetter(letter, replay))));
      await noteReplayed(project, chunk, replay);
      if (rate !== undefined) {
        await clock.sleep(Math.max(0, begun + ((from + chunk.length) / rate) * 1_000 - clock.now()));
      }
    }
  } catch (error) {
    throw new TransientError('the replay was cut short', {
      got: messageOf(error),
      action: 'Run it again: what was noted as replayed is not replayed twice',
      cause: error,
    });
  } finally {
    await client.close();
  }
  return { replay, letters };
}

/** A message that two sinks refused is published once: every sink gets it again. */
function onePerMessage(letters: readonly Letter[]): Letter[] {
  return [...new Map(letters.map((letter) => [letter.messageId, letter])).values()];
}

export function messageOfLetter({ messageId, attributes, payload }: Letter, replay: string) {
  const kept = Object.entries(attributes)
    .filter(([name]) => name !== 'replay_of' && name !== 'replay')
    .slice(0, mostAttributes);
  return { data: payload, attributes: { ...Object.fromEntries(kept), replay_of: messageId, replay } };
}

/** All letters of these messages, at whichever sink. */
function noteReplayed(project: string, letters: readonly Letter[], replay: string) {
  return addRepairs(
    project,
    `SELECT message_id, sink, 'replayed', NULL, @replay, CURRENT_TIMESTAMP()
FROM ${names.datasets.raw}.dead_letters WHERE message_id IN UNNEST(@ids)`,
    { replay, ids: letters.map(({ messageId }) => messageId) },
  );
}
