import type { v1 } from '@google-cloud/pubsub';
import { type Client, type ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { OrderlakeError, SetupError, TransientError } from '../../../runtime/index.ts';

export type SubscriberClient = v1.SubscriberClient;
/** Bytes both ways: see messages.ts. */
export type PullStream = ClientDuplexStream<Buffer, Buffer>;

const path = '/google.pubsub.v1.Subscriber/StreamingPull';
const asItIs = (bytes: Buffer): Buffer => bytes;

/** A streaming pull through the library's stub, which carries endpoint and credentials; its decoding is left aside. */
export async function openPull(client: SubscriberClient): Promise<PullStream> {
  const stub = (await client.initialize()) as unknown as Client;
  return stub.makeBidiStreamRequest(path, asItIs, asItIs, new Metadata());
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
