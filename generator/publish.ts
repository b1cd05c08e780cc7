import type { PubSub, Topic } from '@google-cloud/pubsub';
import { type Clock, messageOf, SetupError, systemClock, TransientError } from '../runtime/index.ts';
import type { Publication } from './generate.ts';
import { InFlight } from './in-flight.ts';
import { LedgerFile } from './ledger-file.ts';
import { TokenBucket } from './token-bucket.ts';

export interface PublishOptions {
  readonly client: PubSub;
  readonly topic: string;
  /** Messages a second; without it as fast as possible. */
  readonly rate?: number;
  /** A file to which one JSON line per message is added, before the message is sent. */
  readonly ledger?: string;
  readonly signal?: AbortSignal;
  /** Called about once a second. */
  readonly onProgress?: (progress: PublishReport) => void;
  readonly clock?: Clock;
}

export interface PublishReport {
  /** Acknowledged by Pub/Sub. */
  readonly published: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Messages that were not sent in time: the offered load was that much lower than asked for. */
  readonly overruns: number;
}

/** So many at once go to the ledger and to the client: one system call for the file, one turn of the loop. */
const chunkSize = 500;
/** At 1.5 KB a message about 15 MB wait for their acknowledgement; more only adds latency. */
const mostInFlight = 10_000;
/** Half of the client's own delay: a finer pace costs turns of the loop and is not seen on the wire. */
const paceMillis = 5;
const progressEveryMillis = 1_000;

const batching = { maxMessages: 1_000, maxBytes: 4 * 1024 * 1024, maxMilliseconds: 10 };

/**
 * Sends the publications in order, each once, until they end or the signal aborts; then waits for what is on
 * its way. A ledger line is written before its message is sent, so a crash can leave a line without a message
 * but never a message without a line.
 */
export async function publish(
  publications: Iterable<Publication>,
  options: PublishOptions,
): Promise<PublishReport> {
  const { clock = systemClock, signal } = options;
  const startedAt = clock.now();
  const bucket = options.rate === undefined ? undefined : new TokenBucket(options.rate, startedAt);
  const topic = options.client.topic(options.topic, { batching });
  const inFlight = new InFlight(mostInFlight);
  const ledger = options.ledger === undefined ? undefined : new LedgerFile(options.ledger);
  const report = (): PublishReport => {
    const seconds = (clock.now() - startedAt) / 1_000;
    const perSecond = seconds > 0 ? inFlight.landed / seconds : 0;
    return { published: inFlight.landed, seconds, perSecond, overruns: bucket?.overruns ?? 0 };
  };
  const source = publications[Symbol.iterator]();
  let reportedAt = startedAt;
  try {
    while (!signal?.aborted && inFlight.failure === undefined) {
      const allowed = bucket === undefined ? chunkSize : bucket.take(chunkSize, clock.now());
      const chunk = taken(source, allowed);
      if (allowed > 0 && chunk.length === 0) break;
      send(chunk, topic, ledger, inFlight);
      await inFlight.room();
      if (bucket !== undefined) await clock.sleep(Math.max(paceMillis, bucket.waitFor(clock.now())), signal);
      if (clock.now() - reportedAt >= progressEveryMillis) {
        reportedAt = clock.now();
        options.onProgress?.(report());
      }
    }
    // Its failure is the failure of a message, which is counted as such already.
    await topic.flush().catch(() => undefined);
    await inFlight.empty();
  } finally {
    source.return?.();
    ledger?.close();
  }
  if (inFlight.failure !== undefined) throw publishError(options.topic, inFlight.failure);
  return report();
}

function taken(source: Iterator<Publication>, count: number): Publication[] {
  const chunk: Publication[] = [];
  while (chunk.length < count) {
    const next = source.next();
    if (next.done) break;
    chunk.push(next.value);
  }
  return chunk;
}

function send(
  chunk: readonly Publication[],
  topic: Topic,
  ledger: LedgerFile | undefined,
  inFlight: InFlight,
): void {
  ledger?.add(chunk.map((publication) => publication.ledger));
  for (const { bytes, attributes } of chunk) {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    inFlight.track(topic.publishMessage({ data, attributes }));
  }
}

const notFound = 5;
const permissionDenied = 7;

function publishError(topic: string, cause: unknown): SetupError | TransientError {
  const code = (cause as { code?: unknown }).code;
  if (code === notFound || code === permissionDenied)
    return new SetupError(`the topic ${topic} cannot be published to`, {
      got: messageOf(cause),
      action: 'Create it, or grant roles/pubsub.publisher on it',
      cause,
    });
  return new TransientError(`publishing to ${topic} failed: ${messageOf(cause)}`, { cause });
}
