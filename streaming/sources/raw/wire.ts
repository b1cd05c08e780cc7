import type { protos, v1 } from '@google-cloud/pubsub';
import type { Instant, Received } from '../../../contracts/index.ts';
import { OrderlakeError, SetupError, TransientError } from '../../../runtime/index.ts';

export type SubscriberClient = v1.SubscriberClient;
export type StreamingPullResponse = protos.google.pubsub.v1.IStreamingPullResponse;
export type ReceivedMessage = protos.google.pubsub.v1.IReceivedMessage;

const nothing = new Uint8Array(0);

export function receivedOf({ message }: ReceivedMessage, receivedAt: Instant): Received {
  const { data, attributes, messageId, publishTime } = message ?? {};
  return {
    bytes: data instanceof Uint8Array ? data : nothing,
    attributes: attributes ?? {},
    messageId: messageId ?? '',
    publishedAt: instantOf(publishTime),
    receivedAt,
  };
}

/** Seconds arrive as text, a number or a Long, as the generated client was built. */
function instantOf(time: protos.google.protobuf.ITimestamp | null | undefined): Instant {
  return (Number(time?.seconds ?? 0) * 1_000_000 + Math.floor((time?.nanos ?? 0) / 1_000)) as Instant;
}

const notFound = 5;
const permissionDenied = 7;
const failedPrecondition = 9;
const unauthenticated = 16;
/** Cancelled, unknown, deadline, exhausted, aborted, internal, unavailable: streams end like this every half hour. */
const passing: readonly unknown[] = [1, 2, 4, 8, 10, 13, 14];

/** By the status of the service: what a person must mend, what passes, and what nobody expected. */
export function pullError(error: unknown, subscription: string): unknown {
  if (error instanceof OrderlakeError) return error;
  const { code, details } = error as { code?: unknown; details?: string };
  const got = details ?? String(error);
  switch (code) {
    case notFound:
    case failedPrecondition:
      return new SetupError(`the subscription ${subscription} cannot be pulled`, {
        got,
        action: 'Create it (`orderlake infra apply`, or `cdktf deploy`)',
        cause: error,
      });
    case permissionDenied:
    case unauthenticated:
      return new SetupError(`the subscription ${subscription} may not be pulled`, {
        got,
        action: 'Grant roles/pubsub.subscriber on it',
        cause: error,
      });
    default:
      if (!passing.includes(code)) return error;
      return new TransientError(`pulling ${subscription} was cut short`, { got, cause: error });
  }
}
