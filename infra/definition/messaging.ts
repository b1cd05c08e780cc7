import { names } from '../../contracts/index.ts';

export interface Topic {
  readonly name: string;
  readonly description: string;
  readonly retentionSeconds: number;
}

/**
 * A pull subscription that never expires. There is no dead-letter policy on purpose: the worker
 * dead-letters by itself, with the reason, the path and the bytes. A policy of Pub/Sub would also move good
 * messages there when a sink is merely away for a while, without saying why.
 */
export interface Subscription {
  readonly name: string;
  readonly topic: string;
  readonly description: string;
  readonly ackDeadlineSeconds: number;
  readonly retentionSeconds: number;
  readonly retry: { readonly minimumSeconds: number; readonly maximumSeconds: number };
}

/**
 * A subscription that Pub/Sub itself writes to files, every message with its id, time and attributes: nothing of ours
 * has to run for it, and `worker --from gs://…` replays what no subscription keeps any more.
 */
export interface Archive {
  readonly name: string;
  readonly topic: string;
  readonly description: string;
  readonly bucket: string;
  readonly suffix: string;
  /** How long a file is written to at most. It may not be longer than the acknowledgement deadline. */
  readonly fileSeconds: number;
  readonly fileBytes: number;
  readonly ackDeadlineSeconds: number;
  readonly retentionSeconds: number;
}

const day = 24 * 60 * 60;

const reading = {
  ackDeadlineSeconds: 60,
  retentionSeconds: 7 * day,
  retry: { minimumSeconds: 10, maximumSeconds: 600 },
};

export const topics: readonly Topic[] = [
  {
    name: names.topic,
    description: 'Orders as they are placed and changed',
    // Lets a subscription be wound back a week, even one that has acknowledged everything.
    retentionSeconds: 7 * day,
  },
  {
    name: names.deadLetterTopic,
    description: 'Messages that no table could take, each with its reason',
    retentionSeconds: 31 * day,
  },
];

export const subscriptions: readonly Subscription[] = [
  {
    name: names.subscriptions.bigquery,
    topic: names.topic,
    description:
      'Read by the worker for BigQuery; the primary one, which reports what the contract calls dead',
    ...reading,
  },
  {
    name: names.subscriptions.iceberg,
    topic: names.topic,
    description: 'Read by the worker for the Iceberg tables',
    ...reading,
  },
  {
    // A topic without a subscription drops what is published to it: the dead letters need one of their own.
    name: names.deadLetterSubscription,
    topic: names.deadLetterTopic,
    description: 'Keeps dead letters until they are repaired and replayed',
    ...reading,
    retentionSeconds: 31 * day,
  },
];

export function archiveOf(bucket: string): Archive {
  return {
    name: names.archiveSubscription,
    topic: names.topic,
    description: 'Written to Cloud Storage by Pub/Sub, to be replayed from there',
    bucket,
    suffix: '.avro',
    fileSeconds: 300,
    fileBytes: 256 << 20,
    ackDeadlineSeconds: 600,
    retentionSeconds: 7 * day,
  };
}
