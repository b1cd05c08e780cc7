import type { v1 } from '@google-cloud/bigquery-storage';
import type { PubSub } from '@google-cloud/pubsub';
import { rowTape, tables } from '../../contracts/index.ts';
import { codeOf, messageOf, SetupError, TransientError } from '../../runtime/index.ts';
import { type DeadLetter, leastOf } from '../dead-letter.ts';
import { RowRuns } from '../row-run.ts';
import type { Refused, Sink } from '../sink.ts';
import type { BigQueryPlace, ColumnsOf } from './bigquery.ts';
import { openTableStream } from './table-stream.ts';

export interface DeadLetterPlace extends BigQueryPlace {
  readonly topic: string;
}

/**
 * Dead letters go to a table, from which they are repaired and replayed, and to a topic, which alerts.
 * The table first: an alert for a letter that is not there would send somebody looking for nothing. Both must
 * succeed before the message is acknowledged; what is written twice on the way has the same key. A letter that the
 * table refuses is written once more with as little as it can be; one that is refused even so is refused here.
 */
export async function deadLetterSink(
  clients: { readonly writer: v1.BigQueryWriteClient; readonly pubsub: PubSub },
  place: DeadLetterPlace,
  columnsOf: ColumnsOf = () => undefined,
): Promise<Sink<DeadLetter>> {
  const columns = columnsOf(tables.dead_letters);
  const stream = await openTableStream(clients.writer, tables.dead_letters, place, { columns });
  const topic = clients.pubsub.topic(place.topic, { batching: { maxMilliseconds: 5 } });
  const tape = rowTape(tables.dead_letters);
  async function append(letters: readonly DeadLetter[]): Promise<Refused<DeadLetter>[]> {
    const rows = new RowRuns();
    for (const { row, sequence } of letters) {
      tape.write(row, row, { type: 'UPSERT', sequence });
      rows.add(tape);
    }
    const refusals = await stream.append(rows.list);
    return refusals.flatMap(({ index, error }) => {
      const item = letters[index];
      return item ? [{ item, error }] : [];
    });
  }
  return {
    name: 'dead-letters',
    async write(batch) {
      const whole = await append(batch);
      const least = new Map(whole.map(({ item, error }) => [leastOf(item, error), item]));
      const refused = least.size === 0 ? [] : await append([...least.keys()]);
      await Promise.all(batch.map((letter) => publishLetter(topic, letter)));
      return refused.map(({ item, error }) => ({ item: least.get(item) ?? item, error }));
    },
    async close() {
      stream.close();
    },
  };
}

type Topic = ReturnType<PubSub['topic']>;

const invalidArgument = 3;
const notFound = 5;
const permissionDenied = 7;

async function publishLetter(topic: Topic, letter: DeadLetter): Promise<void> {
  try {
    await topic.publishMessage(announcementOf(letter)).catch((error: unknown) => {
      if (codeOf(error) !== invalidArgument) throw error;
      // Whatever it is in the message that the topic will not take: the letter is in the table, whole.
      return topic.publishMessage({ attributes: ours(letter) });
    });
  } catch (error) {
    throw publishError(topic.name, error);
  }
}

/** Of attributes Pub/Sub takes a hundred, of values 1,024 bytes, of messages 10 MB. */
const mostAttributes = 100;
const mostCharacters = 256;
const largestBody = 9_000_000;

/** Hostile messages are as large as they may be: what would not fit beside our attributes is left to the table. */
function announcementOf(letter: DeadLetter): { data: Buffer; attributes: Record<string, string> } {
  const { bytes, attributes } = letter.message;
  const own = ours(letter);
  const theirs = Object.entries(attributes).filter(([key]) => !Object.hasOwn(own, key));
  const kept = theirs.slice(0, mostAttributes - Object.keys(own).length);
  return {
    data: bytes.length > largestBody ? Buffer.alloc(0) : Buffer.from(bytes),
    attributes: { ...Object.fromEntries(kept), ...own },
  };
}

function ours({ row }: DeadLetter): Record<string, string> {
  const attributes = {
    event_id: row.event_id,
    dead_reason: row.reason,
    dead_path: row.path,
    dead_step: row.step,
    dead_sink: row.sink,
  };
  // Half a character is no text, and a topic takes text only.
  const cut = (value: string) => value.slice(0, mostCharacters).toWellFormed();
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, cut(value)]));
}

function publishError(topic: string, error: unknown): SetupError | TransientError {
  const fields = { got: messageOf(error), cause: error };
  const status = codeOf(error);
  if (status !== notFound && status !== permissionDenied)
    return new TransientError('a dead letter could not be published', fields);
  return new SetupError(`the topic ${topic} cannot be published to`, {
    ...fields,
    action: 'Create it (`orderlake infra apply`, or `cdktf deploy`), or grant roles/pubsub.publisher on it',
  });
}
