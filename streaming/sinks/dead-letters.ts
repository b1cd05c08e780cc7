import type { managedwriter } from '@google-cloud/bigquery-storage';
import type { PubSub } from '@google-cloud/pubsub';
import { rowEncoder, tables } from '../../contracts/index.ts';
import { messageOf, TransientError } from '../../runtime/index.ts';
import type { DeadLetter } from '../dead-letter.ts';
import type { Sink } from '../sink.ts';
import type { BigQueryPlace } from './bigquery.ts';
import { openTableStream } from './table-stream.ts';

export interface DeadLetterPlace extends BigQueryPlace {
  readonly topic: string;
}

/**
 * Dead letters go to a table, from which they are repaired and replayed, and to a topic, which alerts.
 * The table first: an alert for a letter that is not there would send somebody looking for nothing. Both must
 * succeed before the message is acknowledged; what is written twice on the way has the same key.
 */
export async function deadLetterSink(
  clients: { readonly writer: managedwriter.WriterClient; readonly pubsub: PubSub },
  place: DeadLetterPlace,
): Promise<Sink<DeadLetter>> {
  const stream = await openTableStream(clients.writer, tables.dead_letters, place);
  const topic = clients.pubsub.topic(place.topic, { batching: { maxMilliseconds: 5 } });
  const encode = rowEncoder(tables.dead_letters);
  return {
    name: 'dead-letters',
    async write(batch) {
      const change = (letter: DeadLetter) => ({ type: 'UPSERT', sequence: letter.sequence }) as const;
      const refusals = await stream.append(batch.map((letter) => encode(letter.row, change(letter))));
      await Promise.all(batch.map((letter) => publishLetter(topic, letter)));
      return refusals.flatMap(({ index, error }) => {
        const item = batch[index];
        return item ? [{ item, error }] : [];
      });
    },
    async close() {
      stream.close();
    },
  };
}

async function publishLetter(
  topic: ReturnType<PubSub['topic']>,
  { row, message }: DeadLetter,
): Promise<void> {
  const attributes = {
    ...message.attributes,
    event_id: row.event_id,
    dead_reason: row.reason,
    dead_path: row.path,
    dead_step: row.step,
    dead_sink: row.sink,
  };
  try {
    await topic.publishMessage({ data: Buffer.from(message.bytes), attributes: withinLimits(attributes) });
  } catch (error) {
    throw new TransientError('a dead letter could not be published', { got: messageOf(error), cause: error });
  }
}

/** Pub/Sub takes values of up to 1,024 bytes; hostile attributes must not make a dead letter unpublishable. */
function withinLimits(attributes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, value.slice(0, 256)]));
}
