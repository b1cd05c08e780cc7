import type { protos } from '@google-cloud/pubsub';
import { matches } from '../filter/matches.ts';
import { parseFilter } from '../filter/parse.ts';

export type TopicMessage = protos.google.pubsub.v1.ITopic;
export type SubscriptionMessage = protos.google.pubsub.v1.ISubscription;
export type SnapshotMessage = protos.google.pubsub.v1.ISnapshot;
export type SchemaMessage = protos.google.pubsub.v1.ISchema;
/** One schema: its revisions, the oldest first. Never empty. */
export interface SchemaRevisions {
  readonly number: number;
  readonly name: string;
  revisions: readonly SchemaMessage[];
}

export type PushConfig = protos.google.pubsub.v1.IPushConfig;

/** What the broker acts on, read once from the checked API message that is given back as it is. */
export interface SubscriptionSettings {
  readonly message: SubscriptionMessage;
  readonly name: string;
  readonly topicName: string;
  readonly ackDeadlineMs: number;
  readonly retentionMs: number;
  readonly deadLetter: { readonly topicName: string; readonly maxAttempts: number } | undefined;
  readonly retry: { readonly minimumMs: number; readonly maximumMs: number } | undefined;
  /** Undefined: never expires. */
  readonly expiresAfterMs: number | undefined;
  readonly ordered: boolean;
  readonly exactlyOnce: boolean;
  /** Undefined: everything. */
  readonly filter: ((attributes: ReadonlyMap<string, string>) => boolean) | undefined;
  readonly retainsAcked: boolean;
  readonly detached: boolean;
  readonly push: PushConfig | undefined;
}

type Duration = { seconds?: unknown; nanos?: number | null };

export const milliseconds = (duration: Duration): number =>
  Number(duration.seconds ?? 0) * 1000 + (duration.nanos ?? 0) / 1_000_000;

export const deletedTopic = '_deleted_topic_';
export const deletedSchema = '_deleted-schema_';
const defaultMinimumMs = 10_000;
const defaultMaximumMs = 600_000;
const defaultAttempts = 5;

/** The service's own defaults, shown in what it answers. */
export function withSubscriptionDefaults(message: SubscriptionMessage): SubscriptionMessage {
  const policy = message.deadLetterPolicy;
  return {
    ...message,
    ackDeadlineSeconds: message.ackDeadlineSeconds || 10,
    messageRetentionDuration: message.messageRetentionDuration ?? { seconds: 7 * 86_400 },
    expirationPolicy: message.expirationPolicy ?? { ttl: { seconds: 31 * 86_400 } },
    ...(policy == null
      ? {}
      : {
          deadLetterPolicy: { ...policy, maxDeliveryAttempts: policy.maxDeliveryAttempts || defaultAttempts },
        }),
    state: 'ACTIVE',
  };
}

function readFilter(text: string | null | undefined): SubscriptionSettings['filter'] {
  if (!text) return undefined;
  const filter = parseFilter(text);
  return (attributes) => matches(filter, attributes);
}

export function readSettings(given: SubscriptionMessage): SubscriptionSettings {
  const message = withSubscriptionDefaults(given);
  const { deadLetterPolicy, retryPolicy, expirationPolicy } = message;
  const ttl = expirationPolicy?.ttl;
  return {
    message,
    name: message.name ?? '',
    topicName: message.topic ?? '',
    ackDeadlineMs: (message.ackDeadlineSeconds ?? 0) * 1000,
    retentionMs: milliseconds(message.messageRetentionDuration ?? {}),
    deadLetter:
      deadLetterPolicy == null
        ? undefined
        : {
            topicName: deadLetterPolicy.deadLetterTopic ?? '',
            maxAttempts: deadLetterPolicy.maxDeliveryAttempts ?? defaultAttempts,
          },
    retry:
      retryPolicy == null
        ? undefined
        : {
            minimumMs:
              retryPolicy.minimumBackoff == null
                ? defaultMinimumMs
                : milliseconds(retryPolicy.minimumBackoff),
            maximumMs:
              retryPolicy.maximumBackoff == null
                ? defaultMaximumMs
                : milliseconds(retryPolicy.maximumBackoff),
          },
    expiresAfterMs: ttl == null || milliseconds(ttl) === 0 ? undefined : milliseconds(ttl),
    ordered: message.enableMessageOrdering === true,
    exactlyOnce: message.enableExactlyOnceDelivery === true,
    filter: readFilter(message.filter),
    retainsAcked: message.retainAckedMessages === true,
    detached: message.detached === true,
    push: message.pushConfig?.pushEndpoint ? message.pushConfig : undefined,
  };
}
