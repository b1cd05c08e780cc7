import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PubSub } from '@google-cloud/pubsub';
import { codeOf, messageOf, SetupError, TransientError } from '../runtime/index.ts';
import { type DeliverOptions, type DeliveryReport, type Destination, deliver } from './deliver.ts';
import { InFlight } from './in-flight.ts';
import type { Publication } from './publication.ts';

export interface PublishOptions extends DeliverOptions {
  readonly client: PubSub;
  readonly topic: string;
}

export type PublishReport = DeliveryReport;

/** At 1.5 KB a message about 15 MB wait for their acknowledgement; more only adds latency. */
const mostInFlight = 10_000;

const batching = { maxMessages: 1_000, maxBytes: 4 * 1024 * 1024, maxMilliseconds: 10 };

export function publish(
  publications: Iterable<Publication> | AsyncIterable<Publication>,
  { client, topic, ...options }: PublishOptions,
): Promise<PublishReport> {
  return deliver(publications, pubsubDestination(client, topic), options);
}

function pubsubDestination(client: PubSub, name: string): Destination {
  const topic = client.topic(name, { batching });
  const inFlight = new InFlight(mostInFlight);
  return {
    async send(chunk) {
      for (const { bytes, attributes } of chunk) {
        const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        inFlight.track(topic.publishMessage({ data, attributes }));
      }
      // A turn of the loop, in which the batches go out: without one the first waits until `mostInFlight` are made.
      await nextTurn();
      await inFlight.room();
    },
    get failed() {
      return inFlight.failure !== undefined;
    },
    get arrived() {
      return inFlight.landed;
    },
    get arrivedThrough() {
      return inFlight.landedThrough;
    },
    async finish() {
      // Its failure is the failure of a message, which is counted as such already.
      await topic.flush().catch(() => undefined);
      await inFlight.empty();
      if (inFlight.failure !== undefined) throw publishError(name, inFlight.failure);
    },
  };
}

const notFound = 5;
const permissionDenied = 7;

function publishError(topic: string, cause: unknown): SetupError | TransientError {
  const code = codeOf(cause);
  if (code === notFound || code === permissionDenied)
    return new SetupError(`the topic ${topic} cannot be published to`, {
      got: messageOf(cause),
      action: 'Create it, or grant roles/pubsub.publisher on it',
      cause,
    });
  return new TransientError(`publishing to ${topic} failed: ${messageOf(cause)}`, { cause });
}
